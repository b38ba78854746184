//! Deliveries: one lane a peer, in order within a conversation.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::retention::{DAY, Retention};
use crate::row::{Delivery, Peer};
use crate::schema::{activity, delivery, peer};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Timestamp};
use model::peer::DeliveryState;
use model::{DeliveryId, PeerId, Time};
use std::collections::HashSet;

/// Adds a chunk of deliveries; those that stood already stay.
pub fn enqueue(db: &mut Db, rows: &[Delivery]) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(delivery::table)
        .values(rows)
        .on_conflict((delivery::activity_id, delivery::inbox))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// The peers something waits for, in the order of their ids after `$1`, each once: the index is
/// entered once a peer, not once a row. Both databases take no more of them than are asked for.
const WAITING: &str = "WITH RECURSIVE waiting (peer_id) AS (\
        SELECT min(peer_id) FROM delivery WHERE state = 'waiting' AND peer_id > $1 \
        UNION ALL \
        SELECT (SELECT min(d.peer_id) FROM delivery d \
                WHERE d.state = 'waiting' AND d.peer_id > waiting.peer_id) \
        FROM waiting WHERE waiting.peer_id IS NOT NULL\
    ) SELECT peer.id AS id FROM waiting CROSS JOIN peer \
    WHERE peer.id = waiting.peer_id AND peer.retry_at <= $2 AND peer.lane_until <= $3 \
    AND EXISTS (SELECT 1 FROM delivery d \
        WHERE d.state = 'waiting' AND d.peer_id = peer.id AND d.next_at <= $4)";

/// Which peers are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Those that took what they were sent last.
    Well,
    /// Those that did not.
    Failing,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: PeerId,
}

/// Peers after `after`, in the order of their ids, that something waits for, that may be tried
/// now, and whose lane nobody holds. It may have to wait for what is older in its conversation: see
/// [`due`]. A parked one is tried like any other that fails, with what had waited: two that parked
/// each other would else stay silent for ever.
pub fn free_lanes(
    db: &mut Db,
    health: Health,
    after: PeerId,
    now: Time,
    limit: i64,
) -> QueryResult<Vec<Peer>> {
    let health = match health {
        Health::Well => "peer.failures = 0",
        Health::Failing => "peer.failures > 0",
    };
    let query = format!("{WAITING} AND {health} LIMIT $5");
    let found: Vec<Found> = each!(db, c => sql_query(&query)
        .bind::<BigInt, _>(after)
        .bind::<Timestamp, _>(now)
        .bind::<Timestamp, _>(now)
        .bind::<Timestamp, _>(now)
        .bind::<BigInt, _>(limit)
        .load(c))?;
    let ids: Vec<PeerId> = found.into_iter().map(|found| found.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    each!(db, c => peer::table
        .filter(among(peer::id, ids.iter().copied()))
        .order(peer::id.asc())
        .select(Peer::as_select())
        .load(c))
}

/// Takes lanes, or keeps them, until `until`; answers those that are the holder's now.
pub fn hold(
    db: &mut Db,
    ids: &[PeerId],
    holder: i64,
    now: Time,
    until: Time,
) -> QueryResult<HashSet<PeerId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let free = peer::lane_until.le(now).or(peer::lane_holder.eq(holder));
    let held = each!(db, c => diesel::update(peer::table.filter(among(peer::id, ids.iter().copied())).filter(free))
        .set((peer::lane_holder.eq(holder), peer::lane_until.eq(until)))
        .execute(c))?;
    if held == ids.len() {
        return Ok(ids.iter().copied().collect());
    }
    let ours: Vec<PeerId> = each!(db, c => peer::table
        .filter(among(peer::id, ids.iter().copied()))
        .filter(peer::lane_holder.eq(holder))
        .select(peer::id)
        .load(c))?;
    Ok(ours.into_iter().collect())
}

/// Gives lanes back.
pub fn leave(db: &mut Db, ids: &[PeerId], holder: i64) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let ours = among(peer::id, ids.iter().copied());
    each!(db, c => diesel::update(peer::table.filter(ours).filter(peer::lane_holder.eq(holder)))
        .set((
            peer::lane_holder.eq(0),
            peer::lane_until.eq(Time::from_unix_millis(0)),
        ))
        .execute(c))?;
    Ok(())
}

/// What is left out of a look at a lane.
#[derive(Debug, Clone, Default)]
pub struct Busy {
    /// On their way: they are not due, what comes after them is.
    pub rows: HashSet<DeliveryId>,
    /// Conversations that must wait.
    pub keys: HashSet<String>,
}

/// Rows read at a time, oldest first.
pub const LOOK: usize = 64;
/// Conversations looked through, beyond those rows, for one that need not wait.
const KEYS_LOOK: usize = 256;
/// Where those rows are of fewer conversations, others are looked for.
const SIDE_BY_SIDE: usize = 4;

