//! How much somebody of another server may add to a community of ours: each of their posts goes out to the
//! servers of everybody who follows it.

use super::publish::NewPost;
use super::{Draft, Wording};
use crate::{Outcome, Tx};
use model::access::Reader;
use model::limits::PEER_TEXT_MAX;
use model::{MemberRole, Refusal, id};

const HOUR: i64 = 3_600;

/// Checks that a peer's post is neither too long, nor one too many within an hour, for a community of ours;
/// what was fetched as well, since anybody can have it fetched. Moderators and facilitators write as they
/// need.
///
/// # Errors
/// `TooLarge`, `TooMany`.
pub(super) fn require(tx: &mut Tx<'_>, new: &NewPost<'_>) -> Outcome<()> {
    let Some((_, community)) = new.place else {
        return Ok(());
    };
    if !new.origin.is_remote() || tx.ids_are_ahead() {
        return Ok(());
    }
    let since = id::first_of(tx.now.plus_seconds(-HOUR));
    match store::post::within_pace(tx.db, community, new.author, since)? {
        // Not a community of ours.
        None => return Ok(()),
        Some(true) => {}
        Some(false) if is_moderator(tx, new, community)? => {}
        Some(false) => {
            let retry_after = u64::try_from(HOUR).unwrap_or_default();
            return Err(Refusal::TooMany { retry_after }.into());
        }
    }
    require_length(new.draft)
}

/// Checks the length of what a peer writes.
///
/// # Errors
/// `TooLarge`.
pub(super) fn require_length(draft: &Draft) -> Outcome<()> {
    let long = |wording: &Wording| wording.body.html.len() > PEER_TEXT_MAX;
    match draft.wordings.iter().any(long) {
        true => Err(Refusal::TooLarge.into()),
        false => Ok(()),
    }
}

fn is_moderator(tx: &mut Tx<'_>, new: &NewPost<'_>, community: model::ActorId) -> Outcome<bool> {
    let roles = [MemberRole::Facilitator, MemberRole::Moderator];
    let reader = Reader::system(tx.now);
    let all = store::community::members(tx.db, reader, community, &roles, 500)?;
    Ok(all.iter().any(|(_, actor)| actor.id == new.author))
}
