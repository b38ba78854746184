//! Checks the order of the modules in `crates/federation`: each uses only those on the lines above it.

use super::{code_lines, display, in_tests, root, rust_files};
use std::path::Path;

const SOURCE: &str = "crates/federation/src";

/// The modules from the bottom up. Those on one line do not use each other.
const ORDER: &[&[&str]] = &[
    &["failure", "identity", "json", "json_format", "text", "verb"],
    &["kinds", "own_ids"],
    &["context"],
    &["fetch"],
    &["import", "outgoing", "sync"],
    &["activities", "ap_traits", "delivery_hooks"],
    &["inbox", "publish", "receive"],
    &["serve"],
];

/// Modules of tests, which may use all others.
const TESTS: &[&str] = &["invariants", "properties", "test_instance"];

#[test]
fn modules_of_federation_use_lower_modules_only() {
    for file in rust_files(SOURCE) {
        let module = module_of(&file);
        if in_tests(&file) || module == "lib" || TESTS.contains(&module.as_str()) {
            continue;
        }
        let level = level_of(&module);
        for (number, line) in code_lines(&file).take_while(|(_, line)| line != "mod tests {") {
            for used in modules_in(&line) {
                assert!(
                    used == module || level_of(used) < level,
                    "{}:{number}: {module} may not use {used}, which is not below it",
                    display(&file)
                );
            }
        }
    }
}

/// Returns the top module of a file: `fetch` of `fetch/actor.rs`.
fn module_of(file: &Path) -> String {
    let inside = file.strip_prefix(root().join(SOURCE)).expect("inside");
    let first = inside.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Iterates over the top modules that a line names after `crate::`.
fn modules_in(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").map(|(at, path)| {
        let rest = line.get(at + path.len()..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        end.and_then(|end| rest.get(..end)).unwrap_or(rest)
    })
}

fn level_of(module: &str) -> usize {
    ORDER
        .iter()
        .position(|line| line.contains(&module))
        .unwrap_or_else(|| panic!("add {module} to ORDER, one `use crate::…` for each module"))
}
