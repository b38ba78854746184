//! Discards deliveries to peers that have been silent for very long.

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::schema::{delivery, peer};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use model::peer::DeliveryState;
use model::{DeliveryId, PeerId, Time};
use std::collections::HashMap;

/// Deliveries to a parked peer are discarded after a month.
pub(crate) const RETENTION: Retention = Retention {
    name: "deliveries to parked peers",
    keep_seconds: 30 * DAY,
    delete: discard_old,
};

/// Discards and counts the deliveries to peers that were parked before `parked_before`. Returns
/// whether there may be more. A peer that answers again is skipped: what it missed is being queued.
/// The oldest delivery of each peer stays, so that it is still tried.
pub fn discard_old(db: &mut Db, parked_before: Time, limit: i64) -> QueryResult<bool> {
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
    let mut remaining = limit;
    for (id, oldest, n) in waiting {
        if let Some(oldest) = oldest.filter(|_| n > 1 && remaining > 0) {
            let gone = discard(db, id, oldest, remaining)?;
            remaining -= gone;
        }
    }
    Ok(remaining == 0)
}

/// Discards up to `limit` deliveries to a peer, but not its oldest.
fn discard(db: &mut Db, id: PeerId, oldest: DeliveryId, limit: i64) -> QueryResult<i64> {
    let ids: Vec<DeliveryId> = delivery::table
        .filter(delivery::peer_id.eq(id).and(delivery::id.gt(oldest)))
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .limit(limit)
        .select(delivery::id)
        .load(db)?;
    each!(db, c => diesel::delete(delivery::table.filter(delivery::id.eq_any(&ids))).execute(c))?;
    let gone = i64::try_from(ids.len()).unwrap_or(limit);
    diesel::update(peer::table.find(id))
        .set(peer::discarded.eq(peer::discarded + gone))
        .execute(db)?;
    Ok(gone)
}

/// Returns the number of discarded deliveries of each of these peers, where there are any.
pub fn of(db: &mut Db, ids: &[PeerId]) -> QueryResult<HashMap<PeerId, i64>> {
    let rows: Vec<(PeerId, i64)> = each!(db, c => peer::table
        .filter(peer::id.eq_any(ids))
        .filter(peer::discarded.gt(0))
        .select((peer::id, peer::discarded))
        .load(c))?;
    Ok(rows.into_iter().collect())
}
