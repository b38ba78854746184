//! Received activities: stored before they are answered, applied once each, in order within a key.
//! They are claimed host by host, so that a flood from one host does not delay the others.

use crate::connection::Db;
use crate::each;
use crate::fragment::{Value, among, predicate, statement};
use crate::retention::{DAY, Retention};
use crate::row::Inbound;
use crate::schema::inbound;
use crate::site;
use diesel::dsl::{case_when, sql};
use diesel::expression::{IntoSql, SqlLiteral};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use model::id::first_of;
use model::peer::InboundState;
use model::{InboundId, Time};
use std::collections::{HashMap, HashSet};

/// The condition of the partial indexes, literally: with a bound value they would not be used.
pub(super) const WAITING: &str = "inbound.state = 'waiting'";
/// Rows whose bodies are loaded together, and the bytes after which no more are loaded.
const CHUNK: usize = 16;
const MAX_BYTES: usize = 16 << 20;
/// A host's share of one claim is a fourth of it, but at least this many rows.
const MIN_SHARE: usize = 32;
/// The setting that holds the id up to which bodies are deleted.
const PRUNED_UP_TO: &str = "inbound_forgotten";

/// Stores a received activity. Returns false for a repeat, which has the same guard.
pub fn insert(db: &mut Db, row: &Inbound) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(inbound::table)
        .values(row)
        .on_conflict(inbound::guard)
        .do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// What a worker asks for when it claims received activities.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The time of the claim.
    pub now: Time,
    /// The end of the lease. `None` where no other process uses this database: then nothing is
    /// written, and the claimer remembers what it holds.
    pub lease: Option<Time>,
    /// The activities that the claimer holds, with their hosts.
    pub held: HashMap<InboundId, String>,
    /// The host that was served last: the claim starts after it.
    pub after: String,
    /// The largest number of rows.
    pub limit: usize,
    /// The largest total of the bodies in bytes; the last chunk of rows may exceed it.
    pub bytes: usize,
    /// The most that the claimer may hold of one host.
    pub per_host: Share,
    /// Hosts that are left out.
    pub excluded_hosts: HashSet<String>,
}

/// A limit on the rows in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Number of rows.
    pub rows: usize,
    /// Total of their bodies in bytes.
    pub bytes: usize,
}

/// Claims due rows, the oldest of each host, the hosts in turn; returns them and the host served
/// last. Rows of one order key come in order, and no other process holds one of them: with a
/// `lease`, a row is left out where another process holds an earlier one of its key.
pub fn claim(db: &mut Db, request: &Claim) -> QueryResult<(Vec<Inbound>, String)> {
    if let (Db::Pg(c), Some(_)) = (&mut *db, request.lease) {
        // One claim at a time: two concurrent ones would not see each other's keys.
        sql_query("SELECT pg_advisory_xact_lock(20261123)").execute(c)?;
    }
    let leased_elsewhere = leased_elsewhere(db, request)?;
    let (ids, last) = choose(db, request, &leased_elsewhere)?;
    let (mut found, mut bytes): (Vec<Inbound>, usize) = (Vec::new(), 0);
    let mut of_host: HashMap<String, usize> = HashMap::new();
    for some in ids.chunks(CHUNK) {
        for row in load(db, some)? {
            let of_this = of_host.entry(row.host.clone()).or_default();
            // Skips later rows of the host as well, or one could overtake it.
            if *of_this >= request.per_host.bytes {
                continue;
            }
            *of_this += size(&row);
            bytes += size(&row);
            found.push(row);
        }
        if bytes >= MAX_BYTES.min(request.bytes) {
            break;
        }
    }
    if let Some(lease) = request.lease {
        let ids: Vec<InboundId> = found.iter().map(|row| row.id).collect();
        lease_until(db, &ids, lease)?;
    }
    Ok((found, last))
}

fn size(row: &Inbound) -> usize {
    row.body.as_ref().map_or(0, String::len)
}

/// The oldest row of each order key that another process holds.
fn leased_elsewhere(db: &mut Db, request: &Claim) -> QueryResult<HashMap<String, InboundId>> {
    let (Db::Pg(c), Some(_)) = (db, request.lease) else {
        return Ok(HashMap::new());
    };
    let own: Vec<InboundId> = request.held.keys().copied().collect();
    let leased: Vec<(InboundId, String)> = inbound::table
        .filter(predicate!(WAITING))
        .filter(inbound::lease_until.gt(request.now))
        .filter(inbound::id.ne_all(own))
        .order(inbound::id.desc())
        .select((inbound::id, inbound::order_key))
        .load(c)?;
    Ok(leased.into_iter().map(|(id, key)| (key, id)).collect())
}

