//! Actors: Person, Group, Service, Application and Organization in one type, in which every key but the
//! id is optional. A Group has the superset of keys that Lemmy, PieFed, Mobilizon and Mastodon
//! understand (FEP-1b12), and our own keys with the prefix `hedgerow:`.

use crate::language::{LangMap, Language};
use crate::lenient;
use crate::link::{Attachment, Image, Source, Tag};
use chrono::{DateTime, Utc};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An actor in its wire format. All texts are plain unless a comment says HTML.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Actor {
    /// Empty when the document has none; such an actor is never accepted.
    #[serde(deserialize_with = "lenient::id_or_empty")]
    pub id: String,
    /// `Person`, `Group`, `Service`, `Application`, `Organization`, or an unknown type.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The handle: the part before the `@`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub preferred_username: Option<String>,
    /// The display name.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
    /// The description, as HTML.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary: Option<String>,
    /// The description by language, as HTML.
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub summary_map: LangMap,
    /// The text from which the description was rendered.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub source: Option<Source>,
    /// The actor's HTML page.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub inbox: Option<String>,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub outbox: Option<String>,
    /// Absent on NodeBB's Groups and Gancio's Application.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub followers: Option<String>,
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub following: Option<String>,
    /// The collection of pinned posts.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub featured: Option<String>,
    /// The moderators' collection of a Group (a single string, as Lemmy requires), or ids of people.
    #[serde(
        deserialize_with = "lenient::ids",
        serialize_with = "lenient::write_ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attributed_to: Vec<String>,
    /// The moderators' collection (Lemmy's key).
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub moderators: Option<String>,
    /// The members' collection (Mobilizon's key).
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub members: Option<String>,
    /// `open`, `moderated` or `invite_only` (Mobilizon's key).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub openness: Option<String>,
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub endpoints: Option<Endpoints>,
    /// The keys that verify the actor's signatures; a single one is written as an object.
    #[serde(
        rename = "publicKey",
        deserialize_with = "lenient::parts",
        serialize_with = "lenient::write_parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub public_keys: Vec<PublicKey>,
    /// More keys (FEP-521a). A key given only as an id is not fetched.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub assertion_method: Vec<Multikey>,
    /// Never set on a Group with public content: Lemmy then treats it as private.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub manually_approves_followers: Option<bool>,
    /// Only moderators may start threads (Lemmy's key).
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub posting_restricted_to_mods: Option<bool>,
    /// Whether replies can be accepted as answers (PieFed's key).
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub question_answer: Option<bool>,
    /// Whether the content is behind a warning.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub sensitive: Option<bool>,
    /// Whether directories may list the actor.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub discoverable: Option<bool>,
    /// Whether the actor's posts may be searched (FEP-5feb).
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub indexable: Option<bool>,
    /// Whether the actor's own server has suspended it.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub suspended: Option<bool>,
    /// The languages of a Group (Lemmy's key).
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub language: Vec<Language>,
    /// Hashtags, custom emoji and others.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tag: Vec<Tag>,
    /// Profile fields (PropertyValue) and others.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attachment: Vec<Attachment>,
    /// The avatar.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub icon: Option<Image>,
    /// The banner.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub image: Option<Image>,
    /// Who may reply, like, announce or quote (GoToSocial, Mastodon 4.6), as received.
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub interaction_policy: Option<Value>,
    /// The WebFinger address `name@host` (FEP-2c59).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub webfinger: Option<String>,
    /// The id of the account that replaces this one.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub moved_to: Option<String>,
    /// Ids of the same person's other accounts.
    #[serde(
        deserialize_with = "lenient::ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub also_known_as: Vec<String>,
    /// The time at which the account was created.
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub published: Option<DateTime<Utc>>,
    /// The time at which the document last changed.
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated: Option<DateTime<Utc>>,
    #[serde(flatten)]
    pub practice: Practice,
}

