//! Moderation: reports of posts, removals that may be appealed, locks and pins, bans and warnings, posts that wait for a
//! moderator, and the log of it all. Who may do what is decided by the access rule.

mod appeal;
mod ban;
mod held;
mod log;
mod remove;
mod report;
#[cfg(test)]
mod tests;
mod thread;

pub use appeal::{appeal, refuse_appeal};
pub use ban::{Ban, ban, lift_ban, note, warn};
pub(crate) use held::{hold, remove_held};
pub use held::{refuse, release, set_review};
pub(crate) use remove::{keep_removed, log_removal};
pub use remove::{remove, restore};
pub(crate) use report::close_reports;
pub use report::{dismiss, report};
pub use thread::{set_locked, set_pinned};

use crate::access::PlaceAccess;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::MODERATION_TEXT_MAX;
use model::moderation::{ModerationWords, PostAct};
use model::refusal::{Checks, Rule};
use model::{ActorId, MemberRole, Origin, PostId};
use store::row;

/// Moderators who are told of something.
const TOLD_MAX: i64 = 20;
/// Those who keep order in a community.
const MODERATORS: [MemberRole; 2] = [MemberRole::Facilitator, MemberRole::Moderator];

/// Does something with a post, as a moderator of its community or an administrator.
///
/// # Errors
/// As the verb of the act.
pub fn act(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    what: PostAct,
    words: &ModerationWords,
) -> Outcome<()> {
    match what {
        PostAct::Dismiss => dismiss(tx, by, id, words),
        PostAct::Remove => remove(tx, by, id, words),
        PostAct::Restore => restore(tx, by, id, words),
        PostAct::RefuseAppeal => refuse_appeal(tx, by, id, words),
        PostAct::Lock | PostAct::Unlock => set_locked(tx, by, id, what == PostAct::Lock, words),
        PostAct::Pin | PostAct::Unpin => set_pinned(tx, by, id, what == PostAct::Pin, words),
        PostAct::Release => release(tx, by, id, words),
        PostAct::Refuse => refuse(tx, by, id, words),
    }
}

/// Checks the length of what a moderator writes.
fn check(words: &ModerationWords) -> Outcome<()> {
    Ok(Checks::default()
        .at_most("reason", &words.reason, MODERATION_TEXT_MAX)
        .at_most("note", &words.note, MODERATION_TEXT_MAX)
        .done()?)
}

/// Loads a post that somebody who sees it may decide on: not their own.
///
/// # Errors
/// `NotFound`, `NotAllowed` with the rule, also `OwnPost`.
fn decidable(
    tx: &mut Tx<'_>,
    by: ActorId,
    action: Action,
    id: PostId,
) -> Outcome<(row::Post, PlaceAccess)> {
    let (post, access) = access::require_with_access(tx, by, action, id, &Origin::Local)?;
    match post.author_id == by {
        true => Err(Error::not_allowed(Rule::OwnPost)),
        false => Ok((post, access)),
    }
}

/// Returns the community of a post, where it is ours.
fn community_of(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<Option<ActorId>> {
    match post.community_id {
        Some(id) if store::raw::actor::is_ours(tx.db, id)? => Ok(Some(id)),
        Some(_) | None => Ok(None),
    }
}

/// Returns whom a message about a post comes from: its community, where that is ours, or the instance.
fn sender(tx: &mut Tx<'_>, community: Option<ActorId>) -> Outcome<ActorId> {
    match community {
        Some(id) => Ok(id),
        None => Ok(store::raw::actor::instance(tx.db)?
            .ok_or(Error::not_found("instance"))?
            .id),
    }
}

/// Returns those of some people who see a post and are not among `but`.
fn who_see(
    tx: &mut Tx<'_>,
    people: Vec<ActorId>,
    post: PostId,
    but: &[ActorId],
) -> Outcome<Vec<ActorId>> {
    let mut told = Vec::new();
    for who in people.into_iter().filter(|who| !but.contains(who)) {
        let reader = tx.reader(who);
        if store::post::is_visible(tx.db, reader, post)? {
            told.push(who);
        }
    }
    Ok(told)
}
