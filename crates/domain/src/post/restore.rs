//! Restoring what was removed, where its words can be had again from its own server.

use super::{Draft, relay};
use crate::{Error, Outcome, Tx, access, actor};
use model::access::Action;
use model::{ActorId, Origin, PostId, PostState};

/// Puts a peer's post back in its place, with its words as its own server has them now. Whoever
/// removed it may: its author, or the moderators of its community. One that is there is left as it
/// is.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | ActiveAccount)`.
pub fn restore(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    let post = store::raw::post::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if post.state != PostState::Tombstone {
        return Ok(());
    }
    access::require_on(tx, by, Action::Restore, &post, origin)?;
    actor::active(tx, post.author_id)?;
    let thread = post.parent_id.is_none();
    store::post::undelete(tx.db, id, &draft.texts(thread).columns())?;
    super::publish::write_event(tx, id, draft)?;
    if let Some(community) = post.community_id.filter(|_| thread) {
        store::actor::add_posts(tx.db, community, 1)?;
    }
    store::actor::add_posts(tx.db, post.author_id, 1)?;
    relay::change(tx, origin, &post)
}

/// Forgets a Delete of something that never came: a late Create may come in again.
///
/// # Errors
/// Faults only.
pub fn restore_unseen(tx: &mut Tx<'_>, ap_id: &str) -> Outcome<()> {
    store::post::delete_tombstone(tx.db, ap_id)?;
    Ok(())
}
