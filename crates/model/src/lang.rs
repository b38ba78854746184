//! Languages: the two of the interface, and the tags (BCP 47) that texts are marked with.
//! Texts in several languages are [`crate::LangText`].

use crate::text_enum;

text_enum! {
    /// A language of the interface.
    Lang {
        /// English.
        En = "en",
        /// French.
        Fr = "fr",
    }
}

impl Lang {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Fr,
            Self::Fr => Self::En,
        }
    }

    /// The words that nearly every text of the language has: they tell its language, and nothing of
    /// what it is about. In lower case, without accents.
    #[must_use]
    pub const fn small_words(self) -> &'static [&'static str] {
        match self {
            Self::En => ENGLISH,
            Self::Fr => FRENCH,
        }
    }

    /// From a BCP 47 tag such as `fr-CA`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "fr" => Some(Self::Fr),
            _ => None,
        }
    }
}

const ENGLISH: &[&str] = &[
    "a", "about", "after", "all", "and", "any", "are", "as", "at", "be", "but", "by", "can", "do",
    "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "is", "it", "my", "not",
    "of", "or", "our", "so", "that", "the", "their", "them", "they", "this", "to", "was", "we",
    "what", "when", "which", "who", "with", "would", "you", "your", "thanks", "hello",
];

const FRENCH: &[&str] = &[
    "au", "aux", "avec", "avez", "avons", "bonjour", "c", "ce", "ces", "cette", "chez", "comme",
    "comment", "d", "dans", "de", "depuis", "des", "du", "elle", "elles", "en", "est", "et", "il",
    "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "ma", "mais", "merci", "mes", "mon",
    "n", "ne", "nos", "notre", "nous", "ou", "par", "pas", "plus", "pour", "qu", "que", "qui", "s",
    "sans", "ses", "si", "son", "sont", "sur", "un", "une", "vos", "votre", "vous",
];

/// The tag of a text whose language is unknown (ISO 639-2).
pub const UNKNOWN: &str = "und";

/// The primary subtag of a language tag, in lower case: `fr` of `fr-CA`.
#[must_use]
pub fn primary(tag: &str) -> String {
    let first = tag.split(['-', '_']).next().unwrap_or_default();
    first.to_ascii_lowercase()
}

/// Whether a text has the form of a BCP 47 language tag: subtags of letters and digits, the first
/// of two or three letters.
#[must_use]
pub fn is_tag(text: &str) -> bool {
    let word = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    let primary = text.split('-').next().unwrap_or_default();
    text.len() <= 35
        && (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && text.split('-').all(word)
}

/// Whether these can be the languages of a person or a community: at most twelve tags.
#[must_use]
pub fn are_tags(tags: &[String]) -> bool {
    tags.len() <= 12 && tags.iter().all(|tag| is_tag(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_other_words() {
        for good in ["en", "fr-CA", "zh-Hant-TW", "gsw"] {
            assert!(is_tag(good), "{good}");
        }
        for bad in ["", "e", "english", "en-", "en_CA", "e n", "en-<b>", "-en"] {
            assert!(!is_tag(bad), "{bad}");
        }
        assert!(are_tags(&["en".to_owned(), "fr".to_owned()]));
        assert!(!are_tags(&vec!["en".to_owned(); 13]));
    }
}
