//! Links that sign somebody in once. An account has one at a time.

use crate::connection::Db;
use crate::each;
use crate::retention::Retention;
use crate::row::{Actor, SignInLink};
use crate::schema::{account, actor, sign_in_link};
use diesel::prelude::*;
use model::{ActorId, Time};

/// Adds a link, in place of those that the account had.
pub fn replace(db: &mut Db, row: &SignInLink) -> QueryResult<()> {
    delete_of(db, row.account_id)?;
    each!(db, c => diesel::insert_into(sign_in_link::table).values(row).execute(c))?;
    Ok(())
}

/// The person whom a link signs in, while it can be used.
pub fn owner(db: &mut Db, token_hash: &str, now: Time) -> QueryResult<Option<Actor>> {
    sign_in_link::table
        .inner_join(account::table.inner_join(actor::table))
        .filter(sign_in_link::token_hash.eq(token_hash))
        .filter(sign_in_link::expires_at.gt(now))
        .select(Actor::as_select())
        .first(db)
        .optional()
}

/// Whether the link of a token has expired; false where its row is deleted already.
pub fn has_expired(db: &mut Db, token_hash: &str, now: Time) -> QueryResult<bool> {
    let row = sign_in_link::table
        .find(token_hash)
        .filter(sign_in_link::expires_at.le(now));
    each!(db, c => diesel::select(diesel::dsl::exists(row)).get_result(c))
}

/// Uses a link up. Returns whether it was there.
pub fn use_up(db: &mut Db, token_hash: &str) -> QueryResult<bool> {
    let gone = diesel::delete(sign_in_link::table.find(token_hash)).execute(db)?;
    Ok(gone > 0)
}

/// Deletes the link of an account.
pub fn delete_of(db: &mut Db, account: ActorId) -> QueryResult<()> {
    diesel::delete(sign_in_link::table.filter(sign_in_link::account_id.eq(account))).execute(db)?;
    Ok(())
}

/// Deletes the links that an admin has made.
pub fn delete_made_by(db: &mut Db, admin: ActorId) -> QueryResult<()> {
    diesel::delete(sign_in_link::table.filter(sign_in_link::by_id.eq(admin))).execute(db)?;
    Ok(())
}

/// Until when an account's link can be used, where it has one.
pub fn expiry(db: &mut Db, account: ActorId, now: Time) -> QueryResult<Option<Time>> {
    sign_in_link::table
        .filter(sign_in_link::account_id.eq(account))
        .filter(sign_in_link::expires_at.gt(now))
        .select(sign_in_link::expires_at)
        .first(db)
        .optional()
}

/// Links that have expired are deleted.
pub(crate) const RETENTION: Retention = Retention {
    name: "sign-in links",
    keep_seconds: 0,
    delete: delete_expired,
};

/// Deletes the links that expired before `before`.
pub fn delete_expired(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(sign_in_link::table.filter(sign_in_link::expires_at.lt(before))).execute(db)?;
    Ok(false)
}
