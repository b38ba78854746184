//! What hangs on an object: tags, attachments, images and the source it was written in. Each
//! is read from an object, and where peers write a bare address, from that as well.

use crate::lenient::{self, url_of};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A tag: a Mention, a Hashtag, or something else that is carried along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Tag {
    /// `Mention`, `Hashtag`, or another word; empty where none was given.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The actor's id, the hashtag's page, or an object's id.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub href: Option<String>,
    /// `@bea@beta.example`, `#weaving`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Of an object link (FEP-e232).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
}

impl Tag {
    /// Mentions an actor by id, named `@name@host`.
    #[must_use]
    pub fn mention(actor_id: &str, address: &str) -> Self {
        Self {
            kind: "Mention".to_owned(),
            href: Some(actor_id.to_owned()),
            name: Some(format!("@{}", address.trim_start_matches(['@', '!']))),
            media_type: None,
        }
    }
}

/// A thing attached: Image, Document, Link, PropertyValue, or a kind we do not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Attachment {
    /// `Image`, `Document`, `Link`, `PropertyValue`, …
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The alternative text, the link's text, or the property's label.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Where the file is.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// Where a Link leads.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub href: Option<String>,
    /// The file's media type, as claimed.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
    /// A PropertyValue's value, in HTML.
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
    /// A labelled line of a profile, its value in HTML.
    #[must_use]
    pub fn property(name: &str, value: &str) -> Self {
        Self {
            kind: "PropertyValue".to_owned(),
            name: Some(name.to_owned()),
            value: Some(value.to_owned()),
            ..Self::default()
        }
    }

    /// Where it leads, whichever key says so.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.href.as_deref().or(self.url.as_deref())
    }
}

/// A picture: an actor's `icon` or `image`, an object's banner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// `Image`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where the file is.
    pub url: String,
    /// As claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The alternative text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Image {
    /// A picture at this address.
    #[must_use]
    pub fn new(url: &str, media_type: Option<&str>) -> Self {
        Self {
            kind: "Image".to_owned(),
            url: url.to_owned(),
            media_type: media_type.map(str::to_owned),
            name: None,
        }
    }
}

impl<'de> Deserialize<'de> for Image {
    /// Takes the object or the bare address; without an address there is no picture.
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
        })
    }
}

/// What a text was written in, before it became HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Source {
    /// As typed.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub content: Option<String>,
    /// `text/markdown`, `text/plain`, …
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
}

impl Source {
    /// A text in Markdown.
    #[must_use]
    pub fn markdown(content: &str) -> Self {
        Self {
            content: Some(content.to_owned()),
            media_type: Some("text/markdown".to_owned()),
        }
    }

    /// The text, if it is Markdown.
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
    fn pictures_are_read_from_objects_and_addresses() {
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
