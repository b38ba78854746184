//! Deliveries: one lane for each peer, in order within an order key (a conversation).

use crate::connection::Db;
use crate::each;
use crate::fragment::{Value, among, among_texts, statement};
use crate::peer::refused_form;
use crate::retention::{DAY, Retention};
use crate::row::{Delivery, Peer};
use crate::schema::{activity, delivery, peer};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use model::peer::{AnnounceForm, DeliveryState};
use model::{ActivityId, DeliveryId, PeerId, Time};
use std::collections::{HashMap, HashSet};

/// Inserts deliveries; an existing (activity, inbox) pair is left as it is.
pub fn enqueue(db: &mut Db, rows: &[Delivery]) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(delivery::table)
        .values(rows)
        .on_conflict((delivery::activity_id, delivery::inbox))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Which of these posts deliveries to a peer publish that have not arrived: waiting ones first.
pub fn publishing(
    db: &mut Db,
    peer: PeerId,
    subjects: &[&str],
) -> QueryResult<Vec<(String, DeliveryState)>> {
    let mut rows: Vec<(String, DeliveryState)> = each!(db, c => delivery::table
        .inner_join(activity::table)
        .filter(activity::kind.eq("Create"))
        .filter(delivery::peer_id.eq(peer))
        .filter(among_texts(delivery::subject, subjects.iter().copied()))
        .select((delivery::subject, delivery::state))
        .distinct()
        .load(c))?;
    rows.sort_unstable_by_key(|(_, state)| *state != DeliveryState::Waiting);
    Ok(rows)
}

/// A delivery that was withdrawn, with what tells whether its inbox may have the activity.
#[derive(Debug, Clone, Queryable)]
pub struct Withdrawn {
    pub inbox: String,
    /// Why it was last postponed or refused.
    pub last_error: Option<String>,
    /// When its peer last accepted a delivery, as far as recorded.
    pub accepted_at: Option<Time>,
    /// The lease of the peer's lane; 0 where nothing can be in flight to it.
    pub lane_holder: i64,
}

/// Deletes the deliveries of these activities, waiting or set aside, and returns them.
pub fn withdraw(db: &mut Db, activities: &[ActivityId]) -> QueryResult<Vec<Withdrawn>> {
    let found: Vec<Withdrawn> = each!(db, c => delivery::table
        .inner_join(peer::table)
        .filter(among(delivery::activity_id, activities.iter().copied()))
        .select((
            delivery::inbox,
            delivery::last_error,
            peer::accepted_at,
            peer::lane_holder,
        ))
        .load(c))?;
    delete_of(db, activities)?;
    Ok(found)
}

/// Deletes the deliveries of these activities, waiting or set aside.
pub(super) fn delete_of(db: &mut Db, activities: &[ActivityId]) -> QueryResult<()> {
    each!(db, c => diesel::delete(
        delivery::table.filter(among(delivery::activity_id, activities.iter().copied())))
        .execute(c))?;
    Ok(())
}

/// The peers with waiting deliveries after `$1`, by id: a loose index scan, which enters the index
/// once for each peer instead of once for each row. Both databases stop at the limit.
macro_rules! peers_with_waiting {
    ($health:literal) => {
        concat!(
            "WITH RECURSIVE waiting (peer_id) AS (\
        SELECT min(peer_id) FROM delivery WHERE state = 'waiting' AND peer_id > ? \
        UNION ALL \
        SELECT (SELECT min(d.peer_id) FROM delivery d \
                WHERE d.state = 'waiting' AND d.peer_id > waiting.peer_id) \
        FROM waiting WHERE waiting.peer_id IS NOT NULL\
    ) SELECT peer.id AS id FROM waiting CROSS JOIN peer \
    WHERE peer.id = waiting.peer_id AND peer.retry_at <= ? AND peer.lane_until <= ? \
    AND EXISTS (SELECT 1 FROM delivery d \
        WHERE d.state = 'waiting' AND d.peer_id = peer.id AND d.next_at <= ?) AND ",
            $health,
            " LIMIT ?"
        )
    };
}

/// Which peers [`free_lanes`] returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Peers whose last delivery succeeded.
    Healthy,
    /// Peers whose last delivery failed.
    Failing,
}

#[derive(QueryableByName)]
struct PeerWithWaiting {
    #[diesel(sql_type = BigInt)]
    id: PeerId,
}

