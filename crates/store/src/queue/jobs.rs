//! The job queue: a job is inserted with its cause, leased, run, and deleted.

use crate::connection::Db;
use crate::each;
use crate::fragment::{among, among_texts};
use crate::row::JobRow;
use crate::schema::job;
use diesel::prelude::*;
use model::job::{EncodedJob, Enqueue, Payload};
use model::{JobId, Time};

/// Adds a job, due at `run_at`.
pub fn insert(
    db: &mut Db,
    id: JobId,
    job: &impl Enqueue,
    run_at: Time,
    now: Time,
) -> QueryResult<()> {
    insert_encoded(db, id, encode(job)?, run_at, now)
}

/// Adds a job, or moves the one of its order key that waits for its first run to another time.
pub fn insert_or_move(
    db: &mut Db,
    id: JobId,
    job: &impl Enqueue,
    run_at: Time,
    now: Time,
) -> QueryResult<()> {
    let encoded = encode(job)?;
    if let Some(key) = &encoded.order_key {
        let waiting = job::table
            .filter(job::order_key.eq(key).and(job::dead.eq(false)))
            .filter(job::attempts.eq(0).and(job::lease_until.le(now)));
        let moved = diesel::update(waiting)
            .set(job::run_at.eq(run_at))
            .execute(db)?;
        if moved > 0 {
            return Ok(());
        }
    }
    insert_encoded(db, id, encoded, run_at, now)
}

/// Adds a job that is encoded already.
pub fn insert_encoded(
    db: &mut Db,
    id: JobId,
    job: EncodedJob,
    run_at: Time,
    now: Time,
) -> QueryResult<()> {
    let row = JobRow {
        id,
        kind: job.kind.to_owned(),
        payload: job.payload,
        order_key: job.order_key,
        dead: false,
        attempts: 0,
        run_at,
        lease_until: Time::from_unix_millis(0),
        last_error: None,
        created_at: now,
    };
    each!(db, c => diesel::insert_into(job::table).values(&row).execute(c))?;
    Ok(())
}

/// Counts the jobs of a kind that are not dead.
pub fn count_of_kind(db: &mut Db, kind: &str) -> QueryResult<i64> {
    job::table
        .filter(job::kind.eq(kind).and(job::dead.eq(false)))
        .count()
        .get_result(db)
}

/// Lists the jobs of a kind, those that failed for good first, then in the order in which they are due.
pub fn of_kind(db: &mut Db, kind: &str, limit: i64) -> QueryResult<Vec<JobRow>> {
    job::table
        .filter(job::kind.eq(kind))
        .order((job::dead.desc(), job::run_at.asc(), job::id.asc()))
        .limit(limit)
        .select(JobRow::as_select())
        .load(db)
}

/// Lists the jobs of a kind below the cursor, newest first.
pub fn page_of_kind(
    db: &mut Db,
    kind: &str,
    before: JobId,
    limit: i64,
) -> QueryResult<Vec<JobRow>> {
    job::table
        .filter(job::kind.eq(kind).and(job::id.lt(before)))
        .order(job::id.desc())
        .limit(limit)
        .select(JobRow::as_select())
        .load(db)
}

/// An older unfinished job of the same order key: `older` is an alias of `job`.
macro_rules! blocked {
    ($older:ident) => {
        $older.filter(
            $older
                .field(job::order_key)
                .eq(job::order_key)
                .and($older.field(job::dead).eq(false))
                .and($older.field(job::id).lt(job::id)),
        )
    };
}

/// Leases up to `limit` due jobs until `lease`, but none of these kinds: of each order key only the oldest
/// unfinished one.
pub fn claim(
    db: &mut Db,
    now: Time,
    lease: Time,
    (limit, but): (i64, &[&str]),
) -> QueryResult<Vec<JobRow>> {
    macro_rules! due {
        () => {{
            let older = diesel::alias!(job as older);
            job::table
                .filter(job::dead.eq(false).and(job::run_at.le(now)))
                .filter(job::lease_until.le(now))
                .filter(diesel::dsl::not(among_texts(job::kind, but)))
                .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))))
                // In the order of the index, so that a long backlog is not sorted for each claim.
                .order((job::run_at.asc(), job::id.asc()))
                .limit(limit)
                .select(JobRow::as_select())
        }};
    }
    let rows: Vec<JobRow> = match db {
        Db::Pg(c) => due!().for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due!().load(c)?,
    };
    let ids: Vec<JobId> = rows.iter().map(|row| row.id).collect();
    lease_until(db, &ids, lease)?;
    Ok(rows)
}

/// Leases jobs until `lease`, or renews their lease.
pub fn lease_until(db: &mut Db, ids: &[JobId], lease: Time) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::update(job::table.filter(among(job::id, ids.iter().copied())))
            .set(job::lease_until.eq(lease))
            .execute(c))?;
    }
    Ok(())
}

