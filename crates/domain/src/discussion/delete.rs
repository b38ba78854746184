//! Taking a post away: its words go, a tombstone stays, replies keep their place.

use super::{relay, tends};
use crate::account::By;
use crate::{Error, Outcome, Tx, account};
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Fact, Origin, PostId};
use store::row;

/// Takes a post away: its author may, a moderator of its community may, a peer's community itself
/// may, an admin may here. Twice is once.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator)`.
pub fn delete(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let post = store::discussion::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if post.deleted_at.is_some() {
        return Ok(());
    }
    let hand = whose_hand(tx, by, &post, origin)?;
    store::discussion::bury(tx.db, id, hand, tx.now)?;
    if post.parent_id.is_none()
        && let Some(community) = post.community_id
    {
        store::actor::add_posts(tx.db, community, -1)?;
    }
    store::actor::add_posts(tx.db, post.author_id, -1)?;
    if *origin == Origin::Local {
        tx.record(Fact::PostDeleted {
            post: id,
            thread: post.root_id,
            by,
        });
    }
    relay(tx, origin, post.community_id, post.root_id, None)
}

fn whose_hand(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
    origin: &Origin,
) -> Outcome<DeletedBy> {
    if post.author_id == by {
        return Ok(DeletedBy::Author);
    }
    if tends(tx.db, by, post, origin)? {
        return Ok(DeletedBy::Moderator);
    }
    if *origin == Origin::Local && account::require_admin(tx, By::Person(by)).is_ok() {
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
