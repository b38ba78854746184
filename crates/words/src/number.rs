//! Whole numbers as readers of each language write them.

use std::borrow::Borrow;

use model::Lang;

/// A count, by value or by reference: templates pass references.
pub trait Count {
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for usize {
    fn count(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

/// Formats a whole number: `1,180` in English, `1 180` (narrow no-break space) in French.
#[must_use]
pub fn number(lang: impl Borrow<Lang>, n: impl Count) -> String {
    let separator = match lang.borrow() {
        Lang::En => ',',
        Lang::Fr => '\u{202f}',
    };
    let n = n.count();
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_as_in_each_language() {
        assert_eq!(number(Lang::En, -1_234_567_i64), "−1,234,567");
        assert_eq!(number(Lang::Fr, 1180_i64), "1\u{202f}180");
        assert_eq!(number(Lang::En, 999_usize), "999");
    }
}
