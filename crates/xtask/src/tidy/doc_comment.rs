//! Doc comments that only repeat the name of their item: `/// Created at.` on `created_at`.

use std::collections::BTreeSet;
use std::path::Path;

use super::Finding;
use super::source::{declaration, is_name_part};

/// Words that add nothing to a name.
const FILLERS: [&str; 4] = ["a", "an", "the", "of"];

/// Checks every doc comment of a Rust file.
pub fn check(path: &Path, content: &str, findings: &mut Vec<Finding>) {
    let mut comment = String::new();
    let mut first = 0;
    let mut in_attribute = false;
    for (index, line) in content.lines().enumerate() {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            if comment.is_empty() {
                first = index + 1;
            }
            comment.push(' ');
            comment.push_str(text);
            continue;
        }
        if comment.is_empty() {
            continue;
        }
        if in_attribute || line.starts_with("#[") {
            in_attribute = !line.ends_with(']');
            continue;
        }
        if let Some(name) = item_name(line)
            && repeats(&comment, name)
        {
            let what = format!("the comment only repeats `{name}`: say more, or remove it");
            findings.push(Finding::new(path, first, what));
        }
        comment.clear();
    }
}

/// Returns the name of the item, field or variant that a line declares.
fn item_name(line: &str) -> Option<&str> {
    if let Some((
        "fn" | "struct" | "enum" | "union" | "trait" | "type" | "mod" | "const" | "static"
        | "macro_rules!",
        name,
    )) = declaration(line)
    {
        return Some(name);
    }
    let field = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with([' ', '(']) => rest.split_once(' ')?.1,
        _ => line,
    };
    let end = field
        .find(|c: char| !is_name_part(c))
        .unwrap_or(field.len());
    field.get(..end).filter(|name| !name.is_empty())
}

fn repeats(comment: &str, name: &str) -> bool {
    let spoken = words(comment);
    !spoken.is_empty() && spoken == words(name)
}

/// Returns the words of a text or of a name in either case, without fillers and plural endings.
fn words(text: &str) -> BTreeSet<String> {
    let mut spaced = String::new();
    let mut after_lower = false;
    for c in text.chars() {
        if c.is_uppercase() && after_lower {
            spaced.push(' ');
        }
        after_lower = c.is_lowercase() || c.is_numeric();
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    spaced
        .to_lowercase()
        .split_whitespace()
        .filter(|word| !FILLERS.contains(word))
        .map(|word| word.strip_suffix('s').unwrap_or(word).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [usize; 0] = [];

    fn found(code: &str) -> Vec<usize> {
        let mut findings = Vec::new();
        check(Path::new("a.rs"), code, &mut findings);
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_comment_that_repeats_its_item_is_found() {
        let code = "struct A {\n    /// Created at.\n    pub created_at: i64,\n    /// Id.\n    id: i64,\n}\n";
        assert_eq!(found(code), [2, 4]);
        assert_eq!(
            found("/// The post's ids.\n#[derive(\n    Debug,\n)]\npub struct PostId;\n"),
            NONE
        );
        assert_eq!(
            found("/// The ids of the posts.\n#[derive(\n    Debug,\n)]\npub struct PostId;\n"),
            [1]
        );
        assert_eq!(
            found(
                "enum A {\n    /// Not found.\n    NotFound,\n    /// A peer.\n    Peer(Host),\n}\n"
            ),
            [2, 4]
        );
        assert_eq!(found("/// Read the page\npub fn read_page() {\n"), [1]);
    }

    #[test]
    fn a_comment_that_says_more_is_not() {
        assert_eq!(
            found("    /// Milliseconds since 1970.\n    pub created_at: i64,\n"),
            NONE
        );
        assert_eq!(
            found("/// Created at.\n///\n/// Set by the database.\npub created_at: i64,\n"),
            NONE
        );
        assert_eq!(found("//! Posts.\npub struct Posts;\n"), NONE);
    }
}