/// Our own keys of an actor, with the prefix `hedgerow:`. All texts are plain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Practice {
    /// `community`, `network`, `organization`, `companion`.
    #[serde(
        rename = "hedgerow:kind",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// What a Group is for.
    #[serde(rename = "hedgerow:purpose", skip_serializing_if = "LangMap::is_empty")]
    pub purpose: LangMap,
    /// What a Group's members care about.
    #[serde(
        rename = "hedgerow:domain",
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub domain: Option<Domain>,
    /// Who a Group's members are.
    #[serde(rename = "hedgerow:who", skip_serializing_if = "LangMap::is_empty")]
    pub who: LangMap,
    /// What a Group's members do together.
    #[serde(
        rename = "hedgerow:practice",
        skip_serializing_if = "LangMap::is_empty"
    )]
    pub practice: LangMap,
    /// A Group's purposes: `learn`, `align`, `act`, …
    #[serde(
        rename = "hedgerow:purposes",
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub purposes: Vec<String>,
    /// A Group's stage: `planned`, `incubating`, `active`, `dormant`, `archived`.
    #[serde(
        rename = "hedgerow:lifecycle",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub lifecycle: Option<String>,
    /// A Person's job title.
    #[serde(
        rename = "hedgerow:role",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub role: Option<String>,
    /// The organization a Person works for.
    #[serde(
        rename = "hedgerow:organization",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub organization: Option<String>,
    /// A Person's pronouns, as they wrote them.
    #[serde(
        rename = "hedgerow:pronouns",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub pronouns: Option<String>,
}

/// A community's domain: the concern its members share, and the challenges within it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Domain {
    pub concern: LangMap,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<String>,
}

impl<'de> Deserialize<'de> for Domain {
    /// Takes the object, its `concern` as a map or as one text (under the tag `und`), or a
    /// bare language map.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(d)?;
        let concern = value.get("concern").unwrap_or(&value);
        let concern = match concern.as_str() {
            Some(text) => [("und", text)].into_iter().collect(),
            None => LangMap::deserialize(concern).unwrap_or_default(),
        };
        let challenges = value.get("challenges").cloned().unwrap_or_default();
        Ok(Self {
            concern,
            challenges: lenient::texts(challenges).unwrap_or_default(),
        })
    }
}

/// Endpoints that all actors of a server share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoints {
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub shared_inbox: Option<String>,
}

/// A public key in the format of the security vocabulary; a key without its PEM is read as absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// The keyId of signatures; may end in a fragment, a path, or carry a query.
    pub id: String,
    /// The id of the key's actor.
    pub owner: String,
    /// PEM with SubjectPublicKeyInfo, or with PKCS#1 from some peers.
    pub public_key_pem: String,
}

/// A public key in the format of FEP-521a.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Multikey {
    /// The keyId of signatures.
    pub id: String,
    /// Always `Multikey`.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The id of the key's actor.
    pub controller: String,
    /// The key's multicodec prefix and bytes, in base58btc.
    pub public_key_multibase: String,
}

impl Multikey {
    /// Builds a key of type `Multikey`.
    #[must_use]
    pub fn new(id: &str, controller: &str, multibase: &str) -> Self {
        Self {
            id: id.to_owned(),
            kind: "Multikey".to_owned(),
            controller: controller.to_owned(),
            public_key_multibase: multibase.to_owned(),
        }
    }
}

