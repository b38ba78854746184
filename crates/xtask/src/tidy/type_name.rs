//! Type names that mean too many things: one name, defined in many places of the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Finding;
use super::source::{declaration, indent, is_test_file, lines_outside_tests};

/// Limits the places in which one type name may be defined.
const PLACES: usize = 3;

/// Collects where each type name is defined.
#[derive(Default)]
pub struct TypeNames {
    places: BTreeMap<String, Vec<(PathBuf, usize)>>,
}

impl TypeNames {
    /// Adds the types of one Rust file, without those of tests.
    pub fn add(&mut self, path: &Path, content: &str) {
        if is_test_file(path) {
            return;
        }
        for (index, line) in lines_outside_tests(content) {
            if let Some(name) = type_name(line) {
                let places = self.places.entry(name.to_owned()).or_default();
                places.push((path.to_path_buf(), index + 1));
            }
        }
    }

    /// Reports each place of a name that is defined in too many.
    pub fn check(self, findings: &mut Vec<Finding>) {
        for (name, places) in self.places {
            if places.len() <= PLACES {
                continue;
            }
            for (path, line) in &places {
                let what = format!(
                    "{name} is the name of {} types: say what this one holds ({PLACES} at most)",
                    places.len()
                );
                findings.push(Finding::new(path, *line, what));
            }
        }
    }
}

/// Returns the name of the type that a line defines. An indented `type` belongs to a trait or its implementation.
fn type_name(line: &str) -> Option<&str> {
    match declaration(line)? {
        ("struct" | "enum" | "union" | "trait", name) => Some(name),
        ("type", name) if indent(line) == 0 => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> usize {
        let mut names = TypeNames::default();
        for (path, content) in files {
            names.add(Path::new(path), content);
        }
        let mut findings = Vec::new();
        names.check(&mut findings);
        findings.len()
    }

    #[test]
    fn a_fourth_type_of_one_name_is_found_in_all_its_places() {
        let three = [
            ("a.rs", "pub struct Answer;\n"),
            ("b.rs", "enum Answer {\n"),
            ("c.rs", "pub(crate) trait Answer {\n"),
        ];
        assert_eq!(found(&three), 0);
        let fourth = [&three[..], &[("d.rs", "type Answer<T> = Option<T>;\n")]].concat();
        assert_eq!(found(&fourth), 4);
    }

    #[test]
    fn associated_types_and_tests_do_not_count() {
        let code = "struct A;\nimpl I for A {\n    type Error = ();\n}\n#[cfg(test)]\nmod tests {\n    struct A;\n}\n";
        let files = [
            ("a.rs", code),
            ("b.rs", code),
            ("c.rs", code),
            ("d/tests.rs", code),
        ];
        assert_eq!(found(&files), 0);
    }
}
