//! A text as the index holds it.

use super::{stem, tokens};
use crate::Lang;

/// Words kept of a text: more than the longest body has.
const WORDS_MAX: usize = 20_000;
/// Words kept of a title or a name.
const TITLE_WORDS_MAX: usize = 60;

/// The text of a post or an actor in one language, as words for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedText {
    /// The primary language tag: `fr` for `fr-CA`.
    pub lang: String,
    /// The words of the title or name, folded and then stemmed: prefixes are found in the first, other
    /// forms in the second.
    pub title: Vec<String>,
    /// The words of the rest, stemmed.
    pub body: Vec<String>,
}

impl IndexedText {
    /// Takes a text in a language apart. `None` where it has no word.
    #[must_use]
    pub fn new(tag: &str, title: &str, body: &str) -> Option<Self> {
        let lang = Lang::from_tag(tag);
        let mut words: Vec<String> = tokens(title)
            .take(TITLE_WORDS_MAX)
            .map(|token| token.word)
            .collect();
        let stems: Vec<String> = words.iter().map(|word| stem(word, lang)).collect();
        if stems != words {
            words.extend(stems);
        }
        let body: Vec<String> = tokens(body)
            .take(WORDS_MAX)
            .map(|token| stem(&token.word, lang))
            .collect();
        (!words.is_empty() || !body.is_empty()).then(|| Self {
            lang: crate::lang::primary(tag),
            title: words,
            body,
        })
    }
}
