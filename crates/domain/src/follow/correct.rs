//! Corrects follows about which a peer disagrees (FEP-8fcf), on our side.

use super::{answered_by_peer, repeat};
use crate::{Error, Outcome, Tx, actor};
use model::actor::ActorState;
use model::fact::FollowSeen;
use model::refusal::Rule;
use model::{ActorId, Fact, FollowId};

/// One difference between our follows and those that the peer lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowCorrection {
    /// An accepted follow here that the peer does not list: the request is repeated.
    Repeat(ActorId),
    /// A pending follow here that the peer lists: its `Accept` was lost.
    Accepted(ActorId),
    /// The peer lists an actor with this id that does not follow: an `Undo` is sent.
    Withdraw(String),
}

/// Corrects follows of a remote actor. Those that have changed meanwhile stay as they are.
///
/// # Errors
/// `NotFound`, `NotAllowed(NotOurs)` for a local actor, whose followers no peer decides.
pub fn correct(tx: &mut Tx<'_>, target: ActorId, corrections: &[FollowCorrection]) -> Outcome<()> {
    if actor::get(tx, target)?.peer_id.is_none() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    for correction in corrections {
        match correction {
            FollowCorrection::Repeat(follower) => {
                if let Some(row) = store::follow::between(tx.db, *follower, target)?
                    && row.accepted
                {
                    repeat(tx, &row)?;
                }
            }
            FollowCorrection::Accepted(follower) => {
                answered_by_peer(tx, *follower, target, true)?;
            }
            FollowCorrection::Withdraw(ap_id) => withdraw(tx, ap_id, target)?,
        }
    }
    Ok(())
}

/// Withdraws a follow that does not exist here. Impossible for an actor that is unknown or deleted:
/// nobody can sign for it.
fn withdraw(tx: &mut Tx<'_>, ap_id: &str, target: ActorId) -> Outcome<()> {
    let Some(who) = store::raw::actor::by_ap_id(tx.db, ap_id)?.filter(|who| who.peer_id.is_none())
    else {
        return Ok(());
    };
    match who.state {
        ActorState::Active | ActorState::Suspended => {}
        ActorState::Pending | ActorState::Deleted => return Ok(()),
    }
    if store::follow::between(tx.db, who.id, target)?.is_some() {
        return Ok(());
    }
    let follow: FollowId = tx.id();
    tx.record(Fact::FollowWithdrawn(FollowSeen {
        follow,
        ap_id: tx.urls()?.follow(follow),
        follower: who.id,
        target,
    }));
    Ok(())
}
