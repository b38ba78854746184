//! Handles the move of an actor (FEP-7628): its local followers follow the new one.

use super::{follow, unfollow};
use crate::{Error, Outcome, Tx, actor};
use model::refusal::Rule;
use model::{ActorId, ActorState, Fact};

/// Follows moved in one transaction.
const CHUNK: i64 = 200;

/// A peer's actor has moved, as both its addresses say: its followers here follow it there, as
/// [`carry_over`] does. Returns whether some are left, for another call.
///
/// # Errors
/// As [`carry_over`]; `NotAllowed(NotOurs)` for a local actor, which no peer can move.
pub fn moved(tx: &mut Tx<'_>, old: ActorId, new: ActorId) -> Outcome<bool> {
    if actor::get(tx, old)?.peer_id.is_none() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    let more = carry_over(tx, old, new)?;
    store::actor::set_moved_to(tx.db, old, Some(new))?;
    Ok(more)
}

/// Makes local followers of the old address request to follow the new one and ends their old follows,
/// with a notice, for at most 200 in one call. Returns whether some are left, for another
/// call.
///
/// # Errors
/// `NotFound`, `NotAllowed(ActiveAccount)` where the new one is gone, `NotAllowed(Oneself)`.
pub fn carry_over(tx: &mut Tx<'_>, old: ActorId, new: ActorId) -> Outcome<bool> {
    if old == new {
        return Err(Error::not_allowed(Rule::Oneself));
    }
    actor::active(tx, new)?;
    let followers = store::follow::local_followers(tx.db, old, CHUNK)?;
    for who in &followers {
        // Somebody who follows their own former address stops doing so, and a suspended account
        // follows nobody anew.
        if *who != new && actor::get(tx, *who)?.state == ActorState::Active {
            follow(tx, *who, new)?;
            tx.record(Fact::FollowerMoved {
                follower: *who,
                to: new,
            });
        }
        unfollow(tx, *who, old)?;
    }
    Ok(i64::try_from(followers.len()).unwrap_or(0) == CHUNK)
}
