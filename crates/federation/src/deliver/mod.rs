//! Delivery: one lane a peer, order kept within a conversation. A server in trouble is left alone
//! with its whole lane; an activity it does not like is tried three times and set aside, and the
//! conversation goes on. Rows leave the table only when they arrived.

mod frozen;
mod lane;
mod ledger;
mod office;
mod send;
#[cfg(test)]
mod tests;
mod verdict;

pub use office::{Errand, Office};
pub use verdict::Report;

use crate::context::Federation;
use domain::Outcome;
use model::job::CatchUp;
use model::{ActivityId, PeerId, Time};
use store::Db;

/// A peer has sent us something, written down; where it was parked, what it missed is to be queued.
///
/// # Errors
/// Faults.
pub(crate) fn heard(fed: &Federation, db: &mut Db, peer: PeerId, now: Time) -> Outcome<()> {
    if store::peer::heard(db, peer, now)? {
        catch_up(fed, db, peer, now)?;
    }
    Ok(())
}

/// A peer that had failed has answered; likewise.
fn answered(fed: &Federation, db: &mut Db, peer: PeerId, now: Time) -> Outcome<()> {
    if store::peer::answered(db, peer, now)? {
        catch_up(fed, db, peer, now)?;
    }
    Ok(())
}

fn catch_up(fed: &Federation, db: &mut Db, peer: PeerId, now: Time) -> Outcome<()> {
    let after = ActivityId::default();
    let job = CatchUp { peer, after };
    Ok(store::queue::jobs::insert(
        db,
        fed.ops().id(),
        &job,
        now,
        now,
    )?)
}
