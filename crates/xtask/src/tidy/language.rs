//! Fluent files: every message, attribute and placeholder of English exists in French, and the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Finding;
use crate::root;

/// Message names (`sign-in`, `sign-in.hint`) to the placeholders they use.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// Compares each `…/en/name.ftl` with its `…/fr/name.ftl`.
///
/// # Errors
/// When a file cannot be read.
pub fn look(files: &[PathBuf], findings: &mut Vec<Finding>) -> Result<()> {
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|ext| ext == "ftl"))
    {
        let Some(other) = twin(path) else { continue };
        let ours = read(path)?;
        let theirs = read(&other)?;
        compare(&ours, &theirs, &other, findings);
    }
    Ok(())
}

/// The same file in the other language.
fn twin(path: &Path) -> Option<PathBuf> {
    let swap = |name: &str| match name {
        "en" => Some("fr"),
        "fr" => Some("en"),
        "en.ftl" => Some("fr.ftl"),
        "fr.ftl" => Some("en.ftl"),
        _ => None,
    };
    let mut found = false;
    let twin = path
        .iter()
        .map(|part| match part.to_str().and_then(swap) {
            Some(other) => {
                found = true;
                other.as_ref()
            }
            None => part,
        })
        .collect();
    found.then_some(twin)
}

fn read(path: &Path) -> Result<Messages> {
    let full = root::repository().join(path);
    if !full.is_file() {
        return Ok(Messages::new());
    }
    Ok(messages(&fs::read_to_string(full)?))
}

fn compare(ours: &Messages, theirs: &Messages, other: &Path, findings: &mut Vec<Finding>) {
    for (name, placeholders) in ours {
        match theirs.get(name) {
            None => findings.push(Finding::new(other, 0, format!("{name} is missing"))),
            Some(theirs) => {
                for placeholder in placeholders.difference(theirs) {
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

/// Reads names and placeholders; Fluent's syntax is regular enough by lines for this.
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
    fn the_twin_is_the_same_file_in_the_other_language() {
        assert_eq!(
            twin(Path::new("l/en/web.ftl")),
            Some(PathBuf::from("l/fr/web.ftl"))
        );
        assert_eq!(twin(Path::new("l/fr.ftl")), Some(PathBuf::from("l/en.ftl")));
        assert_eq!(twin(Path::new("l/core.ftl")), None);
    }
}
