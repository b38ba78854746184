//! How much is due in the queues, and since when: for metrics.

use crate::connection::Db;
use crate::fragment::predicate;
use crate::queue::inbound::WAITING;
use crate::schema::{delivery, inbound, job, peer};
use crate::{each, queue};
use diesel::dsl::min;
use diesel::prelude::*;
use model::Time;
use model::peer::{DeliveryState, InboundState};

/// The state of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Rows that are due, leased or not.
    pub due: i64,
    /// Since when the one is due that has waited longest.
    pub oldest: Option<Time>,
    /// Rows that wait for an administrator.
    pub set_aside: i64,
}

/// Reads the depths of the three queues, by their names. A delivery to a server that is not tried at the
/// moment is not due.
pub fn all(db: &mut Db, now: Time) -> QueryResult<Vec<(&'static str, Depth)>> {
    let (jobs, oldest_job) = job::table
        .filter(job::dead.eq(false).and(job::run_at.le(now)))
        .select((diesel::dsl::count_star(), min(job::run_at)))
        .first(db)?;
    let (received, oldest_received) = each!(db, c => inbound::table
        .filter(predicate!(WAITING))
        .filter(inbound::run_at.le(now))
        .select((diesel::dsl::count_star(), min(inbound::run_at)))
        .first(c))?;
    let (deliveries, oldest_delivery) = delivery::table
        .inner_join(peer::table)
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .filter(delivery::next_at.le(now))
        .filter(peer::retry_at.le(now))
        .select((diesel::dsl::count_star(), min(delivery::next_at)))
        .first(db)?;
    let depth = |due, oldest, set_aside| Depth {
        due,
        oldest,
        set_aside,
    };
    Ok(vec![
        (
            "jobs",
            depth(jobs, oldest_job, queue::jobs::count_dead(db)?),
        ),
        (
            "received",
            depth(
                received,
                oldest_received,
                queue::inbound::count(db, InboundState::Rejected)?,
            ),
        ),
        (
            "deliveries",
            depth(
                deliveries,
                oldest_delivery,
                queue::delivery::count(db, DeliveryState::Failed)?,
            ),
        ),
    ])
}
