//! The `@context` of every document that we emit: the two standard URLs, and every extension inline,
//! because a consumer with a strict or offline loader fails on any other remote context.

use serde::Serialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub use activitypub_federation::protocol::context::WithContext;

/// The URL of the ActivityStreams context.
pub const ACTIVITYSTREAMS: &str = "https://www.w3.org/ns/activitystreams";
/// The URL of the context of `publicKey`.
pub const SECURITY: &str = "https://w3id.org/security/v1";
/// The namespace of the prefix `hedgerow:`.
pub const HEDGEROW: &str = "urn:hedgerow:ns#";

static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    let id = |term: &str| json!({"@id": term, "@type": "@id"});
    let by_language = |term: &str| json!({"@id": term, "@container": "@language"});
    json!([ACTIVITYSTREAMS, SECURITY, {
        "toot": "http://joinmastodon.org/ns#",
        "featured": id("toot:featured"),
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "suspended": "toot:suspended",
        "votersCount": "toot:votersCount",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "movedTo": id("as:movedTo"),
        "alsoKnownAs": id("as:alsoKnownAs"),
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "language": "schema:inLanguage",
        "identifier": "schema:identifier",
        "lemmy": "https://join-lemmy.org/ns#",
        "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
        "moderators": id("lemmy:moderators"),
        "CommunityPostTag": "lemmy:CommunityPostTag",
        "pf": "https://join.piefed.social/ns#",
        "questionAnswer": "pf:questionAnswer",
        "answer": "pf:answer",
        "ChooseAnswer": "pf:ChooseAnswer",
        "pt": "https://joinpeertube.org/ns#",
        "commentsEnabled": "pt:commentsEnabled",
        "mz": "https://joinmobilizon.org/ns#",
        "openness": "mz:openness",
        "members": id("mz:members"),
        "resources": id("mz:resources"),
        "events": id("mz:events"),
        "timezone": "mz:timezone",
        "gts": "https://gotosocial.org/ns#",
        "interactionPolicy": "gts:interactionPolicy",
        "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "sec": "https://w3id.org/security#",
        "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id", "@container": "@set"},
        "Multikey": "sec:Multikey",
        "controller": id("sec:controller"),
        "publicKeyMultibase": "sec:publicKeyMultibase",
        "hedgerow": HEDGEROW,
        "hedgerow:purpose": by_language("hedgerow:purpose"),
        "hedgerow:who": by_language("hedgerow:who"),
        "hedgerow:practice": by_language("hedgerow:practice"),
        "concern": by_language("hedgerow:concern"),
        "challenges": "hedgerow:challenges",
    }])
});

/// Returns the context, for documents that are built as JSON values.
#[must_use]
pub fn context() -> &'static Value {
    &CONTEXT
}

/// Adds the context to a document; embedded objects have none.
#[must_use]
pub fn with_context<T: Serialize>(inner: T) -> WithContext<T> {
    WithContext::new(inner, CONTEXT.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Object;

    #[test]
    fn only_the_two_standard_contexts_are_remote() {
        let list = context().as_array().unwrap();
        let remote: Vec<_> = list.iter().filter_map(Value::as_str).collect();
        assert_eq!(remote, [ACTIVITYSTREAMS, SECURITY]);
        assert_eq!(list.iter().filter(|part| part.is_object()).count(), 1);
    }

    #[test]
    fn every_prefix_used_is_defined() {
        let terms = context()[2].as_object().unwrap();
        for definition in terms.values() {
            let term = definition
                .as_str()
                .or_else(|| definition["@id"].as_str())
                .unwrap();
            let prefix = term.split(':').next().unwrap();
            let known =
                ["as", "http", "https", "urn"].contains(&prefix) || terms.contains_key(prefix);
            assert!(known, "{term}");
        }
    }

    #[test]
    fn the_context_comes_first_and_the_document_is_unchanged() {
        let text =
            serde_json::to_string(&with_context(Object::tombstone("x:1", None, None))).unwrap();
        assert!(text.starts_with(r#"{"@context":["https://www.w3.org/ns/activitystreams","#));
        assert!(
            text.ends_with(r#","id":"x:1","type":"Tombstone"}"#),
            "{text}"
        );
    }
}
