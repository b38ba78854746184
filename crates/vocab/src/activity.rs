//! Activities. The object is kept as received, either an id or the embedded object. A peer's activity is
//! forwarded as its original bytes ([`Forward`]), not by serializing this type.

use crate::actor::Actor;
use crate::audience::Audience;
use crate::lenient::{self, id_of, kind_of};
use crate::link::Tag;
use crate::object::Object;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// An activity in its wire format.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Activity {
    /// Absent on some peers' Update (WordPress 4.0).
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// `Create`, `Follow`, `Announce`, or any other type.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub actor: Option<String>,
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
    /// The groups that the activity is addressed to (FEP-1b12).
    #[serde(
        deserialize_with = "lenient::ids",
        serialize_with = "lenient::write_ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub audience: Vec<String>,
    /// The mentions of the object: Lemmy (1.0-beta) reads those of a comment here.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tag: Vec<Tag>,
    /// An id or an embedded object; `null` when absent.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub object: Value,
    /// The collection of an Add or Remove, or the new actor of a Move.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub target: Option<String>,
    /// The result of an accepted request (FEP-044f), as received.
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub result: Option<Value>,
    /// A reason in plain text (Lemmy: of a moderator's Delete, Lock or Block).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary: Option<String>,
    /// The emoji of a Like (FEP-c0e0), or the reason of a Follow (FEP-4ccd).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub content: Option<String>,
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub published: Option<DateTime<Utc>>,
}

impl Activity {
    /// Builds an activity; `object` is an id as a JSON string, or an embedded object.
    #[must_use]
    pub fn new(kind: &str, id: &str, actor: &str, object: Value) -> Self {
        Self {
            id: Some(id.to_owned()),
            kind: kind.to_owned(),
            actor: Some(actor.to_owned()),
            object,
            ..Self::default()
        }
    }

    /// Returns the object's id, whether it is a bare id or embedded.
    #[must_use]
    pub fn object_id(&self) -> Option<&str> {
        id_of(&self.object)
    }

    /// Returns the embedded object's type; `None` for a bare id.
    #[must_use]
    pub fn object_type(&self) -> Option<&str> {
        self.embedded_value().and_then(kind_of)
    }

    /// Returns the embedded object, the first of a list; `None` for a bare id.
    #[must_use]
    pub fn embedded_value(&self) -> Option<&Value> {
        let one = match &self.object {
            Value::Array(list) => list.first()?,
            value => value,
        };
        one.is_object().then_some(one)
    }