impl Actor {
    /// Returns whether strict peers accept the actor as an author: Person, Service, Application or
    /// Organization.
    #[must_use]
    pub fn is_person_like(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "Person" | "Service" | "Application" | "Organization"
        )
    }

    /// Returns whether the type is `Group`.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.kind == "Group"
    }

    /// Returns the shared inbox, or the actor's own inbox without one.
    #[must_use]
    pub fn best_inbox(&self) -> Option<&str> {
        let shared = self
            .endpoints
            .as_ref()
            .and_then(|e| e.shared_inbox.as_deref());
        shared.or(self.inbox.as_deref())
    }

    /// Returns the name to display: `name`, else the handle, else the id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let given = self.name.as_deref().filter(|n| !n.trim().is_empty());
        given
            .or(self.preferred_username.as_deref())
            .unwrap_or(&self.id)
    }

    /// Returns a Group's moderators' collection from either key.
    #[must_use]
    pub fn moderators_collection(&self) -> Option<&str> {
        self.moderators
            .as_deref()
            .or(match self.attributed_to.as_slice() {
                [one] => Some(one.as_str()),
                _ => None,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Actor {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn values_of_the_wrong_shape_do_not_fail() {
        let actor = read(json!({
            "id": ["x:1"], "type": ["ex:Guild", "Group"], "name": {"en": "no"}, "nameMap": [], "inbox": {"id": "x:in"},
            "endpoints": "none", "publicKey": {"id": "x:k"}, "language": ["fr", 3, {"identifier": "en"}],
            "attachment": {"type": "PropertyValue", "name": "Site", "value": "v"}, "icon": [{"type": "Image", "url": "x:i"}],
            "published": "once", "discoverable": "true", "hedgerow:domain": 4, "new": {"thing": []}
        }));
        assert_eq!((actor.id.as_str(), actor.kind.as_str()), ("x:1", "Group"));
        assert_eq!(actor.inbox.as_deref(), Some("x:in"));
        assert_eq!(actor.public_keys, []);
        assert_eq!(actor.language.len(), 2);
        assert_eq!(actor.attachment[0].value.as_deref(), Some("v"));
        assert_eq!(actor.icon.as_ref().unwrap().url, "x:i");
        assert_eq!((actor.published, actor.discoverable), (None, Some(true)));
        assert_eq!(actor.display_name(), "x:1");
        assert_eq!(read(json!({})), Actor::default());
    }

    #[test]
    fn a_domain_is_read_in_three_formats() {
        let concern = |v: Value| {
            read(json!({"hedgerow:domain": v}))
                .practice
                .domain
                .unwrap()
                .concern
        };
        assert_eq!(
            concern(json!({"concern": {"fr": "Soin"}, "challenges": ["a"]})).get("fr"),
            Some("Soin")
        );
        assert_eq!(
            concern(json!({"concern": "Care"})).first(),
            Some(("und", "Care"))
        );
        assert_eq!(concern(json!({"en": "Care"})).get("en"), Some("Care"));
    }

    #[test]
    fn a_group_we_write_is_read_back_the_same() {
        let key = PublicKey {
            id: "x:g#main-key".into(),
            owner: "x:g".into(),
            public_key_pem: "PEM".into(),
        };
        let group = Actor {
            id: "x:g".into(),
            kind: "Group".into(),
            preferred_username: Some("weavers".into()),
            name: Some("Weavers".into()),
            name_map: [("en", "Weavers"), ("fr", "Tisserandes")]
                .into_iter()
                .collect(),
            attributed_to: vec!["x:g/moderators".into()],
            endpoints: Some(Endpoints {
                shared_inbox: Some("x:inbox".into()),
            }),
            public_keys: vec![key],
            published: "2026-11-22T04:31:57.820865Z".parse().ok(),
            practice: Practice {
                kind: Some("community".into()),
                domain: Some(Domain {
                    concern: [("en", "Cloth")].into_iter().collect(),
                    challenges: vec![],
                }),
                who: [("fr", "Qui tisse")].into_iter().collect(),
                ..Practice::default()
            },
            ..Actor::default()
        };
        let json = serde_json::to_value(&group).unwrap();
        assert_eq!(json["attributedTo"], "x:g/moderators");
        assert_eq!(json["published"], "2026-11-22T04:31:57.820865Z");
        assert_eq!(json["hedgerow:kind"], "community");
        assert!(json.get("manuallyApprovesFollowers").is_none());
        assert_eq!(read(json), group);
        assert_eq!(group.best_inbox(), Some("x:inbox"));
        assert_eq!(group.moderators_collection(), Some("x:g/moderators"));
    }
}
