//! SPDX licence expressions: `AND` binds tighter than `OR`, `/` is an old form of `OR`, `WITH` belongs to its licence.

use std::collections::BTreeSet;

/// Returns whether the expression can be satisfied with allowed licences only.
pub fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = ExpressionParser {
        words: &words,
        allowed,
    };
    let met = parser.or_expression();
    met && parser.words.is_empty()
}

struct ExpressionParser<'a> {
    words: &'a [&'a str],
    allowed: &'a BTreeSet<String>,
}

impl<'a> ExpressionParser<'a> {
    fn or_expression(&mut self) -> bool {
        let mut met = self.and_expression();
        while self.take("OR") {
            met |= self.and_expression();
        }
        met
    }

    fn and_expression(&mut self) -> bool {
        let mut met = self.term();
        while self.take("AND") {
            met &= self.term();
        }
        met
    }

    fn term(&mut self) -> bool {
        if self.take("(") {
            let met = self.or_expression();
            return self.take(")") && met;
        }
        let Some(licence) = self.next() else {
            return false;
        };
        if !self.take("WITH") {
            return self.allowed.contains(licence);
        }
        let exception = self.next().unwrap_or_default();
        self.allowed
            .contains(&format!("{licence} WITH {exception}"))
            || self.allowed.contains(licence)
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.next();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_brackets_are_evaluated() {
        let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
        let is = |expression| is_allowed(expression, &allowed);
        assert!(is("MIT"));
        assert!(is("GPL-2.0 OR MIT"));
        assert!(is("Apache-2.0/MIT"));
        assert!(is("(Apache-2.0 OR MIT) AND ISC"));
        assert!(is("MIT WITH LLVM-exception"));
        assert!(!is("MIT AND OpenSSL"));
        assert!(!is("(Apache-2.0 OR MIT) AND OpenSSL"));
        assert!(!is(""));
        assert!(!is("MIT )"));
    }
}