/// Chooses the rows: each host's share, starting after the host served last, once around. Leaves out
/// what comes after a row of its order key that another process holds.
fn choose(
    db: &mut Db,
    request: &Claim,
    leased_elsewhere: &HashMap<String, InboundId>,
) -> QueryResult<(Vec<InboundId>, String)> {
    let share = (request.limit / 4).max(MIN_SHARE);
    let page = request.limit + request.held.len();
    let mut of_host: HashMap<String, usize> = HashMap::new();
    for host in request.held.values() {
        *of_host.entry(host.clone()).or_default() += 1;
    }
    let (mut ids, mut taken): (Vec<InboundId>, HashMap<String, usize>) =
        (Vec::new(), HashMap::new());
    let (mut last, mut wrapped) = (request.after.clone(), request.after.is_empty());
    loop {
        let due = due_after(db, request, &last, page)?;
        let full = due.len() == page;
        for Due {
            id,
            host,
            order_key,
        } in due
        {
            if wrapped && !request.after.is_empty() && host > request.after {
                return Ok((ids, last));
            }
            let held = of_host.get(&host).copied().unwrap_or(0);
            let of_this = taken.entry(host.clone()).or_default();
            let may = share.min(request.per_host.rows.saturating_sub(held));
            let follows = |older: &InboundId| *older < id;
            let blocked = request.excluded_hosts.contains(&host)
                || request.held.contains_key(&id)
                || leased_elsewhere.get(&order_key).is_some_and(follows);
            if *of_this < may && !blocked {
                *of_this += 1;
                ids.push(id);
            }
            last = host;
            if ids.len() >= request.limit {
                return Ok((ids, last));
            }
        }
        match (full, wrapped) {
            (true, _) => {}
            (false, false) => (last, wrapped) = (String::new(), true),
            (false, true) => return Ok((ids, last)),
        }
    }
}

/// A row that is due.
#[derive(Queryable)]
struct Due {
    id: InboundId,
    host: String,
    order_key: String,
}

/// Lists the first due rows that are not leased, of the hosts after this one in text order.
fn due_after(db: &mut Db, request: &Claim, after: &str, limit: usize) -> QueryResult<Vec<Due>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    macro_rules! due {
        ($order_key:expr) => {
            inbound::table
                .filter(predicate!(WAITING))
                .filter(inbound::host.gt(after).and(inbound::run_at.le(request.now)))
                .order((
                    inbound::host.asc(),
                    inbound::run_at.asc(),
                    inbound::id.asc(),
                ))
                .limit(limit)
                .select((inbound::id, inbound::host, $order_key))
        };
    }
    match db {
        Db::Pg(c) => due!(inbound::order_key)
            .filter(inbound::lease_until.le(request.now))
            .load(c),
        // There are no leases on SQLite, so no order key is looked at, and the index alone answers.
        Db::Sqlite(c) => due!("".into_sql::<Text>()).load(c),
    }
}

fn load(db: &mut Db, ids: &[InboundId]) -> QueryResult<Vec<Inbound>> {
    each!(db, c => inbound::table
        .filter(among(inbound::id, ids.iter().copied()))
        .order((inbound::run_at.asc(), inbound::id.asc()))
        .select(Inbound::as_select())
        .load(c))
}

/// Sets the end of the lease of held rows, to renew or release it. Leaves out those that a concurrent
/// transaction completes: to wait for it while it waits for another of these rows would be a deadlock.
pub fn renew_until(db: &mut Db, ids: &[InboundId], lease: Time) -> QueryResult<()> {
    let Db::Pg(c) = db else {
        return Ok(());
    };
    let free: Vec<InboundId> = inbound::table
        .filter(among(inbound::id, ids.iter().copied()))
        .order(inbound::id.asc())
        .select(inbound::id)
        .for_no_key_update()
        .skip_locked()
        .load(c)?;
    lease_until(db, &free, lease)
}

/// Sets the end of the rows' lease.
fn lease_until(db: &mut Db, ids: &[InboundId], lease: Time) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::update(inbound::table.filter(among(inbound::id, ids.iter().copied())))
            .set(inbound::lease_until.eq(lease))
            .execute(c))?;
    }
    Ok(())
}

