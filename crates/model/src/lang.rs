//! The two languages of the interface, and texts written in one or both.

use crate::text_enum;
use serde::{Deserialize, Serialize};

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

/// A language tag as BCP 47 has them: words of letters and digits, the first of them two or three
/// letters.
#[must_use]
pub fn is_tag(text: &str) -> bool {
    let word = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    let primary = text.split('-').next().unwrap_or_default();
    text.len() <= 35
        && (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && text.split('-').all(word)
}

/// What somebody may say of the languages they use: at most twelve tags.
#[must_use]
pub fn are_tags(tags: &[String]) -> bool {
    tags.len() <= 12 && tags.iter().all(|tag| is_tag(tag))
}

/// A short text in English, French, or both; an empty string is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bilingual {
    /// The English text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// The French text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fr: String,
}

impl Bilingual {
    /// Both texts, trimmed.
    #[must_use]
    pub fn new(en: &str, fr: &str) -> Self {
        Self {
            en: en.trim().to_owned(),
            fr: fr.trim().to_owned(),
        }
    }

    /// The text in one language, or `None` where it is missing.
    #[must_use]
    pub fn get(&self, lang: Lang) -> Option<&str> {
        let text = match lang {
            Lang::En => &self.en,
            Lang::Fr => &self.fr,
        };
        (!text.is_empty()).then_some(text.as_str())
    }

    /// The reader's text, else the other's; `""` when both are missing.
    #[must_use]
    pub fn read(&self, lang: Lang) -> &str {
        self.get(lang)
            .or_else(|| self.get(lang.other()))
            .unwrap_or_default()
    }

    /// The language [`Bilingual::read`] would answer in.
    #[must_use]
    pub fn shown_lang(&self, lang: Lang) -> Lang {
        if self.get(lang).is_some() || self.get(lang.other()).is_none() {
            lang
        } else {
            lang.other()
        }
    }

    /// Neither language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.fr.is_empty()
    }

    /// The longer of the two texts, in characters.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.en.chars().count().max(self.fr.chars().count())
    }
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
