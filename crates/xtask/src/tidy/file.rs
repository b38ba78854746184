//! Rules about one file's text: length, the opening `//!`, bare notes to self, paths of one machine.

use std::path::Path;

use super::Finding;

/// Limits the lines of a file.
const FILE_LINES: usize = 600;

/// Marks of unfinished work.
const NOTES: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];

/// Starts of paths that exist on one machine only.
const MACHINE_PATHS: [&str; 4] = ["/home/", "/root/", "/work/", "/Users/"];

/// Module names that say nothing about the contents.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "helpers", "misc", "manager"];

/// Checks one file.
pub fn check(path: &Path, content: &str, findings: &mut Vec<Finding>) {
    if is_exempt(path) {
        return;
    }
    let is_rust = path.extension().is_some_and(|ext| ext == "rs");
    let lines = content.lines().count();
    if is_source(path) && lines > FILE_LINES {
        let what = format!("{lines} lines: move a part to its own file ({FILE_LINES} at most)");
        findings.push(Finding::new(path, 0, what));
    }
    if is_rust && !opens_with_text(content) {
        findings.push(Finding::new(
            path,
            1,
            "open the module with `//!`: what it contains, what it refuses",
        ));
    }
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    if is_rust && EMPTY_NAMES.contains(&stem) {
        findings.push(Finding::new(
            path,
            0,
            format!("a module called {stem} says nothing about what is in it"),
        ));
    }
    for (index, line) in content.lines().enumerate() {
        if let Some(note) = NOTES.iter().find(|note| has_word(line, note)) {
            findings.push(Finding::new(
                path,
                index + 1,
                format!("{note}: do it, or open an issue"),
            ));
        }
        if let Some(start) = MACHINE_PATHS.iter().find(|start| starts_path(line, start)) {
            findings.push(Finding::new(
                path,
                index + 1,
                format!("a path of one machine ({start}…)"),
            ));
        }
        if line.contains("\"resolved\": \"http") {
            findings.push(Finding::new(
                path,
                index + 1,
                "the lock file names a registry's host",
            ));
        }
    }
}

/// Returns whether a file is exempt: licences, Cargo.lock, recorded fixtures and this rule itself.
fn is_exempt(path: &Path) -> bool {
    path.starts_with("tests/fixtures")
        || path.ends_with("tidy/file.rs")
        || ["LICENSE", "Cargo.lock"]
            .iter()
            .any(|name| path.ends_with(name))
}

fn is_source(path: &Path) -> bool {
    ["rs", "ts", "js", "mjs", "css", "html", "sql"]
        .iter()
        .any(|ext| path.extension().is_some_and(|found| found == *ext))
}

/// Returns whether the first line is a `//!` with text.
fn opens_with_text(content: &str) -> bool {
    content.lines().next().is_some_and(|first| {
        first
            .strip_prefix("//!")
            .is_some_and(|words| !words.trim().is_empty())
    })
}

/// Returns whether `line` contains `word` as a whole word, not as a part of a longer word or name.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Returns whether `line` contains an absolute path with this start; a URL's path or a longer path does not count.
fn starts_path(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '~' | '*' | '/')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, content: &str) -> Vec<String> {
        let mut findings = Vec::new();
        check(Path::new(path), content, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_clean_module_has_no_finding() {
        assert_eq!(
            found("a.rs", "//! A module.\n\nfn main() {}\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn long_files_modules_without_text_and_empty_names_are_found() {
        let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(FILE_LINES));
        assert_eq!(found("a.rs", &long).len(), 1);
        assert_eq!(found("a.rs", "fn main() {}\n").len(), 1);
        assert_eq!(found("a.rs", "//!\nfn main() {}\n").len(), 1);
        assert_eq!(found("crates/a/src/utils.rs", "//! Things.\n").len(), 1);
    }

    #[test]
    fn notes_are_found_as_words_only() {
        assert_eq!(found("a.md", "TODO: write").len(), 1);
        assert_eq!(found("a.md", "a TODO_LIST and a MASTODON").len(), 0);
    }

    #[test]
    fn paths_of_a_machine_are_found_and_urls_are_not() {
        assert_eq!(found("a.md", "cd /home/ann/hedgerow").len(), 1);
        assert_eq!(
            found(
                "a.md",
                "https://alpha.test/home/ and ./work/ and /var/lib/hedgerow"
            )
            .len(),
            0
        );
    }
}
