//! Texts by language (`nameMap`, `contentMap`, …) and the `language` key in Lemmy's format. A map keeps
//! its order, because Mastodon takes a post's language from the first entry.

use crate::lenient;
use serde::de::Deserializer;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Texts by BCP 47 tag, in the order of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LangMap(Vec<(String, String)>);

impl LangMap {
    /// Builds an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds or replaces the text of one language; an empty text removes it.
    pub fn set(&mut self, tag: &str, text: &str) {
        if text.is_empty() {
            self.0.retain(|(known, _)| known != tag);
        } else if let Some(entry) = self.0.iter_mut().find(|(known, _)| known == tag) {
            text.clone_into(&mut entry.1);
        } else {
            self.0.push((tag.to_owned(), text.to_owned()));
        }
    }

    /// Returns the text of a language, or of another tag with the same primary language (`fr` finds
    /// `fr-CA`).
    #[must_use]
    pub fn get(&self, tag: &str) -> Option<&str> {
        let exact = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(tag));
        let near = || {
            self.0
                .iter()
                .find(|(known, _)| primary(known).eq_ignore_ascii_case(primary(tag)))
        };
        exact.or_else(near).map(|(_, text)| text.as_str())
    }

    /// Returns the first entry: the original language and its text.
    #[must_use]
    pub fn first(&self) -> Option<(&str, &str)> {
        self.iter().next()
    }

    /// Iterates over the tags and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// Returns whether there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns the primary language of a tag: `fr` for `fr-CA`.
fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

impl<T: Into<String>, U: Into<String>> FromIterator<(T, U)> for LangMap {
    fn from_iter<I: IntoIterator<Item = (T, U)>>(pairs: I) -> Self {
        let mut map = Self::new();
        for (tag, text) in pairs {
            map.set(&tag.into(), &text.into());
        }
        map
    }
}

impl Serialize for LangMap {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(self.0.len()))?;
        for (tag, text) in &self.0 {
            map.serialize_entry(tag, text)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LangMap {
    /// Reads the entries that are texts and not blank, the first of each tag: of an object, or of a list of
    /// objects or of values with their language (`@value` and `@language`, expanded JSON-LD).
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut map = Self::new();
        for value in lenient::into_list(Value::deserialize(d)?) {
            for (tag, text) in entries(&value) {
                let is_known = map.0.iter().any(|(known, _)| known == tag);
                if !is_known && !text.trim().is_empty() {
                    map.set(tag, text);
                }
            }
        }
        Ok(map)
    }
}

/// Returns the tags and texts of a map, or of a value with its language.
fn entries(value: &Value) -> Vec<(&str, &str)> {
    let language = value.get("@language").and_then(Value::as_str);
    if let (Some(tag), Some(text)) = (language, lenient::text_of(value)) {
        return vec![(tag, text)];
    }
    let entries = value.as_object().into_iter().flatten();
    let entries = entries.filter(|(tag, _)| !tag.starts_with('@'));
    let texts = entries.filter_map(|(tag, text)| Some((tag.as_str(), lenient::text_of(text)?)));
    texts.collect()
}

/// A language with identifier and name, in the format of Lemmy and PieFed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Language {
    /// A BCP 47 tag; `und` for an unknown language.
    pub identifier: String,
    /// The language's name in that language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl<'de> Deserialize<'de> for Language {
    /// Reads an object, or the bare tag that some peers write.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(d)?;
        let identifier = value.get("identifier").unwrap_or(&value);
        let identifier = identifier
            .as_str()
            .filter(|tag| !tag.is_empty())
            .ok_or_else(|| serde::de::Error::custom("language without an identifier"))?;
        Ok(Self {
            identifier: identifier.to_owned(),
            name: value.get("name").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_languages_is_kept() {
        let map: LangMap = serde_json::from_str(r#"{"fr":"Bonjour","en":"Hello","de":4}"#).unwrap();
        assert_eq!(map.first(), Some(("fr", "Bonjour")));
        assert_eq!(
            serde_json::to_string(&map).unwrap(),
            r#"{"fr":"Bonjour","en":"Hello"}"#
        );
    }

    #[test]
    fn a_map_is_read_whatever_its_values_are() {
        let read = |v: Value| {
            let map = serde_json::from_value::<LangMap>(v).unwrap();
            let entries = map.iter().map(|(tag, text)| format!("{tag} {text}"));
            entries.collect::<Vec<_>>().join(", ")
        };
        let odd = json!({"en": "a", "de": 4, "fr": "", "it": null, "es": ["b"], "pt": {"@value": "c"}, "nl": " ", "@none": "d"});
        assert_eq!(read(odd), "en a, es b, pt c");
        let list = json!([{"@value": "a", "@language": "fr"}, {"en": "b"}, {"fr": "c"}, "d", 5]);
        assert_eq!(read(list), "fr a, en b");
        for none in [json!("a"), json!(null), json!(3), json!([])] {
            assert_eq!(read(none), "");
        }
    }

    #[test]
    fn a_near_tag_is_found() {
        let map: LangMap = [("fr-CA", "Courriel"), ("en", "Mail")]
            .into_iter()
            .collect();
        assert_eq!(map.get("fr"), Some("Courriel"));
        assert_eq!(map.get("EN"), Some("Mail"));
        assert_eq!(map.get("es"), None);
    }

    #[test]
    fn a_language_may_be_a_bare_tag() {
        let read = |v: Value| serde_json::from_value::<Language>(v).unwrap();
        assert_eq!(read(json!("fr")).identifier, "fr");
        assert_eq!(
            read(json!({"identifier": "en", "name": "English"}))
                .name
                .unwrap(),
            "English"
        );
        assert!(serde_json::from_value::<Language>(json!({"name": "English"})).is_err());
    }
}
