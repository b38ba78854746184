//! Objects: Note, Page, Article, Event, Question, Tombstone and whatever else a peer sends, in one type.
//! Unknown keys are ignored.

use crate::audience::Audience;
use crate::language::{LangMap, Language};
use crate::lenient::{self, into_list, text_of, url_of};
use crate::link::{self, Attachment, Image, Source, Tag};
use crate::poll::{self, PollChoice};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An object in its wire format. Texts are HTML or plain as their comments say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Object {
    /// Absent on objects that exist only inside another.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// `Note`, `Page`, `Article`, `Event`, `Question`, `Tombstone`, or any other type.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The author; the person in a list.
    #[serde(
        deserialize_with = "lenient::author",
        skip_serializing_if = "Option::is_none"
    )]
    pub attributed_to: Option<String>,
    #[serde(
        deserialize_with = "lenient::ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub to: Vec<String>,
    #[serde(
        deserialize_with = "lenient::ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cc: Vec<String>,
    /// The groups of the object (FEP-1b12); a single one is written as a string.
    #[serde(
        deserialize_with = "lenient::ids",
        serialize_with = "lenient::write_ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub audience: Vec<String>,
    /// The title in plain text. NodeBB's replies have the title of their topic.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
    /// A Note's content warning, or another object's abstract in HTML, which is all that Mastodon shows of
    /// its text.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub summary_map: LangMap,
    /// The text, in HTML unless `mediaType` says otherwise.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub content: Option<String>,
    /// The text by language. The original language is that of the entry that equals `content`.
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub content_map: LangMap,
    /// The media type of `content`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
    /// The text from which `content` was rendered.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub source: Option<Source>,
    /// The id of the parent post.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub in_reply_to: Option<String>,
    /// The id of the conversation's collection (FEP-f228).
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub context: Option<String>,
    /// The id of the collection of replies.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub replies: Option<String>,
    /// The object's HTML page.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub published: Option<DateTime<Utc>>,
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated: Option<DateTime<Utc>>,
    /// The time of deletion, in a Tombstone.
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub deleted: Option<DateTime<Utc>>,
    /// The type of the deleted object, in a Tombstone.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub former_type: Option<String>,
    /// Mentions, hashtags and others.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tag: Vec<Tag>,
    /// Files, links and other types; some peers write a bare URL.
    #[serde(
        deserialize_with = "link::attachments",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attachment: Vec<Attachment>,
    /// The banner.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub image: Option<Image>,
    /// Whether the content is behind a warning.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub sensitive: Option<bool>,
    /// The original language (Lemmy's key).
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub language: Option<Language>,
    /// Whether it is an accepted answer (PieFed's key).
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub answer: Option<bool>,
    /// Whether replies are accepted (PeerTube's key).
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub comments_enabled: Option<bool>,
    /// An Event's start as written, because its offset is that of the place; see [`Object::starts`].
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub start_time: Option<String>,
    /// An Event's end as written; see [`Object::ends`].
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub end_time: Option<String>,
    /// An Event's IANA time zone.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub timezone: Option<String>,
    /// An Event's location as received; see [`Object::places`].
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub location: Option<Value>,
    /// The choices of a Question, of which one may be chosen.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub one_of: Vec<PollChoice>,
    /// The choices of a Question, of which several may be chosen.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub any_of: Vec<PollChoice>,
    /// When a Question was closed, as received; see [`Object::closed_at`].
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub closed: Option<Value>,
    /// How many have voted in a Question (Mastodon's key).
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub voters_count: Option<u64>,
    /// How many choices one ballot of a Question puts in order; absent where they have no order.
    #[serde(
        rename = "hedgerow:places",
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub hedgerow_places: Option<u64>,
    /// Who sees the counts of a Question before its end: `always`, `voted` or `end`.
    #[serde(
        rename = "hedgerow:results",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub hedgerow_results: Option<String>,
    /// The place of a vote in its ballot, from 1.
    #[serde(
        rename = "hedgerow:place",
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub hedgerow_place: Option<u64>,
    /// A short version for servers that do not show articles (FEP-b2b8).
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub preview: Option<Value>,
    /// The kind of content: `discussion`, `event`, `resource`, …
    #[serde(
        rename = "hedgerow:kind",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub hedgerow_kind: Option<String>,
}