/// The most bytes of the body of an activity that was ignored or rejected: a longer one is not kept.
const KEPT_BODY_BYTES: i32 = 4_096;
/// The activities of one host that were ignored or rejected, of which that is remembered: they changed
/// nothing, so an older one that comes again is only refused again.
const KEPT_REFUSALS: i64 = 500;
/// The condition of a partial index, literally.
const REFUSED: &str = "inbound.state IN ('ignored', 'rejected')";

#[diesel::declare_sql_function]
extern "SQL" {
    fn octet_length(body: Nullable<Text>) -> Nullable<Integer>;
}

/// Records how an activity ended, and why, in the transaction of its verb where there is one. Its body is
/// dropped, but for that of a short one that was ignored or rejected; of these, only the newest of a host
/// are kept, so that nobody fills the disk with what was received.
/// Returns false where it had ended already: then it must not be applied again.
pub fn finish(
    db: &mut Db,
    id: InboundId,
    state: InboundState,
    reason: Option<&str>,
) -> QueryResult<bool> {
    if state == InboundState::Done && reason.is_none() {
        let done = statement!(
            "UPDATE inbound SET state = 'done', reason = NULL, body = NULL \
             WHERE id = ? AND state = 'waiting'",
            [Value::BigInt(id.0)]
        );
        return Ok(each!(db, c => done.execute(c))? == 1);
    }
    let row = inbound::table
        .find(id)
        .filter(inbound::state.eq(InboundState::Waiting));
    let is_refused = matches!(state, InboundState::Ignored | InboundState::Rejected);
    let longest = if is_refused { KEPT_BODY_BYTES } else { 0 };
    let is_long = octet_length(inbound::body).gt(longest);
    let kept =
        case_when(is_long, None::<String>.into_sql::<Nullable<Text>>()).otherwise(inbound::body);
    let ended = each!(db, c => diesel::update(row)
        .set((
            inbound::state.eq(state),
            inbound::reason.eq(reason),
            inbound::body.eq(kept),
        ))
        .execute(c))?;
    if ended == 1 && is_refused {
        forget_oldest_refusal(db, id)?;
    }
    Ok(ended == 1)
}

/// Deletes the row that is one too many since this one of its host was ignored or rejected.
fn forget_oldest_refusal(db: &mut Db, newest: InboundId) -> QueryResult<()> {
    let host: String = each!(db, c => inbound::table.find(newest).select(inbound::host).first(c))?;
    let surplus: Option<InboundId> = each!(db, c => inbound::table
        .filter(predicate!(REFUSED))
        .filter(inbound::host.eq(&host))
        .order(inbound::id.desc())
        .offset(KEPT_REFUSALS)
        .limit(1)
        .select(inbound::id)
        .first(c)
        .optional())?;
    if let Some(surplus) = surplus {
        each!(db, c => diesel::delete(inbound::table.find(surplus)).execute(c))?;
    }
    Ok(())
}

/// Drops the bodies of activities that have ended and name an object. It reads every row that has a body:
/// for what is done rarely.
pub fn drop_bodies_naming(db: &mut Db, ap_id: &str) -> QueryResult<()> {
    let escaped = ap_id
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let rows = inbound::table
        .filter(inbound::state.ne(InboundState::Waiting))
        .filter(inbound::body.like(format!("%{escaped}%")).escape('\\'));
    diesel::update(rows)
        .set(inbound::body.eq(None::<String>))
        .execute(db)?;
    Ok(())
}

/// Returns true where the activity has not ended.
pub fn is_waiting(db: &mut Db, id: InboundId) -> QueryResult<bool> {
    let state: Option<InboundState> = inbound::table
        .find(id)
        .select(inbound::state)
        .first(db)
        .optional()?;
    Ok(state == Some(InboundState::Waiting))
}

/// Counts the activities due by `until`, leased or not.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    each!(db, c => inbound::table
        .filter(predicate!(WAITING))
        .filter(inbound::run_at.le(until))
        .count()
        .get_result(c))
}

/// A count from a raw query.
#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The largest size of a body, from which a number of bytes implies a number of rows.
const MAX_BODY_BYTES: i64 = 1 << 20;

