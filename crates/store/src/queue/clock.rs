//! Times in the queues that no clock of now can have written: while the clock of this machine was ahead,
//! leases, retries and waiting times were set that would hold everything until that day.

use crate::connection::Db;
use crate::each;
use crate::schema::{activity, delivery, inbound, job, notice, peer, post};
use diesel::dsl::max;
use diesel::prelude::*;
use model::Time;
use model::peer::{DeliveryState, InboundState};

/// The longest lease of a queue is a minute.
const LEASE_MAX: i64 = 300;
/// The longest pause of a delivery or received activity before it is tried again, and a wide margin.
const RETRY_MAX: i64 = 3 * 3_600;
/// The longest back-off of a peer that asked for none, and a margin.
const BACKOFF_MAX: i64 = 8 * 3_600;
/// The longest wait that a peer may ask for, and a margin.
const ASKED_MAX: i64 = 25 * 3_600;

/// Makes due now what the queues hold until a time that they never set: the leases, retries and new rows
/// of a clock that was ahead. Returns the number of rows.
pub fn bring_forward(db: &mut Db, now: Time) -> QueryResult<usize> {
    let long_ago = Time::from_unix_millis(0);
    let (lease, retry) = (now.plus_seconds(LEASE_MAX), now.plus_seconds(RETRY_MAX));
    // A row that says to be from later than now is from the clock that was ahead, and so is its time.
    let is_ahead = now.plus_seconds(LEASE_MAX);
    let mut rows = 0;
    rows += each!(db, c => diesel::update(job::table.filter(job::lease_until.gt(lease)))
        .set(job::lease_until.eq(long_ago))
        .execute(c))?;
    rows += each!(db, c => diesel::update(job::table.filter(job::run_at.gt(now)).filter(
            job::created_at.gt(is_ahead).or(job::attempts.gt(0).and(job::run_at.gt(retry)))))
        .set((job::run_at.eq(now), job::created_at.eq(now)))
        .execute(c))?;
    rows += each!(db, c => diesel::update(inbound::table
            .filter(inbound::state.eq(InboundState::Waiting))
            .filter(inbound::lease_until.gt(lease)))
        .set(inbound::lease_until.eq(long_ago))
        .execute(c))?;
    rows += each!(db, c => diesel::update(inbound::table
            .filter(inbound::state.eq(InboundState::Waiting))
            .filter(inbound::run_at.gt(now))
            .filter(inbound::received_at.gt(is_ahead).or(inbound::run_at.gt(retry))))
        .set((inbound::run_at.eq(now), inbound::received_at.eq(now)))
        .execute(c))?;
    rows += each!(db, c => diesel::update(delivery::table
            .filter(delivery::state.eq(DeliveryState::Waiting))
            .filter(delivery::next_at.gt(now))
            .filter(delivery::created_at.gt(is_ahead).or(delivery::next_at.gt(retry))))
        .set((delivery::next_at.eq(now), delivery::created_at.eq(now)))
        .execute(c))?;
    Ok(rows + bring_peers_forward(db, now)?)
}

fn bring_peers_forward(db: &mut Db, now: Time) -> QueryResult<usize> {
    let long_ago = Time::from_unix_millis(0);
    let lease = now.plus_seconds(LEASE_MAX);
    let (backoff, asked) = (now.plus_seconds(BACKOFF_MAX), now.plus_seconds(ASKED_MAX));
    let mut rows = each!(db, c => diesel::update(peer::table.filter(peer::lane_until.gt(lease)))
        .set((peer::lane_until.eq(long_ago), peer::lane_holder.eq(0)))
        .execute(c))?;
    rows += each!(db, c => diesel::update(peer::table.filter(peer::asked_until.gt(asked)))
        .set((peer::asked_until.eq(None::<Time>), peer::retry_at.eq(now)))
        .execute(c))?;
    rows += each!(db, c => diesel::update(peer::table
            .filter(peer::retry_at.gt(backoff))
            .filter(peer::asked_until.is_null().or(peer::asked_until.le(now))))
        .set(peer::retry_at.eq(now))
        .execute(c))?;
    Ok(rows)
}

/// Returns the greatest id among the tables that are ordered by id; 0 where they are empty. New ids must be
/// greater, also after a restart with a clock that was set back.
pub fn greatest_id(db: &mut Db) -> QueryResult<i64> {
    macro_rules! greatest {
        ($($table:ident),*) => {{
            let mut greatest = 0_i64;
            $(
                let id: Option<i64> = each!(db, c => $table::table.select(max($table::id)).first(c))?;
                greatest = greatest.max(id.unwrap_or(0));
            )*
            greatest
        }};
    }
    Ok(greatest!(post, notice, activity, delivery, inbound, job))
}
