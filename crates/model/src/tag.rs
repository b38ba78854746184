//! Tags of a community: how names become slugs, and how hashtags are recognized as tags.

use crate::search::{fold, fold_line};
use crate::{Lang, LangText};
use std::fmt::Write as _;
use unicode_normalization::char::is_combining_mark;

/// The longest slug, in characters: folding makes some letters several.
const SLUG_MAX: usize = 60;
/// Most hashtags that are considered in a text.
pub const HASHTAGS_MAX: usize = 50;

/// The tags that a draft asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedTags {
    /// Chosen here. In an edit, `None` leaves those that are there.
    pub chosen: Option<Vec<crate::TagId>>,
    /// The ActivityPub ids that a peer's post names.
    pub named: Vec<String>,
    /// Hashtags, each as [`key`] folds it.
    pub hashtags: Vec<String>,
}

/// Makes the slug of a name: its words, folded and joined by hyphens; empty where it has no letter or digit.
#[must_use]
pub fn slug(name: &str) -> String {
    let words = name.split(|c| !is_letter(c)).map(fold);
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let short: String = words.join("-").chars().take(SLUG_MAX).collect();
    short.trim_end_matches('-').to_owned()
}

/// Makes the slug of a name in several languages: of the English one, else of the first.
#[must_use]
pub fn slug_of(name: &LangText) -> String {
    slug(name.read(Lang::En))
}

/// Folds a name, so that those which differ only in case, accents or blanks are the same.
#[must_use]
pub fn folded_name(name: &str) -> String {
    fold_line(&crate::name::one_line(name))
}

/// Folds a slug or a hashtag, with or without its `#`, so that `#WarpingTools`, `#warping_tools` and the slug
/// `warping-tools` are the same.
#[must_use]
pub fn key(text: &str) -> String {
    let words = text.split(|c| !is_letter(c)).map(fold);
    words.collect()
}

/// The hashtags in a plain text, each once, as [`key`] folds it; at most [`HASHTAGS_MAX`]. The fragment of an
/// address and the sign within a word are none.
#[must_use]
pub fn hashtags(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices('#') {
        let before = text.get(..at).and_then(|start| start.chars().next_back());
        if before.is_some_and(|c| is_letter(c) || matches!(c, '#' | '/' | '&' | '_' | '-')) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let end = rest.find(|c| !is_letter(c) && !matches!(c, '_' | '-'));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let key = key(word);
        if !key.is_empty() && !found.contains(&key) {
            found.push(key);
        }
        if found.len() == HASHTAGS_MAX {
            break;
        }
    }
    found
}

/// Encodes a slug as the value of a query.
#[must_use]
pub fn query_value(slug: &str) -> String {
    slug.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(byte.into()),
            // Writing to a String cannot fail.
            other => {
                let _ = write!(encoded, "%{other:02X}");
            }
        }
        encoded
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_is_read_aloud() {
        for (name, expected) in [
            ("Warping tools", "warping-tools"),
            ("Été & santé", "ete-sante"),
            ("C++", "c"),
            ("<b>Bold</b>", "b-bold-b"),
            ("نسيج", "نسيج"),
            ("感謝", "感謝"),
            ("e\u{301}te\u{301}", "ete"),
            ("🧵", ""),
            ("--", ""),
            ("a\0b", "a-b"),
            ("\u{202e}abc", "abc"),
        ] {
            assert_eq!(slug(name), expected, "{name:?}");
        }
        assert_eq!(slug(&"œ".repeat(100)).chars().count(), SLUG_MAX);
    }

    #[test]
    fn names_are_the_same_without_case_accents_and_blanks() {
        assert_eq!(folded_name(" Été  chaud"), folded_name("ETE chaud"));
        assert_ne!(folded_name("C++"), folded_name("C"));
    }

    #[test]
    fn a_hashtag_is_recognized_however_it_joins_its_words() {
        for written in ["#WarpingTools", "#warping_tools", "warping-tools"] {
            assert_eq!(key(written), "warpingtools");
        }
        assert_eq!(
            hashtags("#Warping, (#été) x#no /#no ##no &#39; #warping #a-b #نسيج."),
            ["warping", "ete", "ab", "نسيج"]
        );
        let many: String = (0..100).map(|n| format!("#t{n} ")).collect();
        assert_eq!(hashtags(&many).len(), HASHTAGS_MAX);
    }

    #[test]
    fn a_slug_is_encoded_in_an_address() {
        assert_eq!(query_value("warping-tools"), "warping-tools");
        assert_eq!(query_value("é"), "%C3%A9");
    }
}
