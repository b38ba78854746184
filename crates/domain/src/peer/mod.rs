//! Peers: retries by an admin of what was set aside, and with whom
//! we exchange at all.

mod apply_rule;
mod rule;
#[cfg(test)]
mod tests;

pub use apply_rule::{Step, apply_rule, reevaluate_all};
pub use rule::{NewRule, import, lift, rule, set_policy};

use crate::account::{Principal, require_admin};
use crate::{Error, Outcome, Tx};
use model::job::{CatchUp, IdentifyPeer};
use model::peer::{DeliveryState, PeerState};
use model::{ActivityId, DeliveryId, JobId, PeerId, Time};

/// Failed deliveries that "try all again" takes up at once.
const CHUNK: i64 = 500;

/// Servers that are asked what they run in one run.
const UNIDENTIFIED: i64 = 20;

/// Has servers asked what they run that were heard from since a moment and of which it is unknown. Returns how
/// many.
///
/// # Errors
/// Faults only.
pub fn identify_unknown(tx: &mut Tx<'_>, since: Time) -> Outcome<usize> {
    let actors = store::peer::unidentified(tx.db, since, UNIDENTIFIED)?;
    for actor in &actors {
        let job = IdentifyPeer { actor: *actor };
        store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    }
    Ok(actors.len())
}

/// Tries a peer again now, also one that is parked.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn retry(tx: &mut Tx<'_>, by: Principal, id: PeerId) -> Outcome<()> {
    require_admin(tx, by)?;
    let peer = store::peer::by_id(tx.db, id)?.ok_or(Error::not_found("peer"))?;
    store::peer::retry_now(tx.db, id, tx.now)?;
    if peer.state == PeerState::Parked {
        // Nothing may wait for it to be tried with: what it missed is.
        let after = ActivityId::default();
        let job = CatchUp { peer: id, after };
        store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    }
    Ok(())
}

/// Tries a delivery again now, its peer with it.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn retry_delivery(tx: &mut Tx<'_>, by: Principal, id: DeliveryId) -> Outcome<()> {
    require_admin(tx, by)?;
    let peer =
        store::queue::delivery::retry(tx.db, id, tx.now)?.ok_or(Error::not_found("delivery"))?;
    store::peer::retry_now(tx.db, peer, tx.now)?;
    Ok(())
}

/// Runs a job again now.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn retry_job(tx: &mut Tx<'_>, by: Principal, id: JobId) -> Outcome<()> {
    require_admin(tx, by)?;
    if store::queue::jobs::retry(tx.db, id, tx.now)? {
        Ok(())
    } else {
        Err(Error::not_found("job"))
    }
}

/// Retries everything that was set aside, at most 500 deliveries and 500 jobs. Returns how
/// many.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn retry_all(tx: &mut Tx<'_>, by: Principal) -> Outcome<usize> {
    require_admin(tx, by)?;
    let newest = DeliveryId(i64::MAX);
    let failed = store::queue::delivery::list(tx.db, DeliveryState::Failed, newest, CHUNK)?;
    for (delivery, _, _) in &failed {
        retry_delivery(tx, by, delivery.id)?;
    }
    let jobs = store::queue::jobs::list(tx.db, CHUNK)?;
    let dead: Vec<JobId> = jobs.iter().filter(|j| j.dead).map(|j| j.id).collect();
    for id in &dead {
        store::queue::jobs::retry(tx.db, *id, tx.now)?;
    }
    Ok(failed.len() + dead.len())
}
