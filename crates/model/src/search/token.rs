//! Taking a text apart into words.

use super::fold::fold;
use unicode_normalization::char::is_combining_mark;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The word, folded; never empty.
    pub word: String,
}

/// What French leaves out the vowel of before another word, with an apostrophe.
const ELIDED: &[&str] = &[
    "l", "d", "j", "n", "s", "m", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu",
];

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '＇')
}

fn is_letter(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && !is_apostrophe(c)
}

/// Whether the script has no blanks between words: each of its characters is a word, and a word is a
/// phrase.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
        | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// The words of a text, in order. An article or pronoun that is elided before a word is no word, and
/// neither is the English genitive.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let from = text.get(rest..)?;
            let start = rest + from.find(is_letter)?;
            let end = end_of_word(text, start);
            rest = end;
            if let Some(token) = token(text, start, end) {
                return Some(token);
            }
        }
    })
}

/// Where the word that begins at `start` ends: apostrophes between letters belong to it.
fn end_of_word(text: &str, start: usize) -> usize {
    let mut chars = text.get(start..).unwrap_or_default().char_indices();
    let mut end = start;
    let mut after_apostrophe = false;
    let mut first = true;
    for (at, c) in &mut chars {
        if is_apostrophe(c) && !after_apostrophe {
            after_apostrophe = true;
            continue;
        }
        if !is_letter(c) || (!first && is_unspaced(c) && !is_combining_mark(c)) {
            break;
        }
        end = start + at + c.len_utf8();
        if is_unspaced(c) && !is_combining_mark(c) && first {
            return marks_after(text, end);
        }
        (after_apostrophe, first) = (false, false);
    }
    end
}

/// Where the marks end that follow a character.
fn marks_after(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let marks = rest.find(|c| !is_combining_mark(c)).unwrap_or(rest.len());
    at + marks
}

/// The word between two places of a text, without what is elided before it and the genitive after it.
fn token(text: &str, mut start: usize, mut end: usize) -> Option<Token> {
    while let Some((before, after)) = text.get(start..end)?.split_once(is_apostrophe) {
        if !ELIDED.contains(&before.to_lowercase().as_str()) {
            break;
        }
        start = end - after.len();
    }
    if let Some((before, after)) = text.get(start..end)?.rsplit_once(is_apostrophe)
        && after.eq_ignore_ascii_case("s")
    {
        end = start + before.len();
    }
    let word = fold(text.get(start..end)?);
    (!word.is_empty()).then_some(Token { start, end, word })
}
