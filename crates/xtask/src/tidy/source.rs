//! Reads Rust source by lines, as rustfmt lays it out: which lines belong to tests, and what a line declares.

use std::path::Path;

/// Words that stand before the keyword of a declaration.
const QUALIFIERS: [&str; 5] = ["pub", "async", "const", "unsafe", "extern"];

/// Returns whether a whole file is made of tests: `tests.rs`, a file below `tests/`, or samples for tests.
pub fn is_test_file(path: &Path) -> bool {
    path.ends_with("tests.rs")
        || path.ends_with("samples.rs")
        || path.iter().any(|part| part == "tests")
}

/// Returns the indentation of a line, in bytes.
pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Splits a declaration into its keyword and its name, as in `pub struct Name<T> {`.
pub fn declaration(line: &str) -> Option<(&str, &str)> {
    let mut rest = line.trim_start();
    loop {
        let (word, after) = rest.split_once(' ')?;
        let is_qualifier = QUALIFIERS.contains(&word) || word.starts_with("pub(");
        let after_const =
            word == "const" && !after.starts_with("fn ") && !after.starts_with("async ");
        if !is_qualifier || after_const {
            let end = after
                .find(|c: char| !is_name_part(c))
                .unwrap_or(after.len());
            let name = after.get(..end).filter(|name| !name.is_empty())?;
            return Some((word, name));
        }
        rest = after;
    }
}

/// Returns whether a character may be part of a Rust name.
pub fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the lines outside inline test modules (`#[cfg(test)] mod … {`), each with its index.
pub fn lines_outside_tests(content: &str) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut lines = content.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let opens_tests = line.trim() == "#[cfg(test)]"
            && lines.peek().is_some_and(|(_, next)| is_inline_module(next));
        if !opens_tests {
            kept.push((index, line));
            continue;
        }
        for (_, inner) in lines.by_ref() {
            if inner.trim() == "}" && indent(inner) == indent(line) {
                break;
            }
        }
    }
    kept
}

fn is_inline_module(line: &str) -> bool {
    declaration(line).is_some_and(|(keyword, _)| keyword == "mod") && line.ends_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_split_into_keyword_and_name() {
        assert_eq!(declaration("pub struct A<T> {"), Some(("struct", "A")));
        assert_eq!(declaration("    pub(super) enum B {"), Some(("enum", "B")));
        assert_eq!(
            declaration("pub const LIMIT: u8 = 1;"),
            Some(("const", "LIMIT"))
        );
        assert_eq!(
            declaration("pub const fn limit() -> u8 {"),
            Some(("fn", "limit"))
        );
        assert_eq!(declaration("type C = u8;"), Some(("type", "C")));
        assert_eq!(declaration("}"), None);
    }

    #[test]
    fn inline_test_modules_are_left_out() {
        let code = "struct A;\n#[cfg(test)]\nmod tests {\n    struct B;\n}\nstruct C;\n";
        let kept: Vec<&str> = lines_outside_tests(code)
            .into_iter()
            .map(|(_, line)| line)
            .collect();
        assert_eq!(kept, ["struct A;", "struct C;"]);
        let file_module = "#[cfg(test)]\nmod tests;\nstruct A;\n";
        assert_eq!(lines_outside_tests(file_module).len(), 3);
    }

    #[test]
    fn files_of_tests_are_known_by_their_path() {
        assert!(is_test_file(Path::new("crates/a/src/reply/tests.rs")));
        assert!(is_test_file(Path::new("tests/it/main.rs")));
        assert!(!is_test_file(Path::new("crates/a/src/testing.rs")));
    }
}
