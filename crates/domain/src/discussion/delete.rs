//! Deleting a post: its text goes, a tombstone stays, replies keep their place.

use super::{can_moderate, relay};
use crate::account::Principal;
use crate::{Error, Outcome, Tx, account};
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Fact, Origin, PostId};
use store::row;

/// Deletes a post: its author may, a moderator of its community may, a peer's community itself may,
/// an admin of this instance may. Deleting it again does nothing.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator)`.
pub fn delete(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let post = store::discussion::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if post.deleted_at.is_some() {
        return Ok(());
    }
    let authority = deletion_authority(tx, by, &post, origin)?;
    store::discussion::bury(tx.db, id, authority, tx.now)?;
    if post.parent_id.is_none()
        && let Some(community) = post.community_id
    {
        store::actor::add_posts(tx.db, community, -1)?;
    }
    store::actor::add_posts(tx.db, post.author_id, -1)?;
    tx.record(Fact::PostDeleted {
        post: id,
        thread: post.root_id,
        by,
        origin: origin.into(),
    });
    relay(tx, origin, post.community_id, post.root_id, None)
}

/// In which of the permitted roles somebody deletes a post.
fn deletion_authority(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
    origin: &Origin,
) -> Outcome<DeletedBy> {
    if post.author_id == by {
        return Ok(DeletedBy::Author);
    }
    if can_moderate(tx.db, by, post, origin)? {
        return Ok(DeletedBy::Moderator);
    }
    if *origin == Origin::Local && account::require_admin(tx, Principal::Person(by)).is_ok() {
        return Ok(DeletedBy::Admin);
    }
    Err(Error::not_allowed(Rule::AuthorOrModerator))
}

/// A Delete of something we never saw: remembered, so that a late Create stays out.
///
/// # Errors
/// Faults only.
pub fn bury_unseen(tx: &mut Tx<'_>, ap_id: &str) -> Outcome<()> {
    store::discussion::insert_tombstone(tx.db, ap_id, tx.now)?;
    Ok(())
}
