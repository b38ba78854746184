//! Searching, as text: how a text becomes the words that are indexed, how what somebody types becomes
//! what is looked for, and which part of a text a result shows. Pure; both databases index the words
//! that are made here, so that they find the same.
//!
//! A word is folded (no accents, lower case, compatibility forms) and, in a language that has a
//! stemmer, cut to its stem. What is typed has no language: it is looked for in the form of each.

mod fold;
mod pattern;
mod similar;
mod snippet;
mod text;
mod token;

pub use fold::{fold, fold_line};
pub use pattern::{MatchIn, Pattern, Phrase};
pub use similar::{distance_allowed, is_similar, trigrams};
pub use snippet::{Segment, snippet};
pub use text::IndexedText;
pub use token::{Token, tokens};

use crate::Lang;
use fold::stem;

#[cfg(test)]
mod tests;

/// The languages in whose form a typed word is looked for: those with a stemmer, and all others.
const FORMS: [Option<Lang>; 3] = [None, Some(Lang::En), Some(Lang::Fr)];