impl Object {
    /// Builds a Tombstone, which replaces a deleted object (ActivityPub §6.4).
    #[must_use]
    pub fn tombstone(id: &str, former_type: Option<&str>, deleted: Option<DateTime<Utc>>) -> Self {
        Self {
            id: Some(id.to_owned()),
            kind: "Tombstone".to_owned(),
            former_type: former_type.map(str::to_owned),
            deleted,
            ..Self::default()
        }
    }

    /// Returns whether the type is `Tombstone`.
    #[must_use]
    pub fn is_tombstone(&self) -> bool {
        self.kind == "Tombstone"
    }

    /// Returns the audience; `followers` is the author's followers collection where known.
    #[must_use]
    pub fn readers(&self, followers: Option<&str>) -> Audience {
        Audience::decide(&self.to, &self.cc, followers)
    }

    /// Iterates over the addresses in `to`, `cc` and `audience`, in that order.
    pub fn addressees(&self) -> impl Iterator<Item = &str> {
        self.to
            .iter()
            .chain(&self.cc)
            .chain(&self.audience)
            .map(String::as_str)
    }

    /// Returns `content`, else the first of `contentMap`; a blank text is none.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let first = || self.content_map.first().map(|(_, text)| text);
        let content = self.content.as_deref();
        content
            .filter(|text| !text.trim().is_empty())
            .or_else(first)
    }

    /// Returns the title: `name`, else the first of `nameMap`; a blank title is none.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let first = || self.name_map.first().map(|(_, text)| text);
        self.name
            .as_deref()
            .filter(|title| !title.trim().is_empty())
            .or_else(first)
    }

    /// Iterates over the ids of the mentioned actors.
    pub fn mentions(&self) -> impl Iterator<Item = &str> {
        let mentions = self.tag.iter().filter(|tag| tag.kind == "Mention");
        mentions.filter_map(|tag| tag.href.as_deref())
    }

    /// Returns an Event's start in UTC.
    #[must_use]
    pub fn starts(&self) -> Option<DateTime<Utc>> {
        lenient::read_time(self.start_time.as_deref()?)
    }

    /// Returns an Event's end in UTC.
    #[must_use]
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        lenient::read_time(self.end_time.as_deref()?)
    }

    /// Returns when a Question was or will be closed, where `closed` is a time.
    #[must_use]
    pub fn closed_at(&self) -> Option<DateTime<Utc>> {
        poll::closed_at(self.closed.as_ref()?)
    }

    /// Returns whether `closed` says that nobody votes in a Question any more, without a time.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed == Some(Value::Bool(true))
    }

    /// Returns an Event's places as lines of text: name and address of each Place, or the URL of a virtual
    /// one (Gancio writes it to `address.url`).
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        let all = into_list(self.location.clone().unwrap_or_default());
        all.iter()
            .map(place_line)
            .filter(|line| !line.is_empty())
            .collect()
    }
}

