//! Joins several names into one phrase.

use std::borrow::Borrow;

use model::Lang;

use crate::message::text;

/// Joins items with commas and a final "and": `a`, `a and b`, `a, b and c`; `a, b et c` in French.
#[must_use]
pub fn list<S: AsRef<str>>(lang: impl Borrow<Lang>, items: &[S]) -> String {
    let and = text(lang, "list-and");
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 && i + 1 == items.len() {
            out.push(' ');
            out.push_str(and);
            out.push(' ');
        } else if i > 0 {
            out.push_str(", ");
        }
        out.push_str(item.as_ref());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_items_are_joined_by_a_word() {
        assert_eq!(list(Lang::En, &[] as &[&str]), "");
        assert_eq!(list(Lang::En, &["a"]), "a");
        assert_eq!(list(Lang::Fr, &["a", "b"]), "a et b");
        assert_eq!(list(Lang::En, &["a", "b", "c"]), "a, b and c");
        assert_eq!(list(Lang::Fr, &["a", "b", "c"]), "a, b et c");
    }
}
