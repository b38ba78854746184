//! An activity and how it came: who said it, whose signature vouches for its bytes, and by which
//! way. Decides which words may be taken as they stand, and which must be fetched.

use super::outcome::ReceiveError;
use crate::context::Federation;
use crate::fetch::{self, Budget};
use crate::identity::ID_MAX;
use crate::import::provenance::Provenance;
use crate::kinds::VerifiedObject;
use crate::text::digest;
use client::same_origin_text;
use model::Via;
use vocab::Activity;

/// An activity and how it came.
pub(crate) struct ReceivedActivity<'a> {
    /// What was said.
    pub activity: &'a Activity,
    /// By whom.
    pub actor: &'a str,
    /// Whose signature covers the bytes: the actor's, or the announcing community's.
    pub voucher: &'a str,
    /// By which way.
    pub how: Provenance,
}

impl<'a> ReceivedActivity<'a> {
    /// Signed by its own actor.
    pub(crate) fn delivered(activity: &'a Activity, actor: &'a str, raw: String) -> Self {
        Self {
            activity,
            actor,
            voucher: actor,
            how: Provenance::delivered(Some(raw)),
        }
    }

    /// It came from its actor's own server.
    pub(crate) fn is_delivered(&self) -> bool {
        self.how.via == Via::Delivered
    }

    /// The object's id.
    pub(crate) fn object_id(&self) -> Result<&'a str, ReceiveError> {
        let id = self
            .activity
            .object_id()
            .ok_or(ReceiveError::rejected("no object"))?;
        if id.len() > ID_MAX {
            return Err(ReceiveError::rejected("the object's id is too long"));
        }
        Ok(id)
    }

    /// The activity's own id where its actor may have given it, else one made of what was done:
    /// an id on another origin is not the actor's to give.
    pub(crate) fn ap_id(&self) -> String {
        self.activity
            .id
            .as_deref()
            .filter(|id| id.len() <= ID_MAX && same_origin_text(id, self.actor))
            .map_or_else(
                || made_up(self.actor, &self.activity.kind, self.activity.object_id()),
                str::to_owned,
            )
    }

    /// The post it speaks of, from the one origin that may say what is in it: as embedded where
    /// that origin vouches, else fetched.
    pub(crate) async fn verified_object(
        &self,
        fed: &Federation,
        budget: &mut Budget,
    ) -> Result<VerifiedObject, ReceiveError> {
        let id = self.object_id()?;
        let embedded = self
            .activity
            .embedded_value()
            .filter(|_| same_origin_text(id, self.voucher));
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
        if post.object.to.is_empty() && post.object.cc.is_empty() && embedded.is_some() {
            post.object.to.clone_from(&self.activity.to);
            post.object.cc.clone_from(&self.activity.cc);
        }
        Ok(post)
    }
}

/// An id made of what was done: the same again for the same, and never that of something else. One
/// that is too long for an index goes by its digest.
fn made_up(actor: &str, kind: &str, object: Option<&str>) -> String {
    let done = format!("{kind}/{}", object.unwrap_or_default());
    let id = format!("{actor}#{done}");
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
            let of = |kind: &str, tail: &str| made_up(&actor, kind, Some(&long(tail)));
            assert_ne!(of("Like", "1"), of("Like", "2"));
            assert_ne!(of("Like", "1"), of("Dislike", "1"));
            assert_eq!(of("Like", "1"), of("Like", "1"));
            assert!(of("Like", "1").len() <= ID_MAX);
            assert!(of("Like", "1").starts_with("https://a.test/"));
        }
    }
}
