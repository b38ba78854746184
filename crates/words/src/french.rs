//! The typography of the French texts, as in Canada: no space before `?`, `!` and `;`, a no-break space
//! before `:` and inside guillemets.

use model::{InfoPage, Lang};

use crate::{bundle, page};

/// What stands before each occurrence of `sign`, with the text from there on.
fn occurrences(text: &str, sign: char) -> impl Iterator<Item = (Option<char>, &str)> {
    text.match_indices(sign).map(|(at, _)| {
        let (before, from) = text.split_at(at);
        (before.chars().next_back(), from)
    })
}

/// Whether a sign ends what stands before it; `!` and `:` also begin addresses and parts of keys.
fn ends_words(from: &str) -> bool {
    let next = from.chars().nth(1);
    next.is_none_or(|next| next.is_whitespace() || ")»*".contains(next))
}

/// What breaks the rules in a line.
fn faults(line: &str) -> Vec<&str> {
    let close = ['?', '!', ';'].into_iter().flat_map(|sign| {
        occurrences(line, sign)
            .filter(|(before, from)| ends_words(from) && before.is_some_and(char::is_whitespace))
    });
    let apart = [':', '»'].into_iter().flat_map(|sign| {
        occurrences(line, sign)
            .filter(|(before, from)| ends_words(from) && *before != Some('\u{a0}'))
    });
    let open = occurrences(line, '«').filter(|(_, from)| from.chars().nth(1) != Some('\u{a0}'));
    close
        .chain(apart)
        .chain(open)
        .map(|(_, from)| from)
        .collect()
}

#[test]
fn french_texts_space_their_signs_as_in_canada() {
    let locales = bundle::sources(Lang::Fr)
        .iter()
        .map(|text| (*text).to_owned());
    let pages = InfoPage::ALL.iter();
    let pages = pages.map(|which| page(Lang::Fr, *which, "Alpha", "a.test"));
    for text in locales.chain(pages) {
        // This one shows the signs themselves.
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("lookup-nothing-hint"));
        for line in lines.filter(|line| !line.starts_with('#')) {
            assert!(faults(line).is_empty(), "{line}");
        }
    }
}

#[test]
fn a_misplaced_space_is_found() {
    for line in [
        "Ah ?",
        "Ah\u{a0}!",
        "ici ; là",
        "a : b",
        "a: b",
        "« b\u{a0}»",
        "«\u{a0}b »",
    ] {
        assert_eq!(faults(line).len(), 1, "{line}");
    }
    for line in [
        "Ah?",
        "ici; là",
        "a\u{a0}: b",
        "«\u{a0}b?\u{a0}»",
        "Par !tissage@a.test",
    ] {
        assert!(faults(line).is_empty(), "{line}");
    }
}
