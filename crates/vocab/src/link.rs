//! The parts of an object: tags, attachments, images and the source of its text. Each is read from a JSON
//! object, and where peers write a bare URL, from that as well.

use crate::language::LangMap;
use crate::lenient::{self, url_of};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A tag: a Mention, a Hashtag, a CommunityPostTag, or any other type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Tag {
    /// `Mention`, `Hashtag`, or any other type; empty when absent.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The id of a tag of a community (Lemmy's CommunityPostTag).
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// The id of the actor or object, or the hashtag's page.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub href: Option<String>,
    /// For example `@bea@beta.example` or `#weaving`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
    /// What the address of a tag of a community says.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub preferred_username: Option<String>,
    /// The media type of an object link (FEP-e232).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
}

impl Tag {
    /// Builds a Mention of an actor, with the name `@name@host`.
    #[must_use]
    pub fn mention(actor_id: &str, address: &str) -> Self {
        Self {
            kind: "Mention".to_owned(),
            href: Some(actor_id.to_owned()),
            name: Some(format!("@{}", address.trim_start_matches(['@', '!']))),
            ..Self::default()
        }
    }
}

/// An attachment: Image, Document, Link, PropertyValue, or any other type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Attachment {
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The alternative text, the link's text, or the property's label.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The same by language.
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
    /// The alternative text (GoToSocial 0.20).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary: Option<String>,
    /// The URL of the file.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// The target of a Link.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub href: Option<String>,
    /// The media type that the peer claims.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
    /// The value of a PropertyValue, as HTML.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<String>,
    /// Pixels.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub width: Option<u64>,
    /// Pixels.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub height: Option<u64>,
}

impl Attachment {
    /// Builds a profile field (PropertyValue) with an HTML value.
    #[must_use]
    pub fn property(name: &str, value: &str) -> Self {
        Self {
            kind: "PropertyValue".to_owned(),
            name: Some(name.to_owned()),
            value: Some(value.to_owned()),
            ..Self::default()
        }
    }

    /// Builds a link without a text.
    #[must_use]
    pub fn link(url: &str) -> Self {
        Self {
            kind: "Link".to_owned(),
            href: Some(url.to_owned()),
            ..Self::default()
        }
    }

    /// Returns the alternative text, or the link's text, from any of the keys; a blank one is none.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        let first = self.name_map.first().map(|(_, text)| text);
        let labels = [self.name.as_deref(), self.summary.as_deref(), first];
        labels
            .into_iter()
            .flatten()
            .find(|label| !label.trim().is_empty())
    }

    /// Returns the URL from either key.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.href.as_deref().or(self.url.as_deref())
    }
}

/// Reads attachments from a list or a single one: objects, and bare URLs as links; others are dropped.
pub(crate) fn attachments<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Attachment>, D::Error> {
    let list = lenient::into_list(Value::deserialize(d)?);
    let read = |value: Value| match value {
        Value::String(url) if url.is_empty() => None,
        Value::String(url) => Some(Attachment::link(&url)),
        other => serde_json::from_value(other).ok(),
    };
    Ok(list.into_iter().filter_map(read).collect())
}

/// A picture: an actor's `icon` or `image`, an object's banner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Always `Image`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The URL of the file.
    pub url: String,
    /// The media type that the peer claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The alternative text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The same by language.
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
}

impl Image {
    /// Builds an image with this URL.
    #[must_use]
    pub fn new(url: &str, media_type: Option<&str>) -> Self {
        Self {
            kind: "Image".to_owned(),
            url: url.to_owned(),
            media_type: media_type.map(str::to_owned),
            name: None,
            name_map: LangMap::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Image {
    /// Reads an object or a bare URL; fails without a URL.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(d)?;
        let at = if value.is_string() {
            Some(&value)
        } else {
            value.get("url").or_else(|| value.get("href"))
        };
        let url = at
            .and_then(url_of)
            .ok_or_else(|| D::Error::custom("image without a url"))?;
        let text = |key: &str| value.get(key).and_then(lenient::text_of).map(str::to_owned);
        Ok(Self {
            kind: "Image".to_owned(),
            url: url.to_owned(),
            media_type: text("mediaType"),
            name: text("name").or_else(|| text("summary")),
            name_map: value
                .get("nameMap")
                .and_then(|map| LangMap::deserialize(map).ok())
                .unwrap_or_default(),
        })
    }
}

/// The text from which an object's HTML was rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Source {
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub content: Option<String>,
    /// For example `text/markdown`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
}

impl Source {
    /// Builds a source in Markdown.
    #[must_use]
    pub fn markdown(content: &str) -> Self {
        Self {
            content: Some(content.to_owned()),
            media_type: Some("text/markdown".to_owned()),
        }
    }

    /// Returns the text if it is Markdown.
    #[must_use]
    pub fn as_markdown(&self) -> Option<&str> {
        let kind = self.media_type.as_deref()?;
        let essence = kind.split(';').next().unwrap_or(kind).trim();
        self.content
            .as_deref()
            .filter(|_| essence.eq_ignore_ascii_case("text/markdown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn images_are_read_from_objects_and_urls() {
        let read = |v: Value| serde_json::from_value::<Image>(v).map(|i| i.url);
        assert_eq!(read(json!("x:1")).unwrap(), "x:1");
        assert_eq!(read(json!({"type": "Image", "url": "x:2"})).unwrap(), "x:2");
        assert_eq!(
            read(json!({"type": "Image", "url": [{"href": "x:3"}]})).unwrap(),
            "x:3"
        );
        assert!(read(json!({"type": "Image"})).is_err());
    }

    #[test]
    fn an_alternative_text_is_read_from_a_map_of_languages() {
        let map = json!({"fr": "Un métier", "en": "A loom"});
        let picture = json!({"type": "Image", "url": "x:1", "nameMap": map});
        let attachment: Attachment = serde_json::from_value(picture.clone()).unwrap();
        assert_eq!(attachment.label(), Some("Un métier"));
        let image: Image = serde_json::from_value(picture).unwrap();
        assert_eq!(image.name_map.iter().count(), 2);
        let odd = json!({"type": "Image", "url": "x:1", "nameMap": [3, null], "name": "A loom"});
        let attachment: Attachment = serde_json::from_value(odd).unwrap();
        assert_eq!(attachment.label(), Some("A loom"));
    }

    #[test]
    fn an_attachment_of_an_unknown_kind_is_kept() {
        let odd = json!({"type": ["ex:Loom"], "name": 3, "url": [{"type": "Link", "href": "x:1"}], "width": "40"});
        let attachment: Attachment = serde_json::from_value(odd).unwrap();
        assert_eq!(attachment.kind, "ex:Loom");
        assert_eq!(attachment.address(), Some("x:1"));
        assert_eq!((attachment.name, attachment.width), (None, Some(40)));
    }

    #[test]
    fn only_markdown_counts_as_markdown() {
        assert_eq!(Source::markdown("*a*").as_markdown(), Some("*a*"));
        let plain = Source {
            content: Some("a".into()),
            media_type: Some("text/plain".into()),
        };
        assert_eq!(plain.as_markdown(), None);
    }
}
