//! A text in one or more languages, as one value.
//!
//! It is stored as one JSON column, `[[tag, text], …]`, with the author's language first.

use crate::Lang;
use crate::lang::{UNKNOWN, is_tag, primary};
use serde::{Deserialize, Deserializer, Serialize};

/// The most languages a text is kept in.
pub const LANGUAGES_MAX: usize = 12;

/// A text in up to [`LANGUAGES_MAX`] languages: pairs of BCP 47 tag and text, the author's language
/// first, each tag once, no text empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[cfg_attr(
    feature = "diesel",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub struct LangText(Vec<(String, String)>);

impl LangText {
    /// A text in one language; empty where the text is.
    #[must_use]
    pub fn single(tag: &str, text: &str) -> Self {
        Self::new([(tag, text)])
    }

    /// A text in several languages. Trims the texts, leaves empty ones out, keeps the first of a
    /// repeated tag and the first [`LANGUAGES_MAX`]; a malformed tag becomes `und`.
    #[must_use]
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (tag, text) in pairs {
            let text = text.trim();
            let tag = if is_tag(tag) { tag } else { UNKNOWN };
            if text.is_empty() || kept.len() >= LANGUAGES_MAX || kept.iter().any(|(t, _)| t == tag)
            {
                continue;
            }
            kept.push((tag.to_owned(), text.to_owned()));
        }
        Self(kept)
    }

    /// The same with another text in one of the interface's languages. A text that is there keeps
    /// its tag and its place, a new one comes last, and an empty one takes the language out.
    #[must_use]
    pub fn with(&self, lang: Lang, text: &str) -> Self {
        let known = self.find(lang.as_str()).map(|(tag, _)| tag);
        let mut pairs: Vec<(&str, &str)> = self
            .iter()
            .map(|(tag, old)| (tag, if known == Some(tag) { text } else { old }))
            .collect();
        if known.is_none() {
            pairs.push((lang.as_str(), text));
        }
        Self::new(pairs)
    }

    /// The text in exactly this language, or in another variety of it (`fr-CA` for `fr`).
    #[must_use]
    pub fn get(&self, tag: &str) -> Option<&str> {
        self.find(tag).map(|(_, text)| text)
    }

    /// The text in this language as [`LangText::get`] finds it, else the author's: what is said beside
    /// another text that is in this language.
    #[must_use]
    pub fn get_or_first(&self, tag: &str) -> Option<&str> {
        self.get(tag).or_else(|| self.first().map(|(_, text)| text))
    }

    /// The text in one of the interface's languages; `None` where it is missing.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> Option<&str> {
        self.get(lang.as_str())
    }

    /// The reader's text, else the author's; `""` where there is none.
    #[must_use]
    pub fn read(&self, lang: Lang) -> &str {
        self.shown(lang).map_or("", |(_, text)| text)
    }

    /// The text that [`LangText::read`] answers, with its tag.
    #[must_use]
    pub fn shown(&self, lang: Lang) -> Option<(&str, &str)> {
        self.find(lang.as_str()).or_else(|| self.first())
    }

    /// The one language of the interface that has a text, where the reader's has none; `None` for a text
    /// in a language that is not one of the interface's.
    #[must_use]
    pub fn only_in(&self, reader: Lang) -> Option<Lang> {
        let (tag, _) = self.shown(reader)?;
        Lang::from_tag(tag).filter(|lang| *lang != reader)
    }

    /// The author's text, with its tag.
    #[must_use]
    pub fn first(&self) -> Option<(&str, &str)> {
        self.iter().next()
    }

    /// Each language with its text, the author's first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// The tags, the author's first.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(tag, _)| tag)
    }

    /// Whether no language has a text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The length of the longest text, in characters.
    #[must_use]
    pub fn longest(&self) -> usize {
        let lengths = self.iter().map(|(_, text)| text.chars().count());
        lengths.max().unwrap_or(0)
    }

    fn find(&self, tag: &str) -> Option<(&str, &str)> {
        let exact = self.iter().find(|(t, _)| t.eq_ignore_ascii_case(tag));
        exact.or_else(|| {
            let wanted = primary(tag);
            self.iter().find(|(t, _)| primary(t) == wanted)
        })
    }
}

/// Reads pairs from storage or JSON and brings them to the form that [`LangText::new`] makes.
impl<'de> Deserialize<'de> for LangText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        let pairs = pairs
            .iter()
            .map(|(tag, text)| (tag.as_str(), text.as_str()));
        Ok(Self::new(pairs))
    }
}

