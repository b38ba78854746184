//! What somebody types, as what is looked for. Wrong syntax does not exist: a quotation mark begins or
//! ends a phrase, and every other character that is no letter or digit separates words.

use super::{FORMS, Segment, snippet, stem, tokens};
use crate::Lang;
use crate::limits::SEARCH_MAX;
use std::collections::HashSet;

/// Words looked for at a time; the rest is ignored.
const TERMS_MAX: usize = 12;
/// Similar words that stand for a misspelled one.
const SIMILAR_MAX: usize = 6;

/// A word or phrase that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    /// Its words, folded, in order: several for a phrase.
    words: Vec<String>,
    quoted: bool,
    /// Words of the index that stand for it as well.
    similar: Vec<String>,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    terms: Vec<Term>,
}

/// Where a pattern is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchIn {
    /// In titles, names and bodies.
    Text,
    /// In titles only.
    Title,
    /// As [`MatchIn::Text`], and words also as the beginnings of words of a name.
    Names,
    /// As the beginnings of words of a title or name, while it is being typed.
    Beginnings,
}

/// Words that stand in a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// Folded or stemmed; letters, digits and marks only, at least one word.
    pub words: Vec<String>,
    /// Only in titles and names.
    pub in_title: bool,
    /// The last word is the beginning of one.
    pub prefix: bool,
}

impl Pattern {
    /// Reads what was typed, of which [`SEARCH_MAX`] characters count. Words that say nothing are left
    /// out unless there is no other.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let typed: String = typed.chars().take(SEARCH_MAX).collect();
        let mut terms: Vec<Term> = Vec::new();
        for (number, part) in typed.split(is_quote).enumerate() {
            if number % 2 == 1 {
                terms.extend(term(part, true));
            } else {
                terms.extend(part.split_whitespace().filter_map(|word| term(word, false)));
            }
        }
        let mut seen = HashSet::new();
        terms.retain(|term| seen.insert(term.words.clone()));
        if terms.iter().any(|term| !term.is_small()) {
            terms.retain(|term| !term.is_small());
        }
        terms.truncate(TERMS_MAX);
        Self { terms }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The single words that may be misspelled: not those in quotation marks.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(Term::single)
    }

    /// The same, where words of the index stand for misspelled ones: `similar` names those of a word.
    #[must_use]
    pub fn forgiving(&self, mut similar: impl FnMut(&str) -> Vec<String>) -> Self {
        let terms = self.terms.iter().map(|term| {
            let mut found = term.single().map(&mut similar).unwrap_or_default();
            found.truncate(SIMILAR_MAX);
            Term {
                similar: found,
                ..term.clone()
            }
        });
        Self {
            terms: terms.collect(),
        }
    }

    /// The condition: one of these holds, each the form of one language; in it all of these hold, each a
    /// word that was typed; of which one of these phrases is there.
    #[must_use]
    pub fn alternatives(&self, within: MatchIn) -> Vec<Vec<Vec<Phrase>>> {
        let forms: &[Option<Lang>] = match within {
            MatchIn::Text | MatchIn::Title | MatchIn::Names => &FORMS,
            MatchIn::Beginnings => &[None],
        };
        let mut all: Vec<Vec<Vec<Phrase>>> = Vec::new();
        for lang in forms {
            let terms = self.terms.iter().map(|term| term.phrases(*lang, within));
            let form: Vec<Vec<Phrase>> = terms.collect();
            if !all.contains(&form) {
                all.push(form);
            }
        }
        all
    }

    /// The part of a text in a language that shows best why it was found, at most about `max`
    /// characters, with what was looked for marked.
    #[must_use]
    pub fn excerpt(&self, text: &str, tag: &str, max: usize) -> Vec<Segment> {
        let lang = Lang::from_tag(tag);
        let wanted = self.stems(lang);
        snippet(text, max, |word| wanted.contains(&stem(word, lang)))
    }

    /// A title or name in a language, whole, with what was looked for marked; beginnings of words too.
    #[must_use]
    pub fn marked(&self, title: &str, tag: &str) -> Vec<Segment> {
        let lang = Lang::from_tag(tag);
        let wanted = self.stems(lang);
        snippet(title, usize::MAX, |word| {
            wanted.contains(&stem(word, lang)) || self.words().any(|typed| word.starts_with(typed))
        })
    }

    fn stems(&self, lang: Option<Lang>) -> HashSet<String> {
        let words = self
            .terms
            .iter()
            .flat_map(|term| term.words.iter().chain(&term.similar));
        words.map(|word| stem(word, lang)).collect()
    }
}

impl Term {
    /// The word, where it is one and may be misspelled.
    fn single(&self) -> Option<&str> {
        match self.words.as_slice() {
            [word] if !self.quoted => Some(word),
            _ => None,
        }
    }

    fn is_small(&self) -> bool {
        self.single().is_some_and(|word| {
            [Lang::En, Lang::Fr]
                .iter()
                .any(|lang| lang.small_words().contains(&word))
        })
    }

    /// The phrases of which one must be there, in the form of a language.
    fn phrases(&self, lang: Option<Lang>, within: MatchIn) -> Vec<Phrase> {
        let phrase = |words: &[String], prefix: bool| Phrase {
            words: words.to_vec(),
            in_title: prefix || matches!(within, MatchIn::Title | MatchIn::Beginnings),
            prefix,
        };
        if within == MatchIn::Beginnings {
            return vec![phrase(&self.words, !self.quoted)];
        }
        let stems = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| stem(word, lang)).collect()
        };
        let mut phrases = vec![phrase(&stems(&self.words), false)];
        for word in &self.similar {
            phrases.push(phrase(&stems(std::slice::from_ref(word)), false));
        }
        if within == MatchIn::Names && !self.quoted {
            phrases.push(phrase(&self.words, true));
        }
        phrases
    }
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

fn term(typed: &str, quoted: bool) -> Option<Term> {
    let words: Vec<String> = tokens(typed).map(|token| token.word).collect();
    (!words.is_empty()).then_some(Term {
        words,
        quoted,
        similar: Vec::new(),
    })
}
