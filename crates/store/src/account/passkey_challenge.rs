//! What browsers have been asked to sign with a passkey.

use crate::connection::Db;
use crate::each;
use crate::retention::Retention;
use crate::row::PasskeyChallenge;
use crate::schema::passkey_challenge;
use diesel::prelude::*;
use model::account::PasskeyPurpose;
use model::{ActorId, Time};

/// Adds a challenge.
pub fn insert(db: &mut Db, row: &PasskeyChallenge) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(passkey_challenge::table).values(row).execute(c))?;
    Ok(())
}

/// Takes a challenge out, so that nobody answers it again; `None` where it has expired or is for something else.
pub fn take(
    db: &mut Db,
    token_hash: &str,
    purpose: PasskeyPurpose,
    now: Time,
) -> QueryResult<Option<PasskeyChallenge>> {
    let found = passkey_challenge::table
        .find(token_hash)
        .filter(passkey_challenge::purpose.eq(purpose))
        .filter(passkey_challenge::expires_at.gt(now))
        .select(PasskeyChallenge::as_select())
        .first(db)
        .optional()?;
    diesel::delete(passkey_challenge::table.find(token_hash)).execute(db)?;
    Ok(found)
}

/// Deletes what was asked of an account.
pub fn delete_of(db: &mut Db, account: ActorId) -> QueryResult<()> {
    diesel::delete(passkey_challenge::table.filter(passkey_challenge::account_id.eq(account)))
        .execute(db)?;
    Ok(())
}

/// Challenges that were not answered are deleted.
pub(crate) const RETENTION: Retention = Retention {
    name: "passkey challenges",
    keep_seconds: 0,
    delete: delete_expired,
};

/// Deletes the challenges that expired before `before`.
fn delete_expired(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(passkey_challenge::table.filter(passkey_challenge::expires_at.lt(before)))
        .execute(db)?;
    Ok(false)
}
