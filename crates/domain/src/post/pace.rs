//! How much somebody of another server may add to a community of ours: each of their posts goes out to the
//! servers of everybody who follows it.

use super::publish::NewPost;
use super::{Draft, Wording};
use crate::{Outcome, Tx};
use model::access::Reader;
use model::limits::{PEER_TEXT_MAX, SERVER_POSTS_FACTOR};
use model::{ActorId, MemberRole, Origin, PeerId, Refusal, id};

const HOUR: i64 = 3_600;

/// Checks that a peer's post is neither too long, nor one too many within an hour, of its author or of all people
/// of its server, for a community of ours; what was fetched as well, since anybody can have it fetched.
/// Moderators and facilitators write as they need.
///
/// # Errors
/// `TooLarge`, `TooMany`.
pub(super) fn require(tx: &mut Tx<'_>, new: &NewPost<'_>) -> Outcome<()> {
    let Some((_, community)) = new.place else {
        return Ok(());
    };
    let Origin::Remote { peer, .. } = *new.origin else {
        return Ok(());
    };
    if tx.ids_are_ahead() {
        return Ok(());
    }
    match store::post::posts_per_hour(tx.db, community)? {
        // Not a community of ours.
        None => return Ok(()),
        Some(0) => {}
        Some(allowed) => {
            let is_within = is_within(tx, new, (community, peer), allowed)?;
            if !is_within && !is_moderator(tx, new, community)? {
                let retry_after = u64::try_from(HOUR).unwrap_or_default();
                return Err(Refusal::TooMany { retry_after }.into());
            }
        }
    }
    require_length(new.draft)
}

/// Whether the author, and all people of their server together, have posted less than that within an hour.
fn is_within(
    tx: &mut Tx<'_>,
    new: &NewPost<'_>,
    (community, peer): (ActorId, PeerId),
    allowed: i64,
) -> Outcome<bool> {
    let since = id::first_of(tx.now.plus_seconds(-HOUR));
    let (author, server) = store::post::count_since(tx.db, community, new.author, peer, since)?;
    Ok(author < allowed && server < allowed.saturating_mul(SERVER_POSTS_FACTOR))
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

fn is_moderator(tx: &mut Tx<'_>, new: &NewPost<'_>, community: ActorId) -> Outcome<bool> {
    let roles = [MemberRole::Facilitator, MemberRole::Moderator];
    let reader = Reader::system(tx.now);
    let all = store::community::members(tx.db, reader, community, &roles, 500)?;
    Ok(all.iter().any(|(_, actor)| actor.id == new.author))
}
