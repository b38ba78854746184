//! Threads that only moderators reply in, and threads that their community shows first.

use super::log::{Subject, write};
use super::{check, community_of};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::PINS_MAX;
use model::moderation::{ModerationKind, ModerationWords};
use model::refusal::Rule;
use model::{ActorId, Origin, PostId, PostState, Refusal};
use store::row;

/// Loads the first post of the thread that a post is in, for a moderator of its community, which is ours.
fn thread_of(tx: &mut Tx<'_>, by: ActorId, id: PostId) -> Outcome<row::Post> {
    let post = access::require(tx, by, Action::KeepOrder, id, &Origin::Local)?;
    let root = access::require(tx, by, Action::KeepOrder, post.root_id, &Origin::Local)?;
    match root.state {
        PostState::Tombstone => Err(Refusal::Gone("post").into()),
        PostState::Live | PostState::Held | PostState::Hidden | PostState::Draft => Ok(root),
    }
}

/// Lets only moderators reply in a thread, or everybody again. Reactions go on, and authors still correct what they wrote.
/// Nothing happens to one that is so already.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(Moderator | NotOurs | ActiveAccount)`, `Invalid(reason | note)`.
pub fn set_locked(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    locked: bool,
    words: &ModerationWords,
) -> Outcome<()> {
    check(words)?;
    let root = thread_of(tx, by, id)?;
    if root.locked_at.is_some() == locked {
        return Ok(());
    }
    store::moderation::set_locked(tx.db, root.id, locked.then_some(tx.now))?;
    let kind = match locked {
        true => ModerationKind::Locked,
        false => ModerationKind::Unlocked,
    };
    let community = community_of(tx, &root)?;
    write(tx, by, kind, Subject::of(&root, community), words)
}

/// Shows a thread first in its community, or no longer. Nothing happens to one that is so already.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(Moderator | NotOurs | PinsFull | ActiveAccount)`, `Invalid(reason | note)`.
pub fn set_pinned(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    pinned: bool,
    words: &ModerationWords,
) -> Outcome<()> {
    check(words)?;
    let root = thread_of(tx, by, id)?;
    if root.pinned_at.is_some() == pinned {
        return Ok(());
    }
    let community = community_of(tx, &root)?.ok_or(Error::not_allowed(Rule::NotOurs))?;
    if pinned && store::moderation::count_pinned(tx.db, community)? >= PINS_MAX {
        return Err(Error::not_allowed(Rule::PinsFull));
    }
    store::moderation::set_pinned(tx.db, root.id, pinned.then_some(tx.now))?;
    let kind = match pinned {
        true => ModerationKind::Pinned,
        false => ModerationKind::Unpinned,
    };
    write(tx, by, kind, Subject::of(&root, Some(community)), words)
}
