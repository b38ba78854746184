//! Removing a post: its text goes, a tombstone stays, replies keep their place. Where a peer's community
//! removes what somebody here wrote, the post is hidden instead.

use super::publish::count_again;
use super::relay;
use crate::{Error, Outcome, Tx, access, moderation};
use model::access::Action;
use model::moderation::{ModerationWords, ReportState};
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Fact, Origin, PostId, PostState};
use store::post::Removal;
use store::row;

/// Removes a post: its author may, a moderator of its community may, a peer's community itself may,
/// an admin of this instance may. Removing it again does nothing. What a peer's community removes of
/// somebody here is hidden, and keeps its words: only the author and an admin here erase those.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | ActiveAccount)`.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    remove_for(tx, by, id, &ModerationWords::default(), origin)
}

/// As [`remove`], with what a moderator writes about it.
///
/// # Errors
/// As [`remove`].
pub(crate) fn remove_for(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    words: &ModerationWords,
    origin: &Origin,
) -> Outcome<()> {
    // A peer may take away what is withheld here; a person only what they see.
    let reader = tx.reader(by);
    let post = match origin {
        Origin::Local => store::post::by_id(tx.db, reader, id)?,
        Origin::Remote { .. } => store::raw::post::by_id(tx.db, id)?,
    };
    let post = post.ok_or(Error::not_found("post"))?;
    if post.state == PostState::Tombstone {
        return Ok(());
    }
    let authority = deletion_authority(tx, by, &post, origin)?;
    // Nobody was told of it.
    if post.state == PostState::Held || post.state_before == Some(PostState::Held) {
        return moderation::remove_held(tx, &post, authority);
    }
    let counted = post.deleted_at.is_none();
    let keeps = authority == DeletedBy::Moderator && keeps_words(tx, &post)?;
    if keeps && !counted {
        return Ok(());
    }
    write(tx, by, &post, (authority, keeps), &words.reason)?;
    if counted {
        count_again(tx, &post, -1)?;
    }
    if authority != DeletedBy::Author {
        moderation::log_removal(tx, by, &post, words)?;
    }
    moderation::close_reports(tx, &post, ReportState::Removed, by)?;
    tx.record(Fact::PostDeleted {
        post: id,
        thread: post.root_id,
        author: post.author_id,
        by,
        origin: origin.into(),
    });
    relay::change(tx, origin, &post)
}

/// Hides a post, or leaves a tombstone in its place; what somebody else than its author removes in a community of ours
/// may come back.
fn write(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
    (authority, keeps): (DeletedBy, bool),
    reason: &str,
) -> Outcome<()> {
    let removal = Removal {
        by: authority,
        at: tx.now,
        before: post.state_before.unwrap_or(post.state),
    };
    if keeps {
        store::post::hide(tx.db, post.id, removal)?;
    } else if moderation::keep_removed(tx, by, post, authority, reason)? {
        store::post::tombstone_kept(tx.db, post.id, removal)?;
    } else {
        store::post::tombstone(tx.db, post.id, removal)?;
    }
    Ok(())
}

/// Whether a post keeps its words when its community removes it: it was written here, and the
/// community is a peer's.
fn keeps_words(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<bool> {
    match post.community_id.filter(|_| post.peer_id.is_none()) {
        Some(community) => Ok(!store::raw::actor::is_ours(tx.db, community)?),
        None => Ok(false),
    }
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