/// Lists the peers after `after`, by id, that have waiting deliveries, whose back-off is over and
/// whose lane is not leased. What waits may be blocked by an older delivery of its order key: see
/// [`due`]. A parked peer is tried like any other failing one: two peers that parked each other
/// would otherwise never speak again.
pub fn free_lanes(
    db: &mut Db,
    health: Health,
    after: PeerId,
    now: Time,
    limit: i64,
) -> QueryResult<Vec<Peer>> {
    let values = vec![
        Value::BigInt(after.0),
        Value::Timestamp(now),
        Value::Timestamp(now),
        Value::Timestamp(now),
        Value::BigInt(limit),
    ];
    let found: Vec<PeerWithWaiting> = match health {
        Health::Healthy => {
            let query = statement!(peers_with_waiting!("peer.failures = 0"), values);
            each!(db, c => query.load(c))?
        }
        Health::Failing => {
            let query = statement!(peers_with_waiting!("peer.failures > 0"), values);
            each!(db, c => query.load(c))?
        }
    };
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

/// Leases lanes, or renews their leases, until `until`; returns those that the holder has now.
pub fn lease_lanes(
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

/// Releases the holder's leases on lanes.
pub fn release_lanes(db: &mut Db, ids: &[PeerId], holder: i64) -> QueryResult<()> {
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

/// What [`due`] leaves out.
#[derive(Debug, Clone, Default)]
pub struct Busy {
    /// Deliveries in flight; those behind them are due.
    pub rows: HashSet<DeliveryId>,
    /// Order keys of which nothing is sent now.
    pub keys: HashSet<String>,
    /// Subjects of which nothing is sent now: a delivery about them waits for its next try.
    pub subjects: HashSet<String>,
}

impl Busy {
    fn holds(&self, row: &Delivery) -> bool {
        self.rows.contains(&row.id)
            || self.keys.contains(&row.order_key)
            || self.subjects.contains(&row.subject)
    }
}

/// Rows that [`due`] reads at a time, oldest first.
pub const SCAN_ROWS: usize = 64;
/// Order keys that [`due`] scans, beyond those rows, for one that is not blocked.
const SCAN_KEYS: usize = 256;
/// Where those rows have fewer order keys than this, others are scanned for.
const MIN_KEYS: usize = 4;

/// Lists the deliveries that may be sent to a peer now, oldest first: those of one order key must be
/// sent one after another. A row that waits for its next try blocks only those about the same subject:
/// the Update of what was refused, or its Undo. Reads up to [`SCAN_ROWS`] rows; where they have few order
/// keys, also the heads of others, so that a long backlog of one conversation does not delay the
/// others. Returns also whether there may be more.
pub fn due(db: &mut Db, id: PeerId, now: Time, busy: &Busy) -> QueryResult<(Vec<Delivery>, bool)> {
    let limit = i64::try_from(SCAN_ROWS).unwrap_or(i64::MAX);
    let oldest: Vec<Delivery> = delivery::table
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .filter(delivery::peer_id.eq(id))
        .order(delivery::id.asc())
        .limit(limit)
        .select(Delivery::as_select())
        .load(db)?;
    let more = oldest.len() == SCAN_ROWS;
    let mut busy = busy.clone();
    let mut due = Vec::with_capacity(oldest.len());
    for row in oldest {
        if busy.holds(&row) {
            continue;
        }
        if row.next_at <= now {
            due.push(row);
        } else {
            busy.subjects.insert(row.subject);
        }
    }
    if more {
        let keys: HashSet<&String> = due.iter().map(|row| &row.order_key).collect();
        if keys.len() < MIN_KEYS {
            busy.keys.extend(keys.into_iter().cloned());
            due.extend(heads(db, id, now, &busy)?);
        }
    }
    Ok((due, more))
}

/// Lists the oldest due row of each order key, by key, where it is not busy and nothing about its subject
/// waits before it.
fn heads(db: &mut Db, id: PeerId, now: Time, busy: &Busy) -> QueryResult<Vec<Delivery>> {
    let (mut heads, mut after) = (Vec::new(), String::new());
    for _ in 0..SCAN_KEYS {
        let head: Option<Delivery> = delivery::table
            .filter(delivery::peer_id.eq(id))
            .filter(delivery::order_key.gt(&after))
            .filter(delivery::state.eq(DeliveryState::Waiting))
            .filter(delivery::next_at.le(now))
            .order((delivery::order_key.asc(), delivery::id.asc()))
            .select(Delivery::as_select())
            .first(db)
            .optional()?;
        let Some(head) = head else { break };
        after.clone_from(&head.order_key);
        if !busy.holds(&head) && !waits_for_another(db, &head)? {
            heads.push(head);
        }
        if heads.len() >= SCAN_ROWS {
            break;
        }
    }
    Ok(heads)
}

/// Whether an older delivery to the same peer about the same subject waits.
fn waits_for_another(db: &mut Db, row: &Delivery) -> QueryResult<bool> {
    let older: i64 = delivery::table
        .filter(delivery::peer_id.eq(row.peer_id))
        .filter(delivery::subject.eq(&row.subject))
        .filter(delivery::state.eq(DeliveryState::Waiting))
        .filter(delivery::id.lt(row.id))
        .count()
        .get_result(db)?;
    Ok(older > 0)
}

/// Ends the deliveries to a peer of activities that have one of these ids, or are about one of these
/// subjects and of the given kind: the peer has answered them by an activity of its own. Returns how
/// many.
pub fn answered(
    db: &mut Db,
    peer: PeerId,
    kind: &str,
    ids: &[String],
    now: Time,
) -> QueryResult<usize> {
    let mut count = 0;
    for id in ids {
        let is_meant = activity::ap_id.eq(id).or(activity::subject.eq(id));
        let found: Vec<(DeliveryId, Option<AnnounceForm>)> = delivery::table
            .inner_join(activity::table)
            .filter(delivery::peer_id.eq(peer))
            .filter(delivery::state.eq(DeliveryState::Waiting))
            .filter(activity::kind.eq(kind))
            .filter(is_meant)
            .select((delivery::id, delivery::form))
            .load(db)?;
        for form in found.iter().filter_map(|(_, form)| *form) {
            refused_form::record(db, peer, form, now)?;
        }
        let found: Vec<DeliveryId> = found.into_iter().map(|(id, _)| id).collect();
        delete_delivered(db, &found)?;
        count += found.len();
    }
    Ok(count)
}

/// Deletes deliveries that the peer has accepted.
pub fn delete_delivered(db: &mut Db, ids: &[DeliveryId]) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::delete(delivery::table.filter(among(delivery::id, ids.iter().copied()))).execute(c))?;
    }
    Ok(())
}

