//! Reactions: "found this helpful", once a person.

use super::relay;
use crate::{Outcome, Tx, access};
use model::access::Action;
use model::fact::LikeSeen;
use model::{ActorId, Fact, LikeId, Origin, PostId};
use store::row;

fn snapshot(row: &row::Like, thread: PostId) -> LikeSeen {
    LikeSeen {
        like: row.id,
        ap_id: row.ap_id.clone(),
        actor: row.actor_id,
        post: row.post_id,
        thread,
    }
}

/// Likes a post. Liking it again does nothing.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(ActiveAccount | Banned)`.
pub fn like(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let post = access::require(tx, by, Action::React, id, origin)?;
    let like_id: LikeId = tx.id();
    let row = row::Like {
        id: like_id,
        post_id: id,
        actor_id: by,
        ap_id: match origin {
            Origin::Local => tx.urls()?.like(like_id),
            Origin::Remote { ap_id, .. } => ap_id.clone(),
        },
    };
    if !store::post::insert_like(tx.db, &row)? {
        return Ok(());
    }
    tx.record(Fact::PostLiked {
        like: snapshot(&row, post.root_id),
        origin: origin.into(),
    });
    relay::to_followers_elsewhere(tx, origin, &post)
}

/// Removes a like. Idempotent.
///
/// # Errors
/// Faults only.
pub fn unlike(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let Some(row) = store::raw::post::like_of(tx.db, by, id)? else {
        return Ok(());
    };
    store::post::delete_like(tx.db, row.id, id)?;
    let Some(post) = store::raw::post::by_id(tx.db, id)? else {
        return Ok(());
    };
    tx.record(Fact::PostUnliked {
        like: snapshot(&row, post.root_id),
        origin: origin.into(),
    });
    relay::to_followers_elsewhere(tx, origin, &post)
}
