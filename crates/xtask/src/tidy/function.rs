//! The length of functions, counted from the line of `fn` to its closing brace. Relies on rustfmt's indentation.

use std::path::Path;

use super::Finding;
use super::source::{declaration, indent};

/// Limits the lines of a function, braces included.
const FUNCTION_LINES: usize = 60;

/// Checks every function of a Rust file. Samples and files of tests are exempt: they are lists of facts.
pub fn check(path: &Path, content: &str, findings: &mut Vec<Finding>) {
    if path.ends_with("tests.rs") || path.ends_with("samples.rs") {
        return;
    }
    let lines: Vec<&str> = content.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some(("fn", name)) = declaration(line) else {
            continue;
        };
        let indent = indent(line);
        let body = lines.get(index..).unwrap_or_default();
        let Some(length) = length(body, indent) else {
            continue;
        };
        if length > FUNCTION_LINES {
            let what = format!(
                "fn {name} has {length} lines: name a part of it ({FUNCTION_LINES} at most)"
            );
            findings.push(Finding::new(path, index + 1, what));
        }
    }
}

/// Counts the lines up to the first `}` at the declaration's own indentation; none for a declaration without a body.
fn length(body: &[&str], indent: usize) -> Option<usize> {
    for (count, line) in body.iter().enumerate() {
        if super::source::indent(line) != indent {
            continue;
        }
        let line = line.trim();
        if line == "}" || line.ends_with("{}") || (count == 0 && line.ends_with('}')) {
            return Some(count + 1);
        }
        if line.ends_with(';') {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(content: &str) -> usize {
        let mut findings = Vec::new();
        check(Path::new("a.rs"), content, &mut findings);
        findings.len()
    }

    #[test]
    fn a_function_over_the_limit_is_found_with_its_name() {
        let body = "        work();\n".repeat(FUNCTION_LINES);
        let code = format!("impl A {{\n    pub async fn long(&self) {{\n{body}    }}\n}}\n");
        let mut findings = Vec::new();
        check(Path::new("a.rs"), &code, &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
        assert!(findings[0].what.starts_with("fn long has 62 lines"));
    }

    #[test]
    fn at_the_limit_and_without_a_body_is_fine() {
        let body = "    work();\n".repeat(FUNCTION_LINES - 2);
        assert_eq!(found(&format!("fn exact() {{\n{body}}}\n")), 0);
        assert_eq!(
            found(&format!(
                "trait A {{\n    fn one(&self);\n{}}}\n",
                "    fn two();\n".repeat(80)
            )),
            0
        );
    }
}
