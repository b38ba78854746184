//! Removing a post: its text goes, a tombstone stays, replies keep their place.

use super::relay;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Fact, Origin, PostId, PostState};
use store::row;

/// Removes a post: its author may, a moderator of its community may, a peer's community itself may,
/// an admin of this instance may. Removing it again does nothing.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | ActiveAccount)`.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let post = store::raw::post::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if post.state == PostState::Tombstone {
        return Ok(());
    }
    let authority = deletion_authority(tx, by, &post, origin)?;
    store::post::tombstone(tx.db, id, authority, tx.now)?;
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
    relay::change(tx, origin, &post)
}

/// On whose authority somebody removes a post. Its author's removal counts whatever became of the
/// author here, since a peer asks for it as well.
fn deletion_authority(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
    origin: &Origin,
) -> Outcome<DeletedBy> {
    if post.author_id == by {
        return Ok(DeletedBy::Author);
    }
    let access = access::require_on(tx, by, Action::Remove, post, origin)?;
    match (access.may_on(Action::Moderate, post), origin) {
        (Ok(()), _) => Ok(DeletedBy::Moderator),
        (Err(_), Origin::Local) => Ok(DeletedBy::Admin),
        (Err(_), Origin::Remote { .. }) => Err(Error::not_allowed(Rule::AuthorOrModerator)),
    }
}

/// Remembers a Delete of something that never came, so that a late Create stays out.
///
/// # Errors
/// Faults only.
pub fn remove_unseen(tx: &mut Tx<'_>, ap_id: &str) -> Outcome<()> {
    store::post::insert_tombstone(tx.db, ap_id, tx.now)?;
    Ok(())
}
