//! Received activities: kept before they are answered, taken in once each, in order within a key.

use crate::connection::Db;
use crate::each;
use crate::row::Inbound;
use crate::schema::inbound;
use diesel::prelude::*;
use model::peer::InboundState;
use model::{InboundId, Time};

/// Keeps a received activity; a repeat changes nothing and answers `false`.
pub fn insert(db: &mut Db, row: &Inbound) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(inbound::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// An older unfinished row of the same order key: `older` is an alias of `inbound`.
macro_rules! blocked {
    ($older:ident) => {
        $older.filter(
            $older
                .field(inbound::order_key)
                .eq(inbound::order_key)
                .and($older.field(inbound::state).eq(InboundState::Waiting))
                .and($older.field(inbound::id).lt(inbound::id)),
        )
    };
}

/// Leases up to `limit` due rows until `lease`: of each order key only the oldest unfinished one.
/// Runs inside a write.
pub fn claim(db: &mut Db, now: Time, lease: Time, limit: i64) -> QueryResult<Vec<Inbound>> {
    macro_rules! due {
        () => {{
            let older = diesel::alias!(inbound as older);
            inbound::table
                .filter(
                    inbound::state
                        .eq(InboundState::Waiting)
                        .and(inbound::run_at.le(now)),
                )
                .filter(inbound::lease_until.le(now))
                .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))))
                // As the index goes, so that a long backlog is not sorted for each claim.
                .order((inbound::run_at.asc(), inbound::id.asc()))
                .limit(limit)
                .select(Inbound::as_select())
        }};
    }
    let rows: Vec<Inbound> = match db {
        Db::Pg(c) => due!().for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due!().load(c)?,
    };
    let ids: Vec<InboundId> = rows.iter().map(|row| row.id).collect();
    lease_until(db, &ids, lease)?;
    Ok(rows)
}

/// Leases rows until `lease`, or renews the lease of those at work.
pub fn lease_until(db: &mut Db, ids: &[InboundId], lease: Time) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::update(inbound::table.filter(inbound::id.eq_any(ids)))
            .set(inbound::lease_until.eq(lease))
            .execute(c))?;
    }
    Ok(())
}

/// Gives back every lease: at the start of the only process that works on them.
pub fn release_all(db: &mut Db) -> QueryResult<()> {
    let long_ago = Time::from_unix_millis(0);
    diesel::update(inbound::table.filter(inbound::lease_until.gt(long_ago)))
        .set(inbound::lease_until.eq(long_ago))
        .execute(db)?;
    Ok(())
}

/// How it ended, and why. Part of the verb's own transaction where there is one.
pub fn finish(
    db: &mut Db,
    id: InboundId,
    state: InboundState,
    reason: Option<&str>,
) -> QueryResult<()> {
    diesel::update(inbound::table.find(id))
        .set((inbound::state.eq(state), inbound::reason.eq(reason)))
        .execute(db)?;
    Ok(())
}

/// Not now: again at `run_at`. It leaves the line of its key, so that those behind it need not
/// wait for whatever keeps it.
pub fn retry(db: &mut Db, id: InboundId, why: &str, run_at: Time) -> QueryResult<()> {
    diesel::update(inbound::table.find(id))
        .set((
            inbound::attempts.eq(inbound::attempts + 1),
            inbound::run_at.eq(run_at),
            inbound::lease_until.eq(Time::from_unix_millis(0)),
            inbound::order_key.eq(format!("retry {id}")),
            inbound::reason.eq(why),
        ))
        .execute(db)?;
    Ok(())
}

/// How many are due and wait for no older one.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    let older = diesel::alias!(inbound as older);
    inbound::table
        .filter(
            inbound::state
                .eq(InboundState::Waiting)
                .and(inbound::run_at.le(until)),
        )
        .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))))
        .count()
        .get_result(db)
}

/// Those that ended in a state, newest first.
pub fn list(
    db: &mut Db,
    state: InboundState,
    before: InboundId,
    limit: i64,
) -> QueryResult<Vec<Inbound>> {
    inbound::table
        .filter(inbound::state.eq(state).and(inbound::id.lt(before)))
        .order(inbound::id.desc())
        .limit(limit)
        .select(Inbound::as_select())
        .load(db)
}

/// Forgets the bytes of what ended before `bytes_before`, and the rows of what came before
/// `rows_before`.
pub fn prune(db: &mut Db, bytes_before: Time, rows_before: Time) -> QueryResult<()> {
    let ended = inbound::state.ne(InboundState::Waiting);
    diesel::update(
        inbound::table.filter(
            ended
                .and(inbound::received_at.lt(bytes_before))
                .and(inbound::body.is_not_null()),
        ),
    )
    .set(inbound::body.eq(None::<String>))
    .execute(db)?;
    diesel::delete(
        inbound::table.filter(
            inbound::state
                .ne(InboundState::Waiting)
                .and(inbound::received_at.lt(rows_before)),
        ),
    )
    .execute(db)?;
    Ok(())
}

/// How many are in a state.
pub fn count(db: &mut Db, state: InboundState) -> QueryResult<i64> {
    inbound::table
        .filter(inbound::state.eq(state))
        .count()
        .get_result(db)
}