/// Postpones a delivery to a failing peer to `next_at`, so that the next probe sends another one.
pub fn postpone(db: &mut Db, id: DeliveryId, why: &str, next_at: Time) -> QueryResult<()> {
    diesel::update(delivery::table.find(id))
        .set((delivery::next_at.eq(next_at), delivery::last_error.eq(why)))
        .execute(db)?;
    Ok(())
}

/// Records that the peer refused a delivery: it is tried again at `next_at`, or else set aside.
pub fn record_refusal(
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

/// Queues a delivery that was set aside again. Returns its peer.
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

/// Deletes all deliveries to an inbox that no longer exists.
pub fn drop_inbox(db: &mut Db, inbox: &str) -> QueryResult<usize> {
    diesel::delete(delivery::table.filter(delivery::inbox.eq(inbox))).execute(db)
}

/// Lists deliveries in a state, newest first, with the peer's host and the activity's kind. What waits for
/// its peer, or for another delivery about the same subject, has the reason and the time of that.
pub fn list(
    db: &mut Db,
    state: DeliveryState,
    before: DeliveryId,
    limit: i64,
) -> QueryResult<Vec<(Delivery, String, String)>> {
    let found: Vec<(Delivery, String, String, Time, Option<String>)> = delivery::table
        .inner_join(activity::table)
        .inner_join(peer::table)
        .filter(delivery::state.eq(state))
        .filter(delivery::id.lt(before))
        .order(delivery::id.desc())
        .limit(limit)
        .select((
            Delivery::as_select(),
            peer::host,
            activity::kind,
            peer::retry_at,
            peer::last_error,
        ))
        .load(db)?;
    let mut ahead: HashMap<(PeerId, String), (Time, Option<String>)> = HashMap::new();
    let mut listed = Vec::with_capacity(found.len());
    for (mut row, host, kind, retry_at, peer_error) in found.into_iter().rev() {
        if state == DeliveryState::Waiting {
            let of_peer = (retry_at, peer_error);
            let before = ahead.get(&(row.peer_id, row.subject.clone())).cloned();
            for (until, why) in before.into_iter().chain([of_peer]) {
                if until > row.next_at {
                    row.next_at = until;
                    row.last_error = row.last_error.or(why);
                }
            }
            let waits = (row.next_at, row.last_error.clone());
            ahead.insert((row.peer_id, row.subject.clone()), waits);
        }
        listed.push((row, host, kind));
    }
    listed.reverse();
    Ok(listed)
}

/// Counts the deliveries in a state.
pub fn count(db: &mut Db, state: DeliveryState) -> QueryResult<i64> {
    delivery::table
        .filter(delivery::state.eq(state))
        .count()
        .get_result(db)
}

/// Counts the peers that have a delivery due by `until`, leased or not.
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

/// Ends the lease of every lane: at the start of the only process that delivers. The holder stays
/// recorded, so that deliveries that were in flight are known to be uncertain.
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
    delete: prune_failed,
};

/// Deletes deliveries set aside before `before`; returns whether there may be more.
pub fn prune_failed(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let ids: Vec<DeliveryId> = delivery::table
        .filter(delivery::state.eq(DeliveryState::Failed))
        .filter(delivery::next_at.lt(before))
        .limit(limit)
        .select(delivery::id)
        .load(db)?;
    delete_delivered(db, &ids)?;
    Ok(i64::try_from(ids.len()).unwrap_or(0) >= limit)
}
