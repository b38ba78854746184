//! How far sign-ins with an identity provider are.

use crate::connection::Db;
use crate::each;
use crate::retention::Retention;
use crate::row::OidcStep;
use crate::schema::oidc_step;
use diesel::prelude::*;
use model::account::OidcStepKind;
use model::{ActorId, Time};

/// Adds a step.
pub fn insert(db: &mut Db, row: &OidcStep) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(oidc_step::table).values(row).execute(c))?;
    Ok(())
}

/// Adds a step in place of one that has expired.
pub fn replace(db: &mut Db, row: &OidcStep) -> QueryResult<()> {
    diesel::delete(oidc_step::table.find(&row.token_hash)).execute(db)?;
    insert(db, row)
}

/// A step, while it can be taken.
pub fn get(
    db: &mut Db,
    token_hash: &str,
    kind: OidcStepKind,
    now: Time,
) -> QueryResult<Option<OidcStep>> {
    oidc_step::table
        .find(token_hash)
        .filter(oidc_step::kind.eq(kind))
        .filter(oidc_step::expires_at.gt(now))
        .select(OidcStep::as_select())
        .first(db)
        .optional()
}

/// Takes a step out, so that it is taken once; `None` where it has expired or is of another kind.
pub fn take(
    db: &mut Db,
    token_hash: &str,
    kind: OidcStepKind,
    now: Time,
) -> QueryResult<Option<OidcStep>> {
    let found = get(db, token_hash, kind, now)?;
    diesel::delete(oidc_step::table.find(token_hash)).execute(db)?;
    Ok(found)
}

/// Deletes the steps that would connect an account.
pub fn delete_of(db: &mut Db, account: ActorId) -> QueryResult<()> {
    diesel::delete(oidc_step::table.filter(oidc_step::account_id.eq(account))).execute(db)?;
    Ok(())
}

/// Steps that were not taken are deleted.
pub(crate) const RETENTION: Retention = Retention {
    name: "sign-in steps with providers",
    keep_seconds: 0,
    delete: delete_expired,
};

/// Deletes the steps that expired before `before`.
fn delete_expired(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(oidc_step::table.filter(oidc_step::expires_at.lt(before))).execute(db)?;
    Ok(false)
}
