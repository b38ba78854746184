//! SPDX licence expressions: `AND` binds before `OR`, `/` is an old way to write `OR`, `WITH` belongs to its licence.

use std::collections::BTreeSet;

/// Whether the terms can be met with allowed licences alone.
pub fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        words: &words,
        allowed,
    };
    let met = reader.any();
    met && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.take("OR") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.take("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let met = self.any();
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
    fn expressions_mean_what_they_say() {
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
