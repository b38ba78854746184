//! Folding and stemming of a single word.

use crate::Lang;
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters kept of a word: longer ones are no words.
const WORD_MAX: usize = 40;

/// Folds a word: lower case, without accents, ligatures taken apart. Vowel signs of scripts that write
/// vowels as marks are letters and stay.
#[must_use]
pub fn fold(word: &str) -> String {
    let lower = word.nfkd().flat_map(char::to_lowercase);
    let bare = lower.filter(|c| !is_accent(*c) && (c.is_alphanumeric() || is_combining_mark(*c)));
    let mut folded = String::with_capacity(word.len());
    for c in bare.nfc().take(WORD_MAX) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    folded
}

/// Folds a whole line, so that lines which differ in case, accents or compatibility forms are the same. Blanks and
/// signs stay.
#[must_use]
pub fn fold_line(line: &str) -> String {
    let lower = line.nfkd().flat_map(char::to_lowercase);
    lower.filter(|c| !is_accent(*c)).nfc().collect()
}

/// Marks that a word is read without: the diacritics of European scripts, and the vowel points of
/// Hebrew and Arabic.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{652}' | '\u{670}')
}

/// Cuts a folded word to its stem in a language; `None` leaves it whole.
pub(super) fn stem(word: &str, lang: Option<Lang>) -> String {
    match lang {
        None => word.to_owned(),
        Some(Lang::En) => Stemmer::create(Algorithm::English).stem(word).into_owned(),
        Some(Lang::Fr) => {
            // The stemmer knows `formée` by its accent, which is gone.
            let bare = word.strip_suffix('s').unwrap_or(word);
            let word = match bare.strip_suffix("ee") {
                Some(start) if start.len() > 2 => &format!("{start}e"),
                Some(_) | None => word,
            };
            Stemmer::create(Algorithm::French).stem(word).into_owned()
        }
    }
}
