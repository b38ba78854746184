//! Actors: Person, Group, Service, Application and Organization, in one shape with every key
//! optional but the id. A Group carries the superset that Lemmy, PieFed, Mobilizon and
//! Mastodon understand (FEP-1b12), and our own keys under `hedgerow:`.

use crate::language::{LangMap, Language};
use crate::lenient;
use crate::link::{Attachment, Image, Source, Tag};
use chrono::{DateTime, Utc};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An actor as it stands on the wire.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Actor {
    /// Its id; empty where the document gave none, which then is nobody's.
    #[serde(deserialize_with = "lenient::id_or_empty")]
    pub id: String,
    /// `Person`, `Group`, `Service`, `Application`, `Organization`, or a word we do not know.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The name before the `@`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub preferred_username: Option<String>,
    /// The name shown, plain text.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The name by language.
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
    /// The description, HTML.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub summary: Option<String>,
    /// The description by language, HTML.
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub summary_map: LangMap,
    /// What the description was written in.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub source: Option<Source>,
    /// The page about it, for people.
    #[serde(
        deserialize_with = "lenient::url",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// Where activities for it alone are posted.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub inbox: Option<String>,
    /// What it has said.
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
    /// Whom it follows.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub following: Option<String>,
    /// Pinned posts.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub featured: Option<String>,
    /// Of a Group the moderators' collection (a single string, as Lemmy demands), or people.
    #[serde(
        deserialize_with = "lenient::ids",
        serialize_with = "lenient::write_ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attributed_to: Vec<String>,
    /// The moderators' collection.
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
    /// Holds the shared inbox.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub endpoints: Option<Endpoints>,
    /// The key its signatures are checked with.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub public_key: Option<PublicKey>,
    /// Further keys (FEP-521a). What is only an address is not fetched.
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
    /// Content to be hidden at first.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub sensitive: Option<bool>,
    /// May be listed in directories.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub discoverable: Option<bool>,
    /// Its posts may be searched (FEP-5feb).
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub indexable: Option<bool>,
    /// Stopped by its own server.
    #[serde(
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub suspended: Option<bool>,
    /// Languages used there.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub language: Vec<Language>,
    /// Hashtags, emoji and others.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tag: Vec<Tag>,
    /// Labelled lines of a profile (PropertyValue) and others.
    #[serde(
        deserialize_with = "lenient::parts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attachment: Vec<Attachment>,
    /// The small picture.
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
    /// What others may do with it (GoToSocial, Mastodon 4.6), kept as it came.
    #[serde(
        deserialize_with = "lenient::raw",
        skip_serializing_if = "Option::is_none"
    )]
    pub interaction_policy: Option<Value>,
    /// `name@host` where the two differ from what the id suggests (FEP-2c59).
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub webfinger: Option<String>,
    /// Where it has moved to.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub moved_to: Option<String>,
    /// Its other ids.
    #[serde(
        deserialize_with = "lenient::ids",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub also_known_as: Vec<String>,
    /// When it came to be.
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub published: Option<DateTime<Utc>>,
    /// When its document last changed.
    #[serde(
        deserialize_with = "lenient::time",
        serialize_with = "lenient::write_time",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated: Option<DateTime<Utc>>,
    /// What is ours alone.
    #[serde(flatten)]
    pub practice: Practice,
}

/// Our own keys on an actor, under the prefix `hedgerow:`.
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
    /// A Group's: what it is for, plain text by language.
    #[serde(rename = "hedgerow:purpose", skip_serializing_if = "LangMap::is_empty")]
    pub purpose: LangMap,
    /// A Group's: what its members care about.
    #[serde(
        rename = "hedgerow:domain",
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub domain: Option<Domain>,
    /// A Group's: who they are, plain text by language.
    #[serde(rename = "hedgerow:who", skip_serializing_if = "LangMap::is_empty")]
    pub who: LangMap,
    /// A Group's: what they do together, plain text by language.
    #[serde(
        rename = "hedgerow:practice",
        skip_serializing_if = "LangMap::is_empty"
    )]
    pub practice: LangMap,
    /// A Group's: `learn`, `align`, `act`, …
    #[serde(
        rename = "hedgerow:purposes",
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub purposes: Vec<String>,
    /// A Person's: what they do.
    #[serde(
        rename = "hedgerow:role",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub role: Option<String>,
    /// A Person's: where they do it.
    #[serde(
        rename = "hedgerow:organization",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub organization: Option<String>,
    /// A Person's: how to speak of them.
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
    /// Plain text by language.
    pub concern: LangMap,
    /// Plain text.
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

/// Where an actor's server is reached as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoints {
    /// One inbox for all actors of a server.
    #[serde(
        deserialize_with = "lenient::id",
        skip_serializing_if = "Option::is_none"
    )]
    pub shared_inbox: Option<String>,
}

/// A public key in the way of the security vocabulary; a key without its PEM is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// The keyId of signatures; may end in a fragment, a path, or carry a query.
    pub id: String,
    /// The actor it belongs to.
    pub owner: String,
    /// PEM, SubjectPublicKeyInfo (or PKCS#1 from some peers).
    pub public_key_pem: String,
}

/// A public key in the way of FEP-521a.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Multikey {
    /// The keyId of signatures.
    pub id: String,
    /// `Multikey`.
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// The actor it belongs to.
    pub controller: String,
    /// The key in base58btc, its kind before it.
    pub public_key_multibase: String,
}

impl Multikey {
    /// A key of an actor.
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
    /// Whether it may author posts at strict peers: Person, Service, Application or
    /// Organization.
    #[must_use]
    pub fn is_person_like(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "Person" | "Service" | "Application" | "Organization"
        )
    }

    /// Whether it is a Group.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.kind == "Group"
    }

    /// The shared inbox where there is one, else its own.
    #[must_use]
    pub fn best_inbox(&self) -> Option<&str> {
        let shared = self
            .endpoints
            .as_ref()
            .and_then(|e| e.shared_inbox.as_deref());
        shared.or(self.inbox.as_deref())
    }

    /// The name to show: `name`, else the handle's, else the id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let given = self.name.as_deref().filter(|n| !n.trim().is_empty());
        given
            .or(self.preferred_username.as_deref())
            .unwrap_or(&self.id)
    }

    /// A Group's moderators' collection, under either key.
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
    fn nothing_in_an_odd_actor_fails() {
        let actor = read(json!({
            "id": ["x:1"], "type": ["ex:Guild", "Group"], "name": {"en": "no"}, "nameMap": [], "inbox": {"id": "x:in"},
            "endpoints": "none", "publicKey": {"id": "x:k"}, "language": ["fr", 3, {"identifier": "en"}],
            "attachment": {"type": "PropertyValue", "name": "Site", "value": "v"}, "icon": [{"type": "Image", "url": "x:i"}],
            "published": "once", "discoverable": "true", "hedgerow:domain": 4, "new": {"thing": []}
        }));
        assert_eq!((actor.id.as_str(), actor.kind.as_str()), ("x:1", "Group"));
        assert_eq!(actor.inbox.as_deref(), Some("x:in"));
        assert_eq!(actor.public_key, None);
        assert_eq!(actor.language.len(), 2);
        assert_eq!(actor.attachment[0].value.as_deref(), Some("v"));
        assert_eq!(actor.icon.as_ref().unwrap().url, "x:i");
        assert_eq!((actor.published, actor.discoverable), (None, Some(true)));
        assert_eq!(actor.display_name(), "x:1");
        assert_eq!(read(json!({})), Actor::default());
    }

    #[test]
    fn a_domain_is_read_in_three_shapes() {
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
            public_key: Some(key),
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
