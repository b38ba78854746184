//! Received activities: kept before they are answered, taken in once each, in order within a key.
//! Those that wait are found host by host, so that a flood from one holds up nobody else's.

use crate::connection::Db;
use crate::each;
use crate::fragment::{among, fixed};
use crate::retention::{DAY, Retention};
use crate::row::Inbound;
use crate::schema::inbound;
use crate::site;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};
use model::id::first_of;
use model::peer::InboundState;
use model::{InboundId, Time};
use std::collections::{HashMap, HashSet};

/// As the partial indexes say it: a bound value would not be seen to fit them.
const WAITING: &str = "inbound.state = 'waiting'";
/// Rows whose bytes are loaded together, and the bytes after which no more are.
const CHUNK: usize = 16;
const BYTES: usize = 16 << 20;
/// A host's share of one claim is a fourth of it, and no less than this.
const SHARE: usize = 32;
/// Up to which id the bytes of what has ended are forgotten.
const FORGOTTEN: &str = "inbound_forgotten";

/// Keeps a received activity; a repeat (of its guard) changes nothing and answers `false`.
pub fn insert(db: &mut Db, row: &Inbound) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(inbound::table)
        .values(row)
        .on_conflict(inbound::guard)
        .do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// What somebody who works on received activities asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Now.
    pub now: Time,
    /// Until when others leave what is claimed alone. `None` where nobody else works on this
    /// database: then nothing is written, and what is held is known to its holder.
    pub lease: Option<Time>,
    /// What the asker holds already, with its host.
    pub held: HashMap<InboundId, String>,
    /// The host that was served last: its turn comes after the others'.
    pub after: String,
    /// How many at most.
    pub limit: usize,
    /// Bytes of bodies at most, but for the last few rows.
    pub bytes: usize,
    /// What the asker would hold of one host at most.
    pub of_a_host: Share,
    /// Hosts of which nothing is asked for now.
    pub without: HashSet<String>,
}

/// A part of what may be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Rows.
    pub rows: usize,
    /// Bytes of their bodies.
    pub bytes: usize,
}

/// Rows that are due, of each host the oldest, the hosts in turn; and the host served last. Of an
/// order key the rows come in order, and all that are unfinished are the asker's: where others
/// work on this database too (`lease`), none is given whose key somebody else is at work on.
pub fn claim(db: &mut Db, asked: &Claim) -> QueryResult<(Vec<Inbound>, String)> {
    if let (Db::Pg(c), Some(_)) = (&mut *db, asked.lease) {
        // One claim at a time: two at once would not see each other's keys.
        sql_query("SELECT pg_advisory_xact_lock(20261123)").execute(c)?;
    }
    let (ids, last) = choose(db, asked)?;
    let (mut found, mut bytes): (Vec<Inbound>, usize) = (Vec::new(), 0);
    let mut of_host: HashMap<String, usize> = HashMap::new();
    for some in ids.chunks(CHUNK) {
        for row in load(db, some)? {
            let of_this = of_host.entry(row.host.clone()).or_default();
            // Nor what comes after it, or that would pass it.
            if *of_this >= asked.of_a_host.bytes {
                continue;
            }
            *of_this += size(&row);
            bytes += size(&row);
            found.push(row);
        }
        if bytes >= BYTES.min(asked.bytes) {
            break;
        }
    }
    if let Some(lease) = asked.lease {
        let ids: Vec<InboundId> = found.iter().map(|row| row.id).collect();
        lease_until(db, &ids, lease)?;
    }
    Ok((found, last))
}

fn size(row: &Inbound) -> usize {
    row.body.as_ref().map_or(0, String::len)
}

/// Which rows: each host's share, from the host after the one served last, once around.
fn choose(db: &mut Db, asked: &Claim) -> QueryResult<(Vec<InboundId>, String)> {
    let share = (asked.limit / 4).max(SHARE);
    let page = asked.limit + asked.held.len();
    let mut of_host: HashMap<String, usize> = HashMap::new();
    for host in asked.held.values() {
        *of_host.entry(host.clone()).or_default() += 1;
    }
    let (mut ids, mut taken): (Vec<InboundId>, HashMap<String, usize>) =
        (Vec::new(), HashMap::new());
    let (mut last, mut wrapped) = (asked.after.clone(), asked.after.is_empty());
    loop {
        let due = due_after(db, asked, &last, page)?;
        let full = due.len() == page;
        for (id, host) in due {
            if wrapped && !asked.after.is_empty() && host > asked.after {
                return Ok((ids, last));
            }
            let held = of_host.get(&host).copied().unwrap_or(0);
            let of_this = taken.entry(host.clone()).or_default();
            let may = share.min(asked.of_a_host.rows.saturating_sub(held));
            let may = if asked.without.contains(&host) {
                0
            } else {
                may
            };
            if *of_this < may && !asked.held.contains_key(&id) {
                *of_this += 1;
                ids.push(id);
            }
            last = host;
            if ids.len() >= asked.limit {
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

/// The first that are due and leased by nobody, of the hosts after this one in text order.
fn due_after(
    db: &mut Db,
    asked: &Claim,
    after: &str,
    limit: usize,
) -> QueryResult<Vec<(InboundId, String)>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    macro_rules! due {
        () => {
            inbound::table
                .filter(fixed::<Bool>(WAITING))
                .filter(inbound::host.gt(after).and(inbound::run_at.le(asked.now)))
                .order((
                    inbound::host.asc(),
                    inbound::run_at.asc(),
                    inbound::id.asc(),
                ))
                .limit(limit)
                .select((inbound::id, inbound::host))
        };
    }
    match db {
        Db::Pg(c) => {
            let held: Vec<InboundId> = asked.held.keys().copied().collect();
            let older = diesel::alias!(inbound as older);
            let elsewhere = older
                .filter(fixed::<Bool>("older.state = 'waiting'"))
                .filter(
                    older
                        .field(inbound::order_key)
                        .eq(inbound::order_key)
                        .and(older.field(inbound::id).lt(inbound::id))
                        .and(older.field(inbound::lease_until).gt(asked.now)),
                )
                .filter(older.field(inbound::id).ne_all(held));
            due!()
                .filter(inbound::lease_until.le(asked.now))
                .filter(diesel::dsl::not(diesel::dsl::exists(elsewhere)))
                .load(c)
        }
        // Nobody leases anything here, and the index alone answers.
        Db::Sqlite(c) => due!().load(c),
    }
}

fn load(db: &mut Db, ids: &[InboundId]) -> QueryResult<Vec<Inbound>> {
    each!(db, c => inbound::table
        .filter(among(inbound::id, ids.iter().copied()))
        .order((inbound::run_at.asc(), inbound::id.asc()))
        .select(Inbound::as_select())
        .load(c))
}

/// Leases rows until `lease`, renews the lease of those at work, or gives it back.
pub fn lease_until(db: &mut Db, ids: &[InboundId], lease: Time) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::update(inbound::table.filter(among(inbound::id, ids.iter().copied())))
            .set(inbound::lease_until.eq(lease))
            .execute(c))?;
    }
    Ok(())
}

