//! NodeInfo: a server's software and usage. Versions 1.0 to 2.1 are read, 2.1 is written (FEP-f1d5,
//! FEP-0151).

use crate::lenient::{self, into_list};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The relation of a 2.1 document, which is also the URL of its schema.
pub const REL_2_1: &str = "http://nodeinfo.diaspora.software/ns/schema/2.1";
/// The relation of a 2.0 document.
pub const REL_2_0: &str = "http://nodeinfo.diaspora.software/ns/schema/2.0";
/// The relation of the instance actor (FEP-2677).
pub const REL_APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";
/// The media type of a 2.1 document.
pub const CONTENT_TYPE: &str =
    "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"";

/// The document at `/.well-known/nodeinfo`, which links to one document for each version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Links {
    #[serde(deserialize_with = "lenient::parts")]
    pub links: Vec<Link>,
}

/// A link to the document of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The URL of the version's schema.
    pub rel: String,
    pub href: String,
}

impl Links {
    /// Links to our 2.1 document and to the instance actor.
    #[must_use]
    pub fn new(document: &str, instance_actor: &str) -> Self {
        let link = |rel: &str, href: &str| Link {
            rel: rel.to_owned(),
            href: href.to_owned(),
        };
        Self {
            links: vec![
                link(REL_2_1, document),
                link(REL_APPLICATION, instance_actor),
            ],
        }
    }

    /// Returns the URL of the newest version that is supported.
    #[must_use]
    pub fn best(&self) -> Option<&str> {
        let of = |rel: &str| self.links.iter().find(|link| link.rel == rel);
        let any = || self.links.iter().find(|link| link.rel.contains("nodeinfo"));
        let link = of(REL_2_1).or_else(|| of(REL_2_0)).or_else(any)?;
        Some(&link.href)
    }
}

/// A document of NodeInfo 1.0 to 2.1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeInfo {
    #[serde(deserialize_with = "lenient::text")]
    pub version: Option<String>,
    #[serde(deserialize_with = "lenient::part")]
    pub software: Option<Software>,
    /// For example `activitypub`; the two lists of version 1.0 are read as one.
    #[serde(deserialize_with = "protocols")]
    pub protocols: Vec<String>,
    /// Third-party services; written even when empty.
    #[serde(deserialize_with = "lenient::part")]
    pub services: Option<Services>,
    /// Whether anybody may register.
    #[serde(deserialize_with = "lenient::flag")]
    pub open_registrations: Option<bool>,
    #[serde(deserialize_with = "lenient::part")]
    pub usage: Option<Usage>,
    /// Free-form; for example `nodeName` and `nodeDescription`.
    pub metadata: Value,
}

/// The software that a server runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Software {
    /// In lower case, for example `hedgerow`.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub version: Option<String>,
    /// The URL of the source code.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub repository: Option<String>,
    /// The URL of the project's website.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub homepage: Option<String>,
}

/// Third-party services that a server reads from (`inbound`) and writes to (`outbound`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Services {
    #[serde(deserialize_with = "lenient::texts")]
    pub inbound: Vec<String>,
    #[serde(deserialize_with = "lenient::texts")]
    pub outbound: Vec<String>,
}

/// The usage of a server. Absent counts are not published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Usage {
    pub users: Users,
    /// The number of threads.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub local_posts: Option<u64>,
    /// The number of replies.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub local_comments: Option<u64>,
}

/// The numbers of accounts; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Users {
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub total: Option<u64>,
    /// Accounts that signed in within 180 days.
    #[serde(
        rename = "activeHalfyear",
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub active_half_year: Option<u64>,
    /// Accounts that signed in within 30 days.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub active_month: Option<u64>,
}

impl NodeInfo {
    /// Builds our 2.1 document. `name` and `description` are the organization's, in plain text.
    #[must_use]
    pub fn new(
        software: Software,
        open: bool,
        usage: Usage,
        name: &str,
        description: &str,
    ) -> Self {
        Self {
            version: Some("2.1".to_owned()),
            software: Some(software),
            protocols: vec!["activitypub".to_owned()],
            services: Some(Services::default()),
            open_registrations: Some(open),
            usage: Some(usage),
            metadata: json!({
                "nodeName": name,
                "nodeDescription": description,
                "federation": {"enabled": true},
            }),
        }
    }

    /// Returns the software's name in lower case, and its version.
    #[must_use]
    pub fn runs(&self) -> Option<(String, Option<&str>)> {
        let software = self.software.as_ref()?;
        Some((
            software.name.as_ref()?.to_lowercase(),
            software.version.as_deref(),
        ))
    }

    /// Returns the server's name for itself.
    #[must_use]
    pub fn node_name(&self) -> Option<&str> {
        self.metadata.get("nodeName").and_then(Value::as_str)
    }
}

/// Reads a list, or the `{inbound, outbound}` of version 1.0.
fn protocols<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    let value = Value::deserialize(d)?;
    let both = |map: &Map<String, Value>| map.values().cloned().flat_map(into_list).collect();
    let list = value
        .as_object()
        .map_or_else(|| into_list(value.clone()), both);
    let mut names: Vec<String> = Vec::new();
    for name in list.iter().filter_map(Value::as_str) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_chosen() {
        let links: Links = serde_json::from_value(json!({"links": [
            {"rel": "http://nodeinfo.diaspora.software/ns/schema/1.0", "href": "x:1"},
            {"rel": REL_2_0, "href": "x:2"}, {"rel": 3}
        ]}))
        .unwrap();
        assert_eq!(links.best(), Some("x:2"));
        assert_eq!(Links::new("x:ni", "x:actor").best(), Some("x:ni"));
        assert_eq!(Links::default().best(), None);
    }

    #[test]
    fn old_and_odd_documents_are_read() {
        let old: NodeInfo = serde_json::from_value(json!({
            "version": "1.0", "software": {"name": "Friendica", "version": 2026}, "metadata": [],
            "protocols": {"inbound": ["activitypub", "smtp"], "outbound": ["activitypub"]}, "usage": {"users": {}}
        }))
        .unwrap();
        assert_eq!(old.protocols, ["activitypub", "smtp"]);
        assert_eq!(old.runs(), Some(("friendica".into(), None)));
        assert_eq!(old.usage.unwrap().users.total, None);
        assert!(
            serde_json::from_value::<NodeInfo>(json!({}))
                .unwrap()
                .runs()
                .is_none()
        );
    }

    #[test]
    fn what_we_write_has_every_required_key() {
        let software = Software {
            name: Some("hedgerow".into()),
            version: Some("0.1.0".into()),
            ..Software::default()
        };
        let usage = Usage {
            users: Users {
                total: Some(12),
                ..Users::default()
            },
            ..Usage::default()
        };
        let ours = NodeInfo::new(software, true, usage, "Alliance", "Centres");
        let json = serde_json::to_value(&ours).unwrap();
        for key in [
            "version",
            "software",
            "protocols",
            "services",
            "openRegistrations",
            "usage",
            "metadata",
        ] {
            assert!(json.get(key).is_some_and(|v| !v.is_null()), "{key}");
        }
        assert_eq!(serde_json::from_value::<NodeInfo>(json).unwrap(), ours);
        assert_eq!(ours.node_name(), Some("Alliance"));
    }
}
