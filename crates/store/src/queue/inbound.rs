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

/// Leases up to `limit` due rows until `lease`: of each order key only the oldest unfinished one.
/// Runs inside a write.
pub fn claim(db: &mut Db, now: Time, lease: Time, limit: i64) -> QueryResult<Vec<Inbound>> {
    macro_rules! due {
        () => {{
            let older = diesel::alias!(inbound as older);
            let blocked = older.filter(
                older
                    .field(inbound::order_key)
                    .eq(inbound::order_key)
                    .and(older.field(inbound::state).eq(InboundState::Waiting))
                    .and(older.field(inbound::id).lt(inbound::id)),
            );
            inbound::table
                .filter(
                    inbound::state
                        .eq(InboundState::Waiting)
                        .and(inbound::run_at.le(now)),
                )
                .filter(inbound::lease_until.le(now))
                .filter(diesel::dsl::not(diesel::dsl::exists(blocked)))
                .order(inbound::id.asc())
                .limit(limit)
                .select(Inbound::as_select())
        }};
    }
    let rows: Vec<Inbound> = match db {
        Db::Pg(c) => due!().for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due!().load(c)?,
    };
    let ids: Vec<InboundId> = rows.iter().map(|row| row.id).collect();
    each!(db, c => diesel::update(inbound::table.filter(inbound::id.eq_any(&ids)))
        .set(inbound::lease_until.eq(lease))
        .execute(c))?;
    Ok(rows)
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

/// Not now: again at `run_at`.
pub fn retry(db: &mut Db, id: InboundId, why: &str, run_at: Time) -> QueryResult<()> {
    diesel::update(inbound::table.find(id))
        .set((
            inbound::attempts.eq(inbound::attempts + 1),
            inbound::run_at.eq(run_at),
            inbound::lease_until.eq(Time::from_unix_millis(0)),
            inbound::reason.eq(why),
        ))
        .execute(db)?;
    Ok(())
}

/// How many wait and are due.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    inbound::table
        .filter(
            inbound::state
                .eq(InboundState::Waiting)
                .and(inbound::run_at.le(until)),
        )
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
