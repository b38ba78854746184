//! Restoring what was removed: with the words that were kept, or as the post's own server has them.

use super::publish::count_again;
use super::{Draft, relay};
use crate::{Error, Outcome, Tx, access, actor, poll, tag};
use model::access::Action;
use model::{ActorId, DeletedBy, Fact, Origin, PostId, PostState};
use store::row;

/// Puts a peer's post back in its place, with its words as its own server has them now. Whoever
/// removed it may: its author, or the moderators of its community. It returns to the state that it had.
/// One that is there is left as it is.
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
    if post.state != PostState::Tombstone && !is_withdrawn(&post) {
        return Ok(());
    }
    access::require_on(tx, by, Action::Restore, &post, origin)?;
    actor::active(tx, post.author_id)?;
    let thread = post.parent_id.is_none();
    store::post::put_text(tx.db, id, &draft.text(thread))?;
    if let Some(details) = draft.details_of(post.kind) {
        store::post::put_details(tx.db, id, details)?;
        if let Some(tally) = &draft.tally {
            store::poll::set_tally(tx.db, id, tally)?;
        }
        poll::schedule_end(tx, &post, details)?;
    }
    if let Some(tags) = tag::changed(tx, &post, &draft.tags, origin)? {
        tag::apply(tx, post.id, &tags, (origin.published(tx.now), false))?;
    }
    put_back(tx, &post)?;
    match post.state_before {
        // It waits for a moderator again: nobody was told of it.
        Some(PostState::Held) => Ok(()),
        Some(_) | None => relay::change(tx, origin, &post),
    }
}

/// Whether its author took away a post that waited for a moderator: it leaves no tombstone, as nobody was told of it.
fn is_withdrawn(post: &row::Post) -> bool {
    let waited = post.state_before == Some(PostState::Held);
    post.state == PostState::Hidden && waited && post.deleted_by == Some(DeletedBy::Author)
}

/// Puts a post back that its remote community removed, with the words that were kept. The moderators of
/// that community may. One that was not removed, or lost its words, is left as it is.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | ActiveAccount)`.
pub fn reinstate(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let post = store::raw::post::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if is_kept(&post) {
        access::require_on(tx, by, Action::Restore, &post, origin)?;
        put_back(tx, &post)?;
    }
    Ok(())
}

/// Whether a post was removed by a remote community and kept its words.
pub(super) fn is_kept(post: &row::Post) -> bool {
    post.state == PostState::Hidden && post.deleted_by == Some(DeletedBy::Moderator)
}

/// Puts a removed post back in the state that it had, and counts it again.
pub(crate) fn put_back(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<()> {
    let state = post.state_before.unwrap_or(PostState::Live);
    store::post::undelete(tx.db, post.id, state)?;
    store::moderation::delete_removal(tx.db, post.id)?;
    if state == PostState::Held {
        return Ok(());
    }
    tx.record(Fact::PostRestored { post: post.id });
    count_again(tx, post, 1)
}

/// Forgets a Delete of something that never came: a late Create may come in again.
///
/// # Errors
/// Faults only.
pub fn restore_unseen(tx: &mut Tx<'_>, ap_id: &str) -> Outcome<()> {
    store::post::delete_tombstone(tx.db, ap_id)?;
    Ok(())
}
