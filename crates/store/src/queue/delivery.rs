//! Deliveries: one lane a peer, in order within a conversation.

use crate::connection::Db;
use crate::each;
use crate::row::{Activity, Delivery};
use crate::schema::{activity, delivery, peer};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use model::peer::DeliveryState;
use model::{DeliveryId, PeerId, Time};

/// Adds a chunk of deliveries; those that stood already stay.
pub fn enqueue(db: &mut Db, rows: &[Delivery]) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(delivery::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// An older row of the same order key waits: `older` is an alias of `delivery`.
macro_rules! blocked {
    ($older:ident) => {
        $older.filter(
            $older
                .field(delivery::peer_id)
                .eq(delivery::peer_id)
                .and($older.field(delivery::order_key).eq(delivery::order_key))
                .and($older.field(delivery::state).eq(DeliveryState::Waiting))
                .and($older.field(delivery::id).lt(delivery::id)),
        )
    };
}

/// The peers something waits for, each once: the index is entered once a peer, not once a row, and
/// an empty queue costs one look.
const SOMETHING_WAITS: &str = "peer.id IN (\
    WITH RECURSIVE waiting (peer_id) AS (\
        SELECT min(peer_id) FROM delivery WHERE state = 'waiting' \
        UNION ALL \
        SELECT (SELECT min(d.peer_id) FROM delivery d \
                WHERE d.state = 'waiting' AND d.peer_id > waiting.peer_id) \
        FROM waiting WHERE waiting.peer_id IS NOT NULL\
    ) SELECT peer_id FROM waiting WHERE peer_id IS NOT NULL)";

/// Peers that have something to be sent now, may be tried, and whose lane nobody holds. A parked
/// one is tried like any other that fails, with what had waited: two that parked each other
/// would else stay silent for ever.
pub fn free_lanes(db: &mut Db, now: Time, limit: i64) -> QueryResult<Vec<PeerId>> {
    let older = diesel::alias!(delivery as older);
    let waiting = delivery::table
        .filter(
            delivery::peer_id
                .eq(peer::id)
                .and(delivery::state.eq(DeliveryState::Waiting))
                .and(delivery::next_at.le(now)),
        )
        .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))));
    peer::table
        .filter(sql::<Bool>(SOMETHING_WAITS))
        .filter(peer::retry_at.le(now))
        .filter(peer::lane_until.le(now))
        .filter(diesel::dsl::exists(waiting))
        .order(peer::retry_at.asc())
        .limit(limit)
        .select(peer::id)
        .load(db)
}

/// Takes a lane, or keeps it: answers whether it is the holder's until `until`.
pub fn hold_lane(
    db: &mut Db,
    id: PeerId,
    holder: i64,
    now: Time,
    until: Time,
) -> QueryResult<bool> {
    let free = peer::lane_until.le(now).or(peer::lane_holder.eq(holder));
    let held = diesel::update(peer::table.filter(peer::id.eq(id).and(free)))
        .set((peer::lane_holder.eq(holder), peer::lane_until.eq(until)))
        .execute(db)?;
    Ok(held == 1)
}

/// Gives a lane back.
pub fn leave_lane(db: &mut Db, id: PeerId, holder: i64) -> QueryResult<()> {
    diesel::update(peer::table.filter(peer::id.eq(id).and(peer::lane_holder.eq(holder))))
        .set((
            peer::lane_holder.eq(0),
            peer::lane_until.eq(Time::from_unix_millis(0)),
        ))
        .execute(db)?;
    Ok(())
}

/// What may be sent to a peer now: of each order key only the oldest that waits.
pub fn lane(
    db: &mut Db,
    id: PeerId,
    now: Time,
    limit: i64,
) -> QueryResult<Vec<(Delivery, Activity)>> {
    let older = diesel::alias!(delivery as older);
    delivery::table
        .inner_join(activity::table)
        .filter(delivery::peer_id.eq(id))
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .filter(delivery::next_at.le(now))
        .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))))
        .order(delivery::id.asc())
        .limit(limit)
        .select((Delivery::as_select(), Activity::as_select()))
        .load(db)
}

/// It arrived.
pub fn arrived(db: &mut Db, id: DeliveryId) -> QueryResult<()> {
    diesel::delete(delivery::table.find(id)).execute(db)?;
    Ok(())
}

/// The peer refused this one: again at `next_at`, or set aside.
pub fn refused(
    db: &mut Db,
    id: DeliveryId,
    why: &str,
    next_at: Option<Time>,
    now: Time,
) -> QueryResult<()> {
    let state = if next_at.is_some() {
        DeliveryState::Waiting
    } else {
        DeliveryState::Failed
    };
    diesel::update(delivery::table.find(id))
        .set((
            delivery::attempts.eq(delivery::attempts + 1),
            delivery::state.eq(state),
            delivery::next_at.eq(next_at.unwrap_or(now)),
            delivery::last_error.eq(why),
        ))
        .execute(db)?;
    Ok(())
}

/// Tries a delivery that was set aside once more.
pub fn retry(db: &mut Db, id: DeliveryId, now: Time) -> QueryResult<Option<PeerId>> {
    diesel::update(delivery::table.find(id))
        .set((
            delivery::state.eq(DeliveryState::Waiting),
            delivery::attempts.eq(0),
            delivery::next_at.eq(now),
        ))
        .execute(db)?;
    delivery::table
        .find(id)
        .select(delivery::peer_id)
        .first(db)
        .optional()
}

/// Nothing more goes to this inbox: it is gone.
pub fn drop_inbox(db: &mut Db, inbox: &str) -> QueryResult<usize> {
    diesel::delete(delivery::table.filter(delivery::inbox.eq(inbox))).execute(db)
}

/// Deliveries that wait or failed, with the peer's host and the activity's kind.
pub fn list(
    db: &mut Db,
    state: DeliveryState,
    before: DeliveryId,
    limit: i64,
) -> QueryResult<Vec<(Delivery, String, String)>> {
    delivery::table
        .inner_join(activity::table)
        .inner_join(peer::table)
        .filter(delivery::state.eq(state))
        .filter(delivery::id.lt(before))
        .order(delivery::id.desc())
        .limit(limit)
        .select((Delivery::as_select(), peer::host, activity::kind))
        .load(db)
}

/// How many are in a state.
pub fn count(db: &mut Db, state: DeliveryState) -> QueryResult<i64> {
    delivery::table
        .filter(delivery::state.eq(state))
        .count()
        .get_result(db)
}

/// How many could go out now: they wait for nothing older, and their peer is not left alone.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    let older = diesel::alias!(delivery as older);
    delivery::table
        .inner_join(peer::table)
        .filter(
            delivery::state
                .eq(DeliveryState::Waiting)
                .and(delivery::next_at.le(until)),
        )
        .filter(peer::retry_at.le(until))
        .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))))
        .count()
        .get_result(db)
}

/// Gives back every lane: at the start of the only process that delivers.
pub fn release_all(db: &mut Db) -> QueryResult<()> {
    diesel::update(peer::table.filter(peer::lane_holder.ne(0)))
        .set((
            peer::lane_holder.eq(0),
            peer::lane_until.eq(Time::from_unix_millis(0)),
        ))
        .execute(db)?;
    Ok(())
}
