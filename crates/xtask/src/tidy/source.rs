//! Reads Rust source by lines, as rustfmt lays it out: what a line declares.

/// Words that stand before the keyword of a declaration.
const QUALIFIERS: [&str; 5] = ["pub", "async", "const", "unsafe", "extern"];

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
fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
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
}
