//! Converts texts in languages to the maps of documents.

use super::words::language;
use model::LangText;
use model::lang::UNKNOWN;
use store::row;
use vocab::LangMap;

/// Returns the author's text; `""` where there is none.
pub(super) fn first(text: &LangText) -> &str {
    text.first().map_or("", |(_, text)| text)
}

/// Converts a text, the author's language first: Mastodon takes a post's language from the first entry.
pub(super) fn by_language(text: &LangText) -> LangMap {
    text.iter().filter(|(tag, _)| *tag != UNKNOWN).collect()
}

/// Returns the languages of an actor.
pub(super) fn languages(row: &row::Actor) -> Vec<vocab::Language> {
    row.languages
        .split_whitespace()
        .filter_map(language)
        .collect()
}