/// Formats one place as a line without repetitions.
fn place_line(place: &Value) -> String {
    if let Some(text) = place.as_str() {
        return text.to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut add = |text: Option<&str>| {
        if let Some(text) = text.map(str::trim).filter(|t| !t.is_empty())
            && !parts.iter().any(|p| p.contains(text))
        {
            parts.push(text.to_owned());
        }
    };
    add(place.get("name").and_then(text_of));
    match place.get("address") {
        Some(Value::Object(address)) => {
            let keys = [
                "streetAddress",
                "postalCode",
                "addressLocality",
                "addressRegion",
                "addressCountry",
                "url",
            ];
            keys.iter()
                .for_each(|key| add(address.get(*key).and_then(text_of)));
        }
        other => add(other.and_then(text_of)),
    }
    if place.get("type").and_then(Value::as_str) == Some("VirtualLocation") {
        add(place.get("url").and_then(url_of));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Object {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn values_of_the_wrong_shape_do_not_fail() {
        let object = read(json!({
            "id": 3, "type": null, "attributedTo": [], "to": {"id": "x:1"}, "cc": "x:2", "tag": {"type": "Mention", "href": "x:m"},
            "attachment": [{"type": "ex:Odd"}, "x:a", 5, null], "content": ["<p>a</p>"], "contentMap": "no", "language": {},
            "url": [{"type": "Link", "href": "x:u"}], "inReplyTo": ["x:r"], "published": 5, "sensitive": "maybe", "source": "text"
        }));
        assert_eq!((object.id.as_deref(), object.kind.as_str()), (None, ""));
        assert_eq!(
            (object.to[0].as_str(), object.cc[0].as_str()),
            ("x:1", "x:2")
        );
        assert_eq!(object.mentions().collect::<Vec<_>>(), ["x:m"]);
        assert_eq!(object.text(), Some("<p>a</p>"));
        assert_eq!(object.in_reply_to.as_deref(), Some("x:r"));
        assert_eq!(object.attachment.len(), 2);
        assert_eq!(object.sensitive, None);
        assert_eq!(read(json!({})), Object::default());
    }

    #[test]
    fn a_page_we_write_is_read_back_the_same() {
        let page = Object {
            id: Some("x:p".into()),
            kind: "Page".into(),
            attributed_to: Some("x:ann".into()),
            to: vec!["x:g".into(), crate::PUBLIC.into()],
            audience: vec!["x:g".into()],
            name: Some("Lisières".into()),
            content: Some("<p>Texte</p>".into()),
            content_map: [("fr", "<p>Texte</p>"), ("en", "<p>Text</p>")]
                .into_iter()
                .collect(),
            source: Some(Source::markdown("Texte")),
            published: "2026-11-22T04:00:00Z".parse().ok(),
            tag: vec![Tag::mention("x:bea", "bea@beta.example")],
            language: Some(Language {
                identifier: "fr".into(),
                name: Some("Français".into()),
            }),
            hedgerow_kind: Some("discussion".into()),
            ..Object::default()
        };
        let text = serde_json::to_string(&page).unwrap();
        assert!(text.contains(r#""audience":"x:g""#) && text.contains(r#""contentMap":{"fr""#));
        assert_eq!(serde_json::from_str::<Object>(&text).unwrap(), page);
        assert_eq!(page.readers(None), Audience::Public);
    }

    #[test]
    fn a_tombstone_has_only_id_and_types() {
        let tombstone = serde_json::to_value(Object::tombstone("x:p", Some("Page"), None)).unwrap();
        assert_eq!(
            tombstone,
            json!({"id": "x:p", "type": "Tombstone", "formerType": "Page"})
        );
    }

    #[test]
    fn places_are_formatted_as_lines() {
        let at = |location: Value| read(json!({"location": location})).places().join(" | ");
        assert_eq!(at(json!("Town hall")), "Town hall");
        assert_eq!(
            at(json!({"type": "Place", "name": "Hall, 1 Main St", "address": "1 Main St"})),
            "Hall, 1 Main St"
        );
        let postal = json!({"name": "Clinic", "address": {"addressLocality": "London", "addressCountry": "CA"}});
        let online = json!({"type": "VirtualLocation", "name": "Room", "address": {"url": "https://x.example"}});
        assert_eq!(
            at(json!([postal, online])),
            "Clinic, London, CA | Room, https://x.example"
        );
        assert_eq!(at(json!(null)), "");
    }
}