/// Ends every lease: at the start of the only process that runs jobs.
pub fn release_all(db: &mut Db) -> QueryResult<()> {
    let long_ago = Time::from_unix_millis(0);
    diesel::update(job::table.filter(job::lease_until.gt(long_ago)))
        .set(job::lease_until.eq(long_ago))
        .execute(db)?;
    Ok(())
}

/// Deletes a job that is done.
pub fn finish(db: &mut Db, id: JobId) -> QueryResult<()> {
    diesel::delete(job::table.find(id)).execute(db)?;
    Ok(())
}

/// Returns a job's kind as it is stored now; `None` where the job is done.
pub fn kind(db: &mut Db, id: JobId) -> QueryResult<Option<String>> {
    job::table.find(id).select(job::kind).first(db).optional()
}

/// Turns a job into another, which does what is left of it. The row keeps its order key and its
/// lease, so that newer jobs of the key go on waiting. Returns whether it was there.
pub fn replace(db: &mut Db, id: JobId, rest: &impl Payload) -> QueryResult<bool> {
    let rest = encode(rest)?;
    let turned = diesel::update(job::table.find(id))
        .set((job::kind.eq(rest.kind), job::payload.eq(rest.payload)))
        .execute(db)?;
    Ok(turned == 1)
}

/// Records that this write does a step of a job: `next` is left of `this`, or nothing. Returns
/// whether the step was still to do: one that another run has taken must not be done twice.
pub fn advance<P: Payload>(
    db: &mut Db,
    id: JobId,
    this: &P,
    next: Option<&P>,
) -> QueryResult<bool> {
    let this = encode(this)?.payload;
    let row = job::table.filter(job::id.eq(id).and(job::payload.eq(this)));
    let done = match next {
        Some(next) => diesel::update(row)
            .set(job::payload.eq(encode(next)?.payload))
            .execute(db)?,
        None => diesel::delete(row).execute(db)?,
    };
    Ok(done == 1)
}

fn encode(job: &impl Enqueue) -> QueryResult<EncodedJob> {
    job.encode()
        .map_err(|e| diesel::result::Error::SerializationError(Box::new(e)))
}

/// Records a job's failure: it runs again at `run_at`, or else it is dead.
pub fn failed(db: &mut Db, id: JobId, why: &str, run_at: Option<Time>) -> QueryResult<()> {
    let row = job::table.find(id);
    let long_ago = Time::from_unix_millis(0);
    match run_at {
        Some(at) => diesel::update(row)
            .set((
                job::attempts.eq(job::attempts + 1),
                job::run_at.eq(at),
                job::lease_until.eq(long_ago),
                job::last_error.eq(why),
            ))
            .execute(db)?,
        None => diesel::update(row)
            .set((
                job::attempts.eq(job::attempts + 1),
                job::dead.eq(true),
                job::lease_until.eq(long_ago),
                job::last_error.eq(why),
            ))
            .execute(db)?,
    };
    Ok(())
}

/// Postpones a job to `run_at`, for a reason that is not the job's fault.
pub fn postpone(db: &mut Db, id: JobId, run_at: Time) -> QueryResult<()> {
    diesel::update(job::table.find(id))
        .set((
            job::run_at.eq(run_at),
            job::lease_until.eq(Time::from_unix_millis(0)),
        ))
        .execute(db)?;
    Ok(())
}

/// Moves the job of a kind that waits for its first run, if there is one, to another time.
pub fn reschedule(db: &mut Db, kind: &str, now: Time, run_at: Time) -> QueryResult<()> {
    let waiting = job::table
        .filter(job::kind.eq(kind).and(job::dead.eq(false)))
        .filter(job::attempts.eq(0).and(job::lease_until.le(now)))
        .filter(job::run_at.gt(now).and(job::run_at.ne(run_at)));
    diesel::update(waiting)
        .set(job::run_at.eq(run_at))
        .execute(db)?;
    Ok(())
}

/// Queues a dead job again. Returns whether it exists.
pub fn retry(db: &mut Db, id: JobId, now: Time) -> QueryResult<bool> {
    let n = diesel::update(job::table.find(id))
        .set((
            job::dead.eq(false),
            job::attempts.eq(0),
            job::run_at.eq(now),
        ))
        .execute(db)?;
    Ok(n > 0)
}

/// Lists unfinished jobs: dead ones first, then the oldest.
pub fn list(db: &mut Db, limit: i64) -> QueryResult<Vec<JobRow>> {
    job::table
        .order((job::dead.desc(), job::id.asc()))
        .limit(limit)
        .select(JobRow::as_select())
        .load(db)
}

/// Counts the jobs due by `until` that no older one blocks, leased or not.
pub fn count_due(db: &mut Db, until: Time) -> QueryResult<i64> {
    let older = diesel::alias!(job as older);
    job::table
        .filter(job::dead.eq(false).and(job::run_at.le(until)))
        .filter(diesel::dsl::not(diesel::dsl::exists(blocked!(older))))
        .count()
        .get_result(db)
}

/// Counts the dead jobs.
pub fn count_dead(db: &mut Db) -> QueryResult<i64> {
    job::table.filter(job::dead.eq(true)).count().get_result(db)
}
