//! WebFinger's JSON Resource Descriptor (RFC 7033), which resolves `acct:name@host` to an actor.

use crate::lenient;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The relation of an actor's ActivityPub document.
pub const REL_SELF: &str = "self";
/// The relation of an actor's HTML page.
pub const REL_PROFILE: &str = "http://webfinger.net/rel/profile-page";
/// The relation of the page on which a person follows a remote actor; its `template` contains `{uri}`.
pub const REL_SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// The relation of the page on which a person follows an actor (FEP-3b86); its `template` contains `{object}`.
pub const REL_INTENT_FOLLOW: &str = "https://w3id.org/fep/3b86/Follow";
/// The relation of the page that shows an object to a person of this server (FEP-3b86).
pub const REL_INTENT_OBJECT: &str = "https://w3id.org/fep/3b86/Object";
/// The property that distinguishes a Person from a Group of the same name (Lemmy).
pub const PROPERTY_TYPE: &str = "https://www.w3.org/ns/activitystreams#type";

/// A JSON Resource Descriptor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Jrd {
    /// The resource, `acct:name@host` or a URL.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub subject: Option<String>,
    /// Other URIs of the same resource.
    #[serde(
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub aliases: Vec<String>,
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub links: Vec<JrdLink>,
}

/// A link of a JSON Resource Descriptor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JrdLink {
    /// The relation, a name or a URL.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub rel: Option<String>,
    /// The media type of the target.
    #[serde(
        rename = "type",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub media_type: Option<String>,
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub href: Option<String>,
    /// A URL with a placeholder.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub template: Option<String>,
    /// Properties of the link; values may be `null`.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub properties: Option<Map<String, Value>>,
}

impl Jrd {
    /// Describes a local actor: subject, aliases, and the links to its document and page.
    #[must_use]
    pub fn actor(address: &str, kind: &str, id: &str, page: &str) -> Self {
        let link = |rel: &str, media_type: &str, href: &str| JrdLink {
            rel: Some(rel.to_owned()),
            media_type: Some(media_type.to_owned()),
            href: Some(href.to_owned()),
            ..JrdLink::default()
        };
        let properties = Map::from_iter([(PROPERTY_TYPE.to_owned(), Value::from(kind))]);
        let mut aliases = vec![id.to_owned()];
        if page != id {
            aliases.push(page.to_owned());
        }
        Self {
            subject: Some(format!("acct:{address}")),
            aliases,
            links: vec![
                JrdLink {
                    properties: Some(properties),
                    ..link(REL_SELF, crate::CONTENT_TYPE, id)
                },
                link(REL_PROFILE, "text/html", page),
            ],
        }
    }

    /// Iterates over the ids of the actors, with their types where given. There are several when a Person
    /// and a Group share a name (Lemmy).
    pub fn actors(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let links = self.links.iter().filter(|link| link.is_actor());
        links.filter_map(|link| Some((link.href.as_deref()?, link.actor_type())))
    }

    /// Returns the first link with a relation.
    #[must_use]
    pub fn link(&self, rel: &str) -> Option<&JrdLink> {
        self.links
            .iter()
            .find(|link| link.rel.as_deref() == Some(rel))
    }

    /// Returns the subject as `name@host` if it is an `acct:` URI.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.subject.as_deref()?.strip_prefix("acct:")
    }
}

impl JrdLink {
    /// Returns whether the target is an ActivityPub document.
    fn is_actor(&self) -> bool {
        let essence = self.media_type.as_deref().and_then(|t| t.split(';').next());
        let known = ["application/activity+json", "application/ld+json"];
        let fits = essence.is_some_and(|e| known.iter().any(|k| e.trim().eq_ignore_ascii_case(k)));
        fits && self.rel.as_deref() == Some(REL_SELF)
    }

    fn actor_type(&self) -> Option<&str> {
        self.properties.as_ref()?.get(PROPERTY_TYPE)?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_descriptor_that_we_write_names_the_actor() {
        let jrd = Jrd::actor(
            "weavers@alpha.test",
            "Group",
            "https://alpha.test/c/weavers",
            "https://alpha.test/c/weavers",
        );
        let again: Jrd = serde_json::from_value(serde_json::to_value(&jrd).unwrap()).unwrap();
        assert_eq!(again, jrd);
        let actors: Vec<_> = again.actors().collect();
        assert_eq!(actors, [("https://alpha.test/c/weavers", Some("Group"))]);
        assert_eq!(again.account(), Some("weavers@alpha.test"));
        assert_eq!(again.aliases.len(), 1);
    }

    #[test]
    fn a_person_and_a_group_of_one_name_are_distinguished() {
        let jrd: Jrd = serde_json::from_value(json!({
            "subject": "acct:main@lemmy.example", "properties": null,
            "links": [
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://lemmy.example/u/main"},
                {"rel": "self", "type": "application/activity+json", "href": "https://lemmy.example/u/main",
                 "properties": {"https://www.w3.org/ns/activitystreams#type": "Person"}},
                {"rel": "self", "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                 "href": "https://lemmy.example/c/main", "properties": {"https://www.w3.org/ns/activitystreams#type": "Group", "x": null}},
                {"rel": "self", "type": "text/html", "href": "https://lemmy.example/"}, 4
            ]
        }))
        .unwrap();
        let actors: Vec<_> = jrd.actors().collect();
        assert_eq!(
            actors,
            [
                ("https://lemmy.example/u/main", Some("Person")),
                ("https://lemmy.example/c/main", Some("Group")),
            ]
        );
        assert_eq!(
            serde_json::from_value::<Jrd>(json!({})).unwrap(),
            Jrd::default()
        );
    }
}
