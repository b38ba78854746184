//! Follows that a peer sees otherwise than we do (FEP-8fcf), set right on our side.

use super::{answered, ask_once_more, seen};
use crate::{Error, Outcome, Tx, actor};
use model::actor::ActorState;
use model::fact::FollowSeen;
use model::refusal::Rule;
use model::{ActorId, Fact, FollowId};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// They follow as far as we know, and the peer does not know of it: they wanted it, so they ask
    /// once more, and it is pending until the answer.
    Ask(ActorId),
    /// They have asked, and the peer counts them: its `Accept` was lost.
    Granted(ActorId),
    /// The peer counts whom it calls so, who does not follow: taken back.
    Withdraw(String),
}

/// Sets differences with a peer's actor right. What has changed since they were found is left as it
/// is now.
///
/// # Errors
/// `NotFound`, `NotAllowed(NotOurs)` for followers of an actor of ours, which no peer knows better.
pub fn mend(tx: &mut Tx<'_>, target: ActorId, mends: &[Mend]) -> Outcome<()> {
    if actor::get(tx, target)?.peer_id.is_none() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    for mend in mends {
        match mend {
            Mend::Ask(follower) => {
                if let Some(row) = store::follow::between(tx.db, *follower, target)?
                    && row.accepted
                {
                    ask_once_more(tx, &row)?;
                }
            }
            Mend::Granted(follower) => {
                answered(tx, *follower, target, true)?;
            }
            Mend::Withdraw(ap_id) => withdraw(tx, ap_id, target)?,
        }
    }
    Ok(())
}

/// Takes back a follow that does not stand here. For somebody we never knew, or who is gone, nobody
/// can sign.
fn withdraw(tx: &mut Tx<'_>, ap_id: &str, target: ActorId) -> Outcome<()> {
    let Some(who) = store::raw::actor::by_ap_id(tx.db, ap_id)?.filter(|who| who.peer_id.is_none())
    else {
        return Ok(());
    };
    let known = store::follow::between(tx.db, who.id, target)?;
    let taken_back = match who.state {
        ActorState::Active if known.is_some() => return Ok(()),
        ActorState::Pending | ActorState::Deleted => return Ok(()),
        ActorState::Active | ActorState::Suspended => known,
    };
    let follow = match taken_back {
        Some(row) => seen(&row),
        None => {
            let follow: FollowId = tx.id();
            FollowSeen {
                follow,
                ap_id: tx.urls()?.follow(follow),
                follower: who.id,
                target,
            }
        }
    };
    tx.record(Fact::FollowWithdrawn(follow));
    Ok(())
}