#[cfg(feature = "diesel")]
mod column {
    use super::LangText;
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, ToSql};
    use diesel::sql_types::Text;

    /// Reads what most rows hold, no text or one without a letter that JSON escapes, for a quarter of
    /// the cost.
    fn single(json: &str) -> Option<Vec<(String, String)>> {
        if json == "[]" {
            return Some(Vec::new());
        }
        let (tag, text) = json
            .strip_prefix("[[\"")?
            .strip_suffix("\"]]")?
            .split_once("\",\"")?;
        let plain = |part: &str| !part.bytes().any(|byte| matches!(byte, b'"' | b'\\'));
        (plain(tag) && plain(text)).then(|| vec![(tag.to_owned(), text.to_owned())])
    }

    impl ToSql<Text, diesel::sqlite::Sqlite> for LangText {
        fn to_sql<'b>(
            &'b self,
            out: &mut serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
        ) -> serialize::Result {
            out.set_value(serde_json::to_string(&self.0)?);
            Ok(serialize::IsNull::No)
        }
    }

    impl ToSql<Text, diesel::pg::Pg> for LangText {
        fn to_sql<'b>(
            &'b self,
            out: &mut serialize::Output<'b, '_, diesel::pg::Pg>,
        ) -> serialize::Result {
            serde_json::to_writer(out, &self.0)?;
            Ok(serialize::IsNull::No)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for LangText
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
            let json = String::from_sql(bytes)?;
            // What the database holds was made by `new`: it is not cleaned again for every row.
            match single(&json) {
                Some(pairs) => Ok(Self(pairs)),
                None => Ok(Self(serde_json::from_str(&json)?)),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_text_is_read_alike_the_short_way_and_by_the_parser() {
            let texts = [
                LangText::default(),
                LangText::single("en", "one"),
                LangText::single("fr-CA", "été \u{1f600} [[]]"),
                LangText::single("en", "a \"quote\", a \\ and\na line"),
                LangText::single("en", "\",\""),
                LangText::new([("en", "one"), ("fr", "deux")]),
            ];
            for text in texts {
                let json = serde_json::to_string(&text.0).unwrap();
                let parsed: Vec<(String, String)> = serde_json::from_str(&json).unwrap();
                assert!(single(&json).is_none_or(|pairs| pairs == parsed), "{json}");
            }
            let plain = serde_json::to_string(&LangText::single("en", "one").0).unwrap();
            assert!(single(&plain).is_some());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_brought_to_its_form_where_it_is_made() {
        let text = LangText::new([
            ("fr-CA", " Bonjour "),
            ("en", ""),
            ("fr-CA", "Salut"),
            ("<b>", "?"),
            ("en", "Hello"),
        ]);
        let pairs: Vec<_> = text.iter().collect();
        assert_eq!(
            pairs,
            [("fr-CA", "Bonjour"), (UNKNOWN, "?"), ("en", "Hello")]
        );
        let many: Vec<String> = (0..20)
            .map(|n| format!("a{n:02}x").replace(['0', '1'], "b"))
            .collect();
        let pairs = many.iter().map(|tag| (&tag[..3], "text"));
        assert!(LangText::new(pairs).iter().count() <= LANGUAGES_MAX);
    }

    #[test]
    fn a_reader_gets_their_language_or_the_authors() {
        let text = LangText::new([("fr-CA", "Bonjour"), ("de", "Hallo")]);
        assert_eq!(text.read(Lang::Fr), "Bonjour");
        assert_eq!(text.shown(Lang::En), Some(("fr-CA", "Bonjour")));
        assert_eq!(text.in_lang(Lang::En), None);
        assert_eq!(LangText::default().read(Lang::En), "");
        assert_eq!(text.longest(), 7);
    }

    #[test]
    fn one_language_is_replaced_and_the_others_stay() {
        let text = LangText::new([("de", "Hallo"), ("fr-CA", "Bonjour")]);
        let both = text.with(Lang::Fr, "Salut").with(Lang::En, "Hello");
        let pairs: Vec<_> = both.iter().collect();
        assert_eq!(
            pairs,
            [("de", "Hallo"), ("fr-CA", "Salut"), ("en", "Hello")]
        );
        let gone = both.with(Lang::Fr, " ");
        assert_eq!(gone.tags().collect::<Vec<_>>(), ["de", "en"]);
        assert_eq!(text.with(Lang::En, ""), text);
    }

    #[test]
    fn json_keeps_the_order_and_is_checked_when_it_is_read() {
        let text = LangText::new([("fr", "b"), ("en", "a")]);
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(json, r#"[["fr","b"],["en","a"]]"#);
        assert_eq!(serde_json::from_str::<LangText>(&json).unwrap(), text);
        let dirty: LangText = serde_json::from_str(r#"[["en",""],["fr"," x "]]"#).unwrap();
        assert_eq!(dirty, LangText::single("fr", "x"));
    }
}
