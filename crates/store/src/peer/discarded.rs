//! What is no longer kept for peers that have been silent for very long.

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::schema::{delivery, peer};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use model::peer::DeliveryState;
use model::{DeliveryId, PeerId, Time};
use std::collections::HashMap;

/// Deliveries that wait for a parked peer are given up after a month.
pub(crate) const RETENTION: Retention = Retention {
    name: "deliveries to parked peers",
    keep_seconds: 30 * DAY,
    delete: give_up,
};

/// Throws away what waits for peers that are parked since before `parked_before`, and counts it
/// there; whether there may be more. One that answers again is left alone: what it missed is on its way. The oldest delivery of each stays, so that they are still tried.
pub fn give_up(db: &mut Db, parked_before: Time, limit: i64) -> QueryResult<bool> {
    let parked = peer::table
        .filter(peer::parked_at.lt(parked_before))
        .filter(peer::failures.gt(0))
        .select(peer::id);
    let waiting: Vec<(PeerId, Option<DeliveryId>, i64)> = delivery::table
        .filter(delivery::peer_id.eq_any(parked))
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .group_by(delivery::peer_id)
        .select((delivery::peer_id, min(delivery::id), count_star()))
        .load(db)?;
    let mut room = limit;
    for (id, oldest, n) in waiting {
        if let Some(oldest) = oldest.filter(|_| n > 1 && room > 0) {
            let gone = throw_away(db, id, oldest, room)?;
            room -= gone;
        }
    }
    Ok(room == 0)
}

/// Throws away up to `limit` of what waits for a peer, but for its oldest delivery.
fn throw_away(db: &mut Db, id: PeerId, oldest: DeliveryId, limit: i64) -> QueryResult<i64> {
    let ids: Vec<DeliveryId> = delivery::table
        .filter(delivery::peer_id.eq(id).and(delivery::id.gt(oldest)))
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .limit(limit)
        .select(delivery::id)
        .load(db)?;
    each!(db, c => diesel::delete(delivery::table.filter(delivery::id.eq_any(&ids))).execute(c))?;
    let gone = i64::try_from(ids.len()).unwrap_or(limit);
    diesel::update(peer::table.find(id))
        .set(peer::given_up.eq(peer::given_up + gone))
        .execute(db)?;
    Ok(gone)
}

/// How many were thrown away for each of these peers; those for which none was are absent.
pub fn of(db: &mut Db, ids: &[PeerId]) -> QueryResult<HashMap<PeerId, i64>> {
    let rows: Vec<(PeerId, i64)> = each!(db, c => peer::table
        .filter(peer::id.eq_any(ids))
        .filter(peer::given_up.gt(0))
        .select((peer::id, peer::given_up))
        .load(c))?;
    Ok(rows.into_iter().collect())
}
