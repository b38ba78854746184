//! Fluent files: English and French have the same messages, attributes and placeholders.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Finding;
use crate::root;

/// Maps message names (`sign-in`, `sign-in.hint`) to the placeholders they use.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// Compares each `…/en/name.ftl` with its `…/fr/name.ftl`.
///
/// # Errors
/// When a file cannot be read.
pub fn check(files: &[PathBuf], findings: &mut Vec<Finding>) -> Result<()> {
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|ext| ext == "ftl"))
    {
        let Some(other) = counterpart(path) else {
            continue;
        };
        let messages = read(path)?;
        let translated = read(&other)?;
        compare(&messages, &translated, &other, findings);
    }
    Ok(())
}

/// Returns the path of the same file in the other language.
fn counterpart(path: &Path) -> Option<PathBuf> {
    let swap = |name: &str| match name {
        "en" => Some("fr"),
        "fr" => Some("en"),
        "en.ftl" => Some("fr.ftl"),
        "fr.ftl" => Some("en.ftl"),
        _ => None,
    };
    let mut found = false;
    let counterpart = path
        .iter()
        .map(|part| match part.to_str().and_then(swap) {
            Some(other) => {
                found = true;
                other.as_ref()
            }
            None => part,
        })
        .collect();
    found.then_some(counterpart)
}

fn read(path: &Path) -> Result<Messages> {
    let full = root::repository().join(path);
    if !full.is_file() {
        return Ok(Messages::new());
    }
    Ok(messages(&fs::read_to_string(full)?))
}

fn compare(messages: &Messages, translated: &Messages, other: &Path, findings: &mut Vec<Finding>) {
    for (name, placeholders) in messages {
        match translated.get(name) {
            None => findings.push(Finding::new(other, 0, format!("{name} is missing"))),
            Some(translated) => {
                for placeholder in placeholders.difference(translated) {
                    findings.push(Finding::new(
                        other,
                        0,
                        format!("{name} does not use ${placeholder}"),
                    ));
                }
            }
        }
    }
}

/// Reads names and placeholders line by line, which Fluent's syntax allows.
fn messages(content: &str) -> Messages {
    let mut messages = Messages::new();
    let mut message = String::new();
    let mut current = String::new();
    for line in content.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
            && let Some((name, _)) = line.split_once('=')
        {
            message = name.trim().to_owned();
            current.clone_from(&message);
        } else if let Some((name, _)) = line
            .trim_start()
            .strip_prefix('.')
            .and_then(|rest| rest.split_once('='))
            && line.starts_with(' ')
        {
            current = format!("{message}.{}", name.trim());
        }
        if !current.is_empty() {
            messages
                .entry(current.clone())
                .or_default()
                .extend(placeholders(line));
        }
    }
    messages
}

fn placeholders(line: &str) -> impl Iterator<Item = String> {
    line.split('$').skip(1).map(|rest| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_message_attribute_or_placeholder_is_found() {
        let en = messages(
            "# note\nsign-in = Sign in\n    .hint = To { $site }\nreplies = { $count ->\n    [one] one\n   *[other] { $count }\n}\n",
        );
        let fr = messages("sign-in = Se connecter\n    .hint = Chez nous\n");
        let mut findings = Vec::new();
        compare(&en, &fr, Path::new("fr/web.ftl"), &mut findings);
        let what: Vec<&str> = findings
            .iter()
            .map(|finding| finding.what.as_str())
            .collect();
        assert_eq!(
            what,
            ["replies is missing", "sign-in.hint does not use $site"]
        );
    }

    #[test]
    fn the_counterpart_is_the_same_file_in_the_other_language() {
        assert_eq!(
            counterpart(Path::new("l/en/web.ftl")),
            Some(PathBuf::from("l/fr/web.ftl"))
        );
        assert_eq!(
            counterpart(Path::new("l/fr.ftl")),
            Some(PathBuf::from("l/en.ftl"))
        );
        assert_eq!(counterpart(Path::new("l/core.ftl")), None);
    }
}
