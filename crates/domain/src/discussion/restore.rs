//! Putting back what was taken away, where its words can be had again from its own server.

use super::edit::text_of;
use super::{Draft, can_moderate, relay};
use crate::{Error, Outcome, Tx, actor};
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Origin, PostId};

/// Puts a peer's post back in its place, with its words as its own server has them now. Whoever
/// took it away may: its author, or those who look after its community. One that stands is left
/// as it is.
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
    let post = store::discussion::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if post.deleted_at.is_none() {
        return Ok(());
    }
    let may = match post.deleted_by {
        Some(DeletedBy::Author) | None => by == post.author_id,
        Some(DeletedBy::Moderator) => can_moderate(tx.db, by, &post, origin)?,
        Some(DeletedBy::Admin) => false,
    };
    if !may {
        return Err(Error::not_allowed(Rule::AuthorOrModerator));
    }
    actor::active(tx, post.author_id)?;
    store::discussion::unbury(tx.db, id, &text_of(&post, draft))?;
    if post.parent_id.is_none()
        && let Some(community) = post.community_id
    {
        store::actor::add_posts(tx.db, community, 1)?;
    }
    store::actor::add_posts(tx.db, post.author_id, 1)?;
    relay(tx, origin, post.community_id, post.root_id, None)
}

/// A Delete of something we never saw is taken back: a late Create may come in again.
///
/// # Errors
/// Faults only.
pub fn unbury_unseen(tx: &mut Tx<'_>, ap_id: &str) -> Outcome<()> {
    store::discussion::delete_tombstone(tx.db, ap_id)?;
    Ok(())
}
