//! Sign-ins that wait for the second factor.

use crate::connection::Db;
use crate::each;
use crate::retention::Retention;
use crate::row::SignInStep;
use crate::schema::sign_in_step;
use diesel::prelude::*;
use model::{ActorId, Time};

/// Adds a sign-in.
pub fn insert(db: &mut Db, row: &SignInStep) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(sign_in_step::table).values(row).execute(c))?;
    Ok(())
}

/// A sign-in, while it waits.
pub fn get(db: &mut Db, token_hash: &str, now: Time) -> QueryResult<Option<SignInStep>> {
    sign_in_step::table
        .find(token_hash)
        .filter(sign_in_step::expires_at.gt(now))
        .select(SignInStep::as_select())
        .first(db)
        .optional()
}

/// Counts one more wrong code of a sign-in.
pub fn count_attempt(db: &mut Db, token_hash: &str) -> QueryResult<()> {
    diesel::update(sign_in_step::table.find(token_hash))
        .set(sign_in_step::attempts.eq(sign_in_step::attempts + 1))
        .execute(db)?;
    Ok(())
}

/// Counts the wrong codes of an account in sign-ins that waited at `since` or later.
pub fn wrong_codes(db: &mut Db, account: ActorId, since: Time) -> QueryResult<i32> {
    let attempts: Vec<i32> = sign_in_step::table
        .filter(sign_in_step::account_id.eq(account))
        .filter(sign_in_step::expires_at.ge(since))
        .filter(sign_in_step::attempts.gt(0))
        .select(sign_in_step::attempts)
        .load(db)?;
    Ok(attempts.iter().fold(0, |sum, n| sum.saturating_add(*n)))
}

/// Ends what waits for an account. Its wrong codes stay counted.
pub fn end_of(db: &mut Db, account: ActorId, now: Time) -> QueryResult<()> {
    let waiting = sign_in_step::table
        .filter(sign_in_step::account_id.eq(account))
        .filter(sign_in_step::expires_at.gt(now));
    diesel::update(waiting)
        .set(sign_in_step::expires_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Deletes what waits for an account, and its wrong codes.
pub fn delete_of(db: &mut Db, account: ActorId) -> QueryResult<()> {
    diesel::delete(sign_in_step::table.filter(sign_in_step::account_id.eq(account))).execute(db)?;
    Ok(())
}

/// Sign-ins that were not finished are deleted.
pub(crate) const RETENTION: Retention = Retention {
    name: "unfinished sign-ins",
    // Their wrong codes count for a day.
    keep_seconds: crate::retention::DAY,
    delete: delete_expired,
};

/// Deletes the sign-ins that expired before `before`.
fn delete_expired(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(sign_in_step::table.filter(sign_in_step::expires_at.lt(before))).execute(db)?;
    Ok(false)
}