/// Returns true where at least `rows` activities of a host wait, or `bytes` of their bodies.
pub fn exceeds_backlog(db: &mut Db, host: &str, rows: i64, bytes: i64) -> QueryResult<bool> {
    let many = counted(db, host, "count(*)", "1", rows)?;
    // Few rows cannot exceed the bytes, and many exceed the rows: their bodies need not be read.
    if many >= rows || many < bytes / MAX_BODY_BYTES {
        return Ok(many >= rows);
    }
    let sum = "CAST(coalesce(sum(size), 0) AS BIGINT)";
    Ok(counted(db, host, sum, "octet_length(body) AS size", rows)? >= bytes)
}

/// Aggregates at most `most` waiting rows of a host.
fn counted(db: &mut Db, host: &str, what: &str, of: &str, most: i64) -> QueryResult<i64> {
    let query = |place: &str| {
        sql_query(format!(
            "SELECT {what} AS n FROM (SELECT {of} FROM inbound \
             WHERE state = 'waiting' AND host = {place} LIMIT {most}) AS waiting"
        ))
        .bind::<Text, _>(host)
    };
    let counted: Counted = match db {
        Db::Pg(c) => query("$1").get_result(c)?,
        Db::Sqlite(c) => query("?").get_result(c)?,
    };
    Ok(counted.n)
}

/// The condition that a row is in a state. SQLite takes a partial index only where its own condition is said
/// as well.
fn in_state(state: InboundState) -> SqlLiteral<Bool> {
    let is_refused = matches!(state, InboundState::Ignored | InboundState::Rejected);
    let of_index = if is_refused { REFUSED } else { "1 = 1" };
    sql(&format!("(inbound.state = '{state}' AND {of_index})"))
}

/// Lists the activities in a state, newest first.
pub fn list(
    db: &mut Db,
    state: InboundState,
    before: InboundId,
    limit: i64,
) -> QueryResult<Vec<Inbound>> {
    each!(db, c => inbound::table
        .filter(in_state(state))
        .filter(inbound::id.lt(before))
        .order(inbound::id.desc())
        .limit(limit)
        .select(Inbound::as_select())
        .load(c))
}

/// Counts the activities in a state.
pub fn count(db: &mut Db, state: InboundState) -> QueryResult<i64> {
    each!(db, c => inbound::table
        .filter(in_state(state))
        .count()
        .get_result(c))
}

/// Received bytes are kept for a week.
pub(crate) const BODY_RETENTION: Retention = Retention {
    name: "inbound bodies",
    keep_seconds: 7 * DAY,
    delete: prune_bodies,
};

/// Forgets the bytes of at most `limit` that came before `before` and have ended; answers whether
/// there may be more. Goes on where it stopped the last time, so that what is bare already is not
/// looked at again.
pub fn prune_bodies(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let done = site::get(db, PRUNED_UP_TO)?;
    let done = InboundId(done.and_then(|text| text.parse().ok()).unwrap_or(0));
    let ids: Vec<InboundId> = inbound::table
        .filter(inbound::id.gt(done))
        .filter(inbound::id.lt(first_of::<InboundId>(before)))
        .order(inbound::id.asc())
        .limit(limit)
        .select(inbound::id)
        .load(db)?;
    let Some(last) = ids.last().copied() else {
        return Ok(false);
    };
    let ended = inbound::table.filter(
        inbound::id
            .gt(done)
            .and(inbound::id.le(last))
            .and(inbound::state.ne(InboundState::Waiting)),
    );
    diesel::update(ended)
        .set(inbound::body.eq(None::<String>))
        .execute(db)?;
    site::put(db, PRUNED_UP_TO, &last.to_string())?;
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == limit))
}

/// That an activity was received is remembered for a month.
pub(crate) const RETENTION: Retention = Retention {
    name: "inbound",
    keep_seconds: 30 * DAY,
    delete: prune,
};

/// Forgets that at most `limit` came before `before`, where they have ended; answers whether
/// there may be more.
pub fn prune(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let ids: Vec<InboundId> = inbound::table
        .filter(inbound::id.lt(first_of::<InboundId>(before)))
        .filter(inbound::state.ne(InboundState::Waiting))
        .order(inbound::id.asc())
        .limit(limit)
        .select(inbound::id)
        .load(db)?;
    each!(db, c => diesel::delete(inbound::table.filter(among(inbound::id, ids.iter().copied()))).execute(c))?;
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == limit))
}

#[cfg(test)]
mod tests;
