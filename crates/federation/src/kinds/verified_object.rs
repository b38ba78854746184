//! A post that is verified to be its own origin's: fetched from there, or signed by it, which the caller has
//! checked. Here it is checked that its author is of the same origin.

use super::post_type::PostType;
use super::question::is_vote;
use super::registry::post_type;
use crate::failure::FetchFailure;
use crate::identity::ID_MAX;
use client::same_origin_text;
use model::Audience;
use serde_json::Value;
use vocab::Object;

/// A post as its own origin has it.
#[derive(Clone)]
pub(crate) struct VerifiedObject {
    /// Its ActivityPub id.
    pub id: String,
    /// The id of its author, of the same origin.
    pub author: String,
    pub post_type: &'static dyn PostType,
    pub object: Object,
    /// Its language in schema.org's property (Mobilizon).
    pub in_language: Option<String>,
    /// The language of the texts of its document (`@language` in `@context`).
    pub context_language: Option<String>,
    /// The id of the post that it quotes (FEP-044f, Misskey, Fedibird).
    pub quoted: Option<String>,
}

/// The keys that name a quoted post.
const QUOTES: &[&str] = &["quote", "quoteUrl", "quoteUri", "_misskey_quote"];

impl VerifiedObject {
    /// Parses a document that is verified to be its origin's.
    ///
    /// # Errors
    /// `Gone` for a Tombstone; `Unfit` for what is no post, has no id or no author, or an author
    /// of another origin.
    pub(crate) fn read(value: &Value) -> Result<Self, FetchFailure> {
        let object: Object = serde_json::from_value(value.clone())
            .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not an object"))?;
        if object.is_tombstone() {
            return Err(FetchFailure::Gone);
        }
        let post_type = post_type(&object.kind);
        let post_type = post_type.ok_or(FetchFailure::Unwanted("no kind of post we know"))?;
        if is_vote(&object) {
            return Err(FetchFailure::Unwanted("a vote"));
        }
        let id = object.id.clone().filter(|id| id.len() <= ID_MAX);
        let id = id.ok_or(FetchFailure::Unfit("a post without an id"))?;
        // The caller has verified the id as `vocab::id_of` reads it: another id would be another
        // origin's.
        if vocab::id_of(value) != Some(id.as_str()) {
            return Err(FetchFailure::Unfit("a post with two ids"));
        }
        let author = by(value)
            .or(object.attributed_to.as_deref())
            .ok_or(FetchFailure::Unfit("a post without an author"))?
            .to_owned();
        if !same_origin_text(&id, &author) {
            return Err(FetchFailure::Unfit(
                "the author is of another origin than the post",
            ));
        }
        Ok(Self {
            id,
            author,
            post_type,
            in_language: value
                .get("inLanguage")
                .and_then(Value::as_str)
                .map(str::to_owned),
            context_language: value.get("@context").and_then(context_language),
            quoted: QUOTES
                .iter()
                .find_map(|key| vocab::id_of(value.get(*key)?))
                .map(str::to_owned),
            object,
        })
    }

    /// Returns the group that it is attributed to beside its author (Mobilizon).
    pub(crate) fn attributed_group(&self) -> Option<&str> {
        let named = self.object.attributed_to.as_deref();
        named.filter(|named| *named != self.author)
    }

    /// Returns its audience.
    ///
    /// # Errors
    /// `Unwanted`: followers-only and direct posts are not stored.
    pub(crate) fn audience(&self) -> Result<Audience, FetchFailure> {
        match self.object.readers(None) {
            vocab::Audience::Public => Ok(Audience::Public),
            vocab::Audience::Unlisted => Ok(Audience::Unlisted),
            vocab::Audience::Followers | vocab::Audience::Direct => {
                Err(FetchFailure::Unwanted("not public"))
            }
        }
    }
}