/// How it ended, and why. Part of the verb's own transaction where there is one. Answers whether
/// it still waited: what has ended already, by another hand, must not be done twice.
pub fn finish(
    db: &mut Db,
    id: InboundId,
    state: InboundState,
    reason: Option<&str>,
) -> QueryResult<bool> {
    let row = inbound::table
        .find(id)
        .filter(inbound::state.eq(InboundState::Waiting));
    let ended = each!(db, c => diesel::update(row)
        .set((inbound::state.eq(state), inbound::reason.eq(reason)))
        .execute(c))?;
    Ok(ended == 1)
}

/// Whether it has not ended.
pub fn is_waiting(db: &mut Db, id: InboundId) -> QueryResult<bool> {
    let state: Option<InboundState> = inbound::table
        .find(id)
        .select(inbound::state)
        .first(db)
        .optional()?;
    Ok(state == Some(InboundState::Waiting))
}

/// How many are due, whether or not somebody is at work on them.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    each!(db, c => inbound::table
        .filter(fixed::<Bool>(WAITING))
        .filter(inbound::run_at.le(until))
        .count()
        .get_result(c))
}

/// A count, of a query written by hand.
#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// A document's largest size: so many rows at least make so many bytes.
const LARGEST: i64 = 1 << 20;

/// Whether at least `rows` of a host wait, or at least `bytes` of their bodies.
pub fn is_crowded(db: &mut Db, host: &str, rows: i64, bytes: i64) -> QueryResult<bool> {
    let many = counted(db, host, "count(*)", "1", rows)?;
    // Few rows cannot be large, and many are counted without a look at them.
    if many >= rows || many < bytes / LARGEST {
        return Ok(many >= rows);
    }
    let sum = "CAST(coalesce(sum(size), 0) AS BIGINT)";
    Ok(counted(db, host, sum, "octet_length(body) AS size", rows)? >= bytes)
}

/// Of what of a host waits, at most `most` rows.
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

/// Those that ended in a state, newest first.
pub fn list(
    db: &mut Db,
    state: InboundState,
    before: InboundId,
    limit: i64,
) -> QueryResult<Vec<Inbound>> {
    each!(db, c => inbound::table
        .filter(sql::<Bool>(&format!("inbound.state = '{state}'")))
        .filter(inbound::id.lt(before))
        .order(inbound::id.desc())
        .limit(limit)
        .select(Inbound::as_select())
        .load(c))
}

/// How many are in a state.
pub fn count(db: &mut Db, state: InboundState) -> QueryResult<i64> {
    each!(db, c => inbound::table
        .filter(sql::<Bool>(&format!("inbound.state = '{state}'")))
        .count()
        .get_result(c))
}

/// Received bytes are kept for a week.
pub(crate) const BODY_RETENTION: Retention = Retention {
    name: "inbound bodies",
    keep_seconds: 7 * DAY,
    delete: forget_bytes,
};

/// Forgets the bytes of at most `limit` that came before `before` and have ended; answers whether
/// there may be more. Goes on where it stopped the last time, so that what is bare already is not
/// looked at again.
pub fn forget_bytes(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let done = site::get(db, FORGOTTEN)?;
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
    site::put(db, FORGOTTEN, &last.to_string())?;
    Ok(i64::try_from(ids.len()).is_ok_and(|n| n == limit))
}

/// That an activity was received is remembered for a month.
pub(crate) const RETENTION: Retention = Retention {
    name: "inbound",
    keep_seconds: 30 * DAY,
    delete: forget,
};

/// Forgets that at most `limit` came before `before`, where they have ended; answers whether
/// there may be more.
pub fn forget(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
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
