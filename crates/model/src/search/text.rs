//! A text as the index holds it.

use super::{stem, tokens};
use crate::Lang;

/// Words kept of a text: more than the longest body has.
const WORDS_MAX: usize = 20_000;
/// Words kept of a title or a name.
const TITLE_WORDS_MAX: usize = 60;

/// Bytes kept of all words of a text: PostgreSQL holds no more than a megabyte with their positions.
const BYTES_MAX: usize = 400_000;

/// The text of a post or an actor in one language, as words for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedText {
    /// The primary language tag: `fr` for `fr-CA`.
    pub lang: String,
    /// The words of the title or name, folded: beginnings of words are found in these.
    pub title: Vec<String>,
    /// The same, stemmed; empty where that changes nothing.
    pub title_stems: Vec<String>,
    /// The words of the rest, stemmed.
    pub body: Vec<String>,
}

impl IndexedText {
    /// Takes a text in a language apart. `None` where it has no word.
    #[must_use]
    pub fn new(tag: &str, title: &str, body: &str) -> Option<Self> {
        let lang = Lang::from_tag(tag);
        let title: Vec<String> = tokens(title)
            .take(TITLE_WORDS_MAX)
            .map(|token| token.word)
            .collect();
        let mut title_stems: Vec<String> = title.iter().map(|word| stem(word, lang)).collect();
        if title_stems == title {
            title_stems.clear();
        }
        let mut bytes = 0;
        let body: Vec<String> = tokens(body)
            .take(WORDS_MAX)
            .map(|token| stem(&token.word, lang))
            .take_while(|word| {
                bytes += word.len();
                bytes <= BYTES_MAX
            })
            .collect();
        (!title.is_empty() || !body.is_empty()).then(|| Self {
            lang: crate::lang::primary(tag),
            title,
            title_stems,
            body,
        })
    }
}