/// Returns the language of the texts of a document, from its `@context`: a URL, an object or a list of both.
pub(crate) fn context_language(context: &Value) -> Option<String> {
    let of = |part: &Value| {
        part.get("@language")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    match context {
        Value::Array(parts) => parts.iter().rev().find_map(of),
        part => of(part),
    }
}

/// Returns `actor`, the author where `attributedTo` names a group (Mobilizon).
fn by(value: &Value) -> Option<&str> {
    vocab::id_of(value.get("actor")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_own_origin_may_say_what_an_author_wrote() {
        let note = |id: &str, by: &str| {
            VerifiedObject::read(&json!({"type": "Note", "id": id, "attributedTo": by}))
        };
        assert!(note("https://a.test/1", "https://a.test/u").is_ok());
        for (id, by) in [
            ("https://a.test/1", "https://b.test/u"),
            ("https://a.test/1", "http://a.test/u"),
            ("https://a.test:444/1", "https://a.test/u"),
            ("", "https://a.test/u"),
            ("https://a.test/1", ""),
        ] {
            assert!(
                matches!(note(id, by), Err(FetchFailure::Unfit(_))),
                "{id} {by}"
            );
        }
    }

    #[test]
    fn an_id_reads_the_same_from_outside_and_within() {
        let victim = "https://victim.test/1";
        for odd in [
            json!({"id": {"id": victim}, "@id": "https://a.test/1"}),
            json!({"id": [victim], "href": "https://a.test/1"}),
            json!({"id": {"id": victim}}),
        ] {
            let mut note = odd;
            note["type"] = json!("Note");
            note["attributedTo"] = json!("https://victim.test/u");
            assert!(matches!(
                VerifiedObject::read(&note),
                Err(FetchFailure::Unfit("a post with two ids"))
            ));
        }
    }

    #[test]
    fn mobilizon_names_the_group_and_the_author() {
        let event = json!({"type": "Event", "id": "https://a.test/1", "actor": "https://a.test/@zoe", "attributedTo": "https://a.test/@market"});
        let event = VerifiedObject::read(&event).unwrap();
        assert_eq!(event.author, "https://a.test/@zoe");
        assert_eq!(event.attributed_group(), Some("https://a.test/@market"));
        let forged = json!({"type": "Event", "id": "https://a.test/1", "actor": "https://b.test/u", "attributedTo": "https://a.test/@market"});
        assert!(matches!(
            VerifiedObject::read(&forged),
            Err(FetchFailure::Unfit(_))
        ));
    }

    #[test]
    fn what_is_no_post_stays_out() {
        let of = |kind: &str| {
            VerifiedObject::read(
                &json!({"type": kind, "id": "https://a.test/1", "attributedTo": "https://a.test/u"}),
            )
        };
        assert!(matches!(of("Tombstone"), Err(FetchFailure::Gone)));
        assert!(matches!(of("Person"), Err(FetchFailure::Unwanted(_))));
        assert!(matches!(
            of("EncryptedMessage"),
            Err(FetchFailure::Unwanted(_))
        ));
    }

    #[test]
    fn a_vote_is_no_reply() {
        let of = |more: Value| {
            let mut note = json!({"type": "Note", "id": "https://a.test/1", "attributedTo": "https://a.test/u", "inReplyTo": "https://b.test/1"});
            for (key, value) in more.as_object().unwrap() {
                note[key] = value.clone();
            }
            VerifiedObject::read(&note)
        };
        for vote in [
            json!({"name": "Red"}),
            json!({"name": "Red", "content": null}),
            json!({"name": "Red", "content": " "}),
            json!({"nameMap": {"en": "Red"}}),
        ] {
            assert!(matches!(of(vote), Err(FetchFailure::Unwanted("a vote"))));
        }
        for reply in [
            json!({"name": "Re: Warping", "content": "x"}),
            json!({"name": "Re: Warping", "contentMap": {"en": "x"}}),
            json!({"content": ""}),
        ] {
            assert!(of(reply).is_ok());
        }
    }

    #[test]
    fn private_words_are_not_kept() {
        for (name, open) in [
            ("create-note", true),
            ("create-unlisted-note", true),
            ("create-followers-note", false),
            ("create-direct-note", false),
        ] {
            let path = format!(
                "{}/../../tests/fixtures/mastodon/{name}.json",
                env!("CARGO_MANIFEST_DIR")
            );
            let activity: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let note = VerifiedObject::read(&activity["object"]).unwrap();
            assert_eq!(note.audience().is_ok(), open, "{name}");
        }
    }
}
