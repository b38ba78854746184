//! A received activity with its actor, signer and provenance. Decides which embedded objects are verified
//! by the signature, and which must be fetched.

use super::outcome::ReceiveError;
use crate::context::Federation;
use crate::fetch::{self, Budget};
use crate::identity::ID_MAX;
use crate::import::provenance::Provenance;
use crate::kinds::{VerifiedObject, context_language};
use crate::text::digest;
use client::same_origin_text;
use model::Via;
use serde_json::Value;
use vocab::Activity;

/// An activity with what was verified about its sender.
pub(crate) struct ReceivedActivity<'a> {
    pub activity: &'a Activity,
    /// The id of its actor.
    pub actor: &'a str,
    /// The id of whoever signed it: its actor, or the community that announced it.
    pub signer: &'a str,
    pub provenance: Provenance,
}

impl<'a> ReceivedActivity<'a> {
    /// Creates one that its own actor signed.
    pub(crate) fn delivered(activity: &'a Activity, actor: &'a str, raw: String) -> Self {
        Self {
            activity,
            actor,
            signer: actor,
            provenance: Provenance::delivered(Some(raw)),
        }
    }

    /// Whether its actor's server sent it.
    pub(crate) fn is_delivered(&self) -> bool {
        self.provenance.via == Via::Delivered
    }

    /// Returns the id of its object.
    pub(crate) fn object_id(&self) -> Result<&'a str, ReceiveError> {
        object_id(self.activity)
    }

    /// Returns the activity's id where it is of its actor's origin, else one derived from the actor, the
    /// type and the object.
    pub(crate) fn ap_id(&self) -> String {
        self.activity
            .id
            .as_deref()
            .filter(|id| id.len() <= ID_MAX && same_origin_text(id, self.actor))
            .map_or_else(
                || derived_id(self.actor, &self.activity.kind, self.activity.object_id()),
                str::to_owned,
            )
    }

    /// Returns the post that is its object: the embedded one where its origin signed the activity,
    /// else fetched from that origin.
    pub(crate) async fn verified_object(
        &self,
        fed: &Federation,
        budget: &mut Budget,
    ) -> Result<VerifiedObject, ReceiveError> {
        let id = self.object_id()?;
        let embedded = self
            .activity
            .embedded_value()
            .filter(|_| same_origin_text(id, self.signer));
        let mut post = match embedded.map(VerifiedObject::read) {
            Some(Ok(post)) => post,
            Some(Err(failure)) if embedded.is_some_and(|e| e.get("attributedTo").is_some()) => {
                return Err(failure.into());
            }
            Some(Err(_)) | None => fetch::verified_object(fed, id, budget).await?,
        };
        if (self.is_delivered() || embedded.is_some()) && post.author != self.actor {
            return Err(ReceiveError::rejected("the author is somebody else"));
        }
        if embedded.is_some() && post.context_language.is_none() {
            post.context_language = self.context_language();
        }
        if post.object.to.is_empty() && post.object.cc.is_empty() && embedded.is_some() {
            post.object.to.clone_from(&self.activity.to);
            post.object.cc.clone_from(&self.activity.cc);
        }
        Ok(post)
    }
}

impl ReceivedActivity<'_> {
    /// Returns the language of the texts of the document that was received (`@language` in `@context`).
    fn context_language(&self) -> Option<String> {
        let raw = self.provenance.raw.as_deref();
        let raw = raw.filter(|raw| raw.contains("\"@language\""))?;
        let whole: Value = serde_json::from_str(raw).ok()?;
        context_language(whole.get("@context")?)
    }
}

/// Returns the id of an activity's object, of a received one or of one within it.
pub(crate) fn object_id(activity: &Activity) -> Result<&str, ReceiveError> {
    let id = activity
        .object_id()
        .ok_or(ReceiveError::rejected("no object"))?;
    if id.len() > ID_MAX {
        return Err(ReceiveError::rejected("the object's id is too long"));
    }
    Ok(id)
}

/// Derives an id: equal for equal activities, and different for others. One that is too long for an index
/// is replaced by its digest.
fn derived_id(actor: &str, kind: &str, object: Option<&str>) -> String {
    let action = format!("{kind}/{}", object.unwrap_or_default());
    let id = format!("{actor}#{action}");
    if id.len() <= ID_MAX {
        return id;
    }
    let digest = digest(id.as_bytes());
    // An actor's own id may be as long as an id can be.
    let room = ID_MAX.saturating_sub(digest.len() + 1);
    let actor = actor
        .get(..actor.floor_char_boundary(room))
        .unwrap_or_default();
    format!("{actor}#{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_on_another_origin_is_replaced() {
        let of = |id: serde_json::Value| {
            let like = json!({"id": id, "type": "Like", "actor": "https://a.test/u", "object": "https://b.test/1"});
            let activity: Activity = serde_json::from_value(like).unwrap();
            ReceivedActivity::delivered(&activity, "https://a.test/u", String::new()).ap_id()
        };
        assert_eq!(of(json!("https://a.test/like/1")), "https://a.test/like/1");
        let made = "https://a.test/u#Like/https://b.test/1";
        assert_eq!(of(json!("https://b.test/like/1")), made);
        assert_eq!(of(json!(null)), made);
    }

    #[test]
    fn long_ids_that_begin_alike_are_not_the_same() {
        let long = |tail: &str| format!("https://b.test/{}{tail}", "é".repeat(1_000));
        for actor in [
            "https://a.test/u".to_owned(),
            format!("https://a.test/{}", "ü".repeat(992)),
        ] {
            let of = |kind: &str, tail: &str| derived_id(&actor, kind, Some(&long(tail)));
            assert_ne!(of("Like", "1"), of("Like", "2"));
            assert_ne!(of("Like", "1"), of("Dislike", "1"));
            assert_eq!(of("Like", "1"), of("Like", "1"));
            assert!(of("Like", "1").len() <= ID_MAX);
            assert!(of("Like", "1").starts_with("https://a.test/"));
        }
    }
}
