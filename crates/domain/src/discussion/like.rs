//! Likes: "found this helpful", once a person.

use super::{live_post, relay_afar};
use crate::{Outcome, Tx, actor};
use model::fact::LikeSeen;
use model::{ActorId, Fact, LikeId, Origin, PostId};
use store::row;

fn seen(row: &row::Like, thread: PostId) -> LikeSeen {
    LikeSeen {
        like: row.id,
        ap_id: row.ap_id.clone(),
        actor: row.actor_id,
        post: row.post_id,
        thread,
    }
}

/// Finds a post helpful. Twice is once.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(ActiveAccount)`.
pub fn like(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let post = live_post(tx, id)?;
    actor::active(tx, by)?;
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
    if !store::discussion::insert_like(tx.db, &row)? {
        return Ok(());
    }
    tx.record(Fact::PostLiked {
        like: seen(&row, post.root_id),
        origin: origin.into(),
    });
    relay_afar(tx, origin, post.community_id, post.root_id)
}

/// Takes a like back. Nothing to take back is no fault.
///
/// # Errors
/// Faults only.
pub fn unlike(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let Some(row) = store::discussion::like_of(tx.db, by, id)? else {
        return Ok(());
    };
    store::discussion::delete_like(tx.db, row.id, id)?;
    let Some(post) = store::discussion::by_id(tx.db, id)? else {
        return Ok(());
    };
    tx.record(Fact::PostUnliked {
        like: seen(&row, post.root_id),
        origin: origin.into(),
    });
    relay_afar(tx, origin, post.community_id, post.root_id)
}
