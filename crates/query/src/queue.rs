//! The durable queues, for admins.

use crate::row::{Delivery, Inbound, JobRow};
use domain::Outcome;
use model::peer::{DeliveryState, InboundState};
use model::{DeliveryId, InboundId};
use store::Db;

/// How many wait, and how many were set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    pub deliveries_waiting: i64,
    pub deliveries_failed: i64,
    pub jobs_failed: i64,
}

/// How many wait, and how many were set aside.
///
/// # Errors
/// Faults.
pub fn counts(db: &mut Db) -> Outcome<QueueCounts> {
    Ok(QueueCounts {
        deliveries_waiting: store::queue::delivery::count(db, DeliveryState::Waiting)?,
        deliveries_failed: store::queue::delivery::count(db, DeliveryState::Failed)?,
        jobs_failed: store::queue::jobs::count_dead(db)?,
    })
}

/// Deliveries in a state with their host and the activity's kind, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn deliveries(
    db: &mut Db,
    state: DeliveryState,
    before: DeliveryId,
    limit: i64,
) -> Outcome<Vec<(Delivery, String, String)>> {
    Ok(store::queue::delivery::list(db, state, before, limit)?)
}

/// Jobs, oldest first.
///
/// # Errors
/// Faults.
pub fn jobs(db: &mut Db, limit: i64) -> Outcome<Vec<JobRow>> {
    Ok(store::queue::jobs::list(db, limit)?)
}

/// Received activities in a state, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn inbound(
    db: &mut Db,
    state: InboundState,
    before: InboundId,
    limit: i64,
) -> Outcome<Vec<Inbound>> {
    Ok(store::queue::inbound::list(db, state, before, limit)?)
}
