//! Texts in languages as documents have them.

use super::words::language;
use model::LangText;
use model::lang::UNKNOWN;
use store::row;
use vocab::LangMap;

/// The author's text; `""` where there is none.
pub(super) fn first(text: &LangText) -> &str {
    text.first().map_or("", |(_, text)| text)
}

/// A text by language, the author's first: Mastodon takes a post's language from the first entry.
pub(super) fn by_language(text: &LangText) -> LangMap {
    text.iter().filter(|(tag, _)| *tag != UNKNOWN).collect()
}

/// The languages an actor speaks.
pub(super) fn languages(row: &row::Actor) -> Vec<vocab::Language> {
    row.languages
        .split_whitespace()
        .filter_map(language)
        .collect()
}