/// What waits for a peer and may be sent now, oldest first: of each conversation that need not
/// wait its oldest rows, which are to be sent one after another. Up to [`LOOK`] rows are read; where
/// they are of few conversations, the heads of others, so that a long backlog of one holds up no
/// other. Answers also whether there may be more.
pub fn due(db: &mut Db, id: PeerId, now: Time, busy: &Busy) -> QueryResult<(Vec<Delivery>, bool)> {
    let limit = i64::try_from(LOOK).unwrap_or(i64::MAX);
    let oldest: Vec<Delivery> = delivery::table
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .filter(delivery::peer_id.eq(id))
        .order(delivery::id.asc())
        .limit(limit)
        .select(Delivery::as_select())
        .load(db)?;
    let more = oldest.len() == LOOK;
    let mut shut = busy.keys.clone();
    let mut due = Vec::with_capacity(oldest.len());
    for row in oldest {
        if busy.rows.contains(&row.id) || shut.contains(&row.order_key) {
            continue;
        }
        if row.next_at <= now {
            due.push(row);
        } else {
            shut.insert(row.order_key);
        }
    }
    if more {
        let found: HashSet<&String> = due.iter().map(|row| &row.order_key).collect();
        if found.len() < SIDE_BY_SIDE {
            shut.extend(found.into_iter().cloned());
            due.extend(heads(db, id, now, busy, &shut)?);
        }
    }
    Ok((due, more))
}

/// The oldest row of each conversation that need not wait, in the order of their keys.
fn heads(
    db: &mut Db,
    id: PeerId,
    now: Time,
    busy: &Busy,
    passed: &HashSet<String>,
) -> QueryResult<Vec<Delivery>> {
    let (mut heads, mut after) = (Vec::new(), String::new());
    for _ in 0..KEYS_LOOK {
        let head: Option<Delivery> = delivery::table
            .filter(delivery::peer_id.eq(id))
            .filter(delivery::order_key.gt(&after))
            .filter(delivery::state.eq(DeliveryState::Waiting))
            .order((delivery::order_key.asc(), delivery::id.asc()))
            .select(Delivery::as_select())
            .first(db)
            .optional()?;
        let Some(head) = head else { break };
        after.clone_from(&head.order_key);
        let waits = passed.contains(&head.order_key) || busy.rows.contains(&head.id);
        if !waits && head.next_at <= now {
            heads.push(head);
        }
        if heads.len() >= LOOK {
            break;
        }
    }
    Ok(heads)
}

/// They arrived.
pub fn arrived(db: &mut Db, ids: &[DeliveryId]) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::delete(delivery::table.filter(among(delivery::id, ids.iter().copied()))).execute(c))?;
    }
    Ok(())
}

/// The peer took nothing while this one was tried: not before `next_at`, so that the next probe is
/// another's.
pub fn postpone(db: &mut Db, id: DeliveryId, why: &str, next_at: Time) -> QueryResult<()> {
    diesel::update(delivery::table.find(id))
        .set((delivery::next_at.eq(next_at), delivery::last_error.eq(why)))
        .execute(db)?;
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
            delivery::last_error.eq(None::<String>),
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

/// To how many peers something could go out by `until`, whether or not somebody is at it.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    let peers: Vec<PeerId> = delivery::table
        .inner_join(peer::table)
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .filter(delivery::next_at.le(until))
        .filter(peer::retry_at.le(until))
        .select(delivery::peer_id)
        .distinct()
        .load(db)?;
    let mut count = 0;
    for id in peers {
        let (rows, _) = due(db, id, until, &Busy::default())?;
        count += i64::from(!rows.is_empty());
    }
    Ok(count)
}

/// Frees every lane: at the start of the only process that delivers. Who held one stays written
/// there, so that what was on its way is known to be doubtful.
pub fn release_all(db: &mut Db) -> QueryResult<()> {
    diesel::update(peer::table.filter(peer::lane_holder.ne(0)))
        .set(peer::lane_until.eq(Time::from_unix_millis(0)))
        .execute(db)?;
    Ok(())
}

/// Deliveries that were set aside are kept for a month.
pub(crate) const FAILED_RETENTION: Retention = Retention {
    name: "failed deliveries",
    keep_seconds: 30 * DAY,
    delete: forget_failed,
};

/// Forgets what was set aside before `before`; whether there may be more.
pub fn forget_failed(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let ids: Vec<DeliveryId> = delivery::table
        .filter(delivery::state.eq(DeliveryState::Failed))
        .filter(delivery::next_at.lt(before))
        .limit(limit)
        .select(delivery::id)
        .load(db)?;
    arrived(db, &ids)?;
    Ok(i64::try_from(ids.len()).unwrap_or(0) >= limit)
}