    /// Splits an activity with several objects into one for each, at most `limit`; returns nothing for a
    /// single object (FEP-1a11).
    #[must_use]
    pub fn each(&self, limit: usize) -> Vec<Self> {
        match &self.object {
            Value::Array(list) if list.len() > 1 => list
                .iter()
                .take(limit)
                .map(|object| Self {
                    object: object.clone(),
                    ..self.clone_without_object()
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Clones everything except the object, which may be large.
    fn clone_without_object(&self) -> Self {
        Self {
            id: self.id.clone(),
            kind: self.kind.clone(),
            actor: self.actor.clone(),
            to: self.to.clone(),
            cc: self.cc.clone(),
            audience: self.audience.clone(),
            tag: self.tag.clone(),
            object: Value::Null,
            target: self.target.clone(),
            result: self.result.clone(),
            summary: self.summary.clone(),
            content: self.content.clone(),
            published: self.published,
        }
    }

    /// Returns the embedded activity (of Announce, Undo, Accept, Reject).
    #[must_use]
    pub fn embedded_activity(&self) -> Option<Self> {
        self.embedded()
    }

    /// Returns the embedded object (of Create, Update, Delete).
    #[must_use]
    pub fn embedded_object(&self) -> Option<Object> {
        self.embedded()
    }

    /// Returns the embedded actor (of Update).
    #[must_use]
    pub fn embedded_actor(&self) -> Option<Actor> {
        self.embedded()
    }

    fn embedded<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.embedded_value()?).ok()
    }

    /// Returns whether `object` embeds an activity rather than an object (a Group's Announce of a Create,
    /// as opposed to an Announce of a Page).
    #[must_use]
    pub fn wraps_activity(&self) -> bool {
        let wrapped = self
            .embedded_value()
            .filter(|value| value.get("object").is_some());
        wrapped.is_some_and(|value| value.get("actor").is_some())
    }

    /// Returns the audience; `followers` is the actor's followers collection where known.
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
}

/// A Group's Announce that forwards an activity's bytes unchanged: activities of Mitra and others carry a
/// proof over every key, even those unknown here (FEP-1b12, FEP-8b32).
#[derive(Debug, Serialize)]
pub struct Forward<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    pub id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    pub actor: &'a str,
    pub to: &'a [String],
    pub cc: &'a [String],
    #[serde(serialize_with = "lenient::write_time")]
    pub published: Option<DateTime<Utc>>,
    pub object: &'a RawValue,
}

impl<'a> Forward<'a> {
    /// Wraps an activity's JSON in an Announce, which begins at `published`.
    #[must_use]
    pub const fn new(
        id: &'a str,
        actor: &'a str,
        (to, cc): (&'a [String], &'a [String]),
        published: DateTime<Utc>,
        object: &'a RawValue,
    ) -> Self {
        let (context, kind) = (crate::context::ACTIVITYSTREAMS, "Announce");
        Self {
            context,
            id,
            kind,
            actor,
            to,
            cc,
            published: Some(published),
            object,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Activity {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_object_may_be_an_id_an_object_or_a_list() {
        assert_eq!(read(json!({"object": "x:1"})).object_id(), Some("x:1"));
        let embedded = read(json!({"type": "Create", "object": {"id": "x:2", "type": ["Note"]}}));
        assert_eq!(
            (embedded.object_id(), embedded.object_type()),
            (Some("x:2"), Some("Note"))
        );
        assert_eq!(embedded.embedded_object().unwrap().kind, "Note");
        let list = read(json!({"object": [{"id": "x:3", "type": "Page"}]}));
        assert_eq!(
            (list.object_id(), list.object_type()),
            (Some("x:3"), Some("Page"))
        );
        let two = read(
            json!({"type": "Announce", "actor": "x:g", "object": ["x:4", {"id": "x:5"}, "x:6"]}),
        )
        .each(2);
        let ids: Vec<_> = two.iter().map(Activity::object_id).collect();
        assert_eq!(ids, [Some("x:4"), Some("x:5")]);
        assert!(list.each(9).is_empty(), "a single object is not split");
        assert_eq!(read(json!({})), Activity::default());
        assert_eq!(
            read(json!({"object": 4, "actor": [], "to": null})).object_id(),
            None
        );
    }

    #[test]
    fn an_announced_activity_is_distinguished_from_an_announced_page() {
        let page =
            json!({"type": "Announce", "object": {"type": "Page", "id": "x:1", "actor": "x:a"}});
        assert!(!read(page).wraps_activity());
        let like = json!({"type": "Announce", "object": {"type": "Like", "actor": "x:a", "object": "x:1"}});
        assert!(read(like.clone()).wraps_activity());
        assert_eq!(
            read(like).embedded_activity().unwrap().object_id(),
            Some("x:1")
        );
    }

    #[test]
    fn an_activity_we_write_is_read_back_the_same() {
        let mut follow = Activity::new("Follow", "x:f", "x:bea", json!("x:g"));
        follow.to = vec!["x:g".into()];
        let text = serde_json::to_string(&follow).unwrap();
        assert_eq!(
            text,
            r#"{"id":"x:f","type":"Follow","actor":"x:bea","to":["x:g"],"object":"x:g"}"#
        );
        assert_eq!(serde_json::from_str::<Activity>(&text).unwrap(), follow);
    }

    #[test]
    fn a_forwarded_activity_keeps_its_bytes() {
        let bytes = r#"{ "type":"Like", "z" : 1.0, "a":"\u00e9" }"#;
        let raw: &RawValue = serde_json::from_str(bytes).unwrap();
        let to = ["x:g/followers".to_owned()];
        let at = DateTime::UNIX_EPOCH;
        let text = serde_json::to_string(&Forward::new("x:1", "x:g", (&to, &[]), at, raw)).unwrap();
        assert_eq!(
            read(serde_json::from_str(&text).unwrap()).published,
            Some(at)
        );
        assert!(text.ends_with(&format!(r#""object":{bytes}}}"#)), "{text}");
    }
}
