//! What accounts can sign in with.

use crate::connection::Db;
use crate::each;
use crate::row::Credential;
use crate::schema::credential;
use diesel::prelude::*;
use model::account::CredentialKind;
use model::{ActorId, CredentialId};

/// Adds a credential.
pub fn insert(db: &mut Db, row: &Credential) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(credential::table).values(row).execute(c))?;
    Ok(())
}

/// The credentials of one kind that an account has, the oldest first.
pub fn of(db: &mut Db, account: ActorId, kind: CredentialKind) -> QueryResult<Vec<Credential>> {
    credential::table
        .filter(credential::account_id.eq(account))
        .filter(credential::kind.eq(kind))
        .order(credential::id)
        .select(Credential::as_select())
        .load(db)
}

/// The hash of an account's password, where it has one.
pub fn password(db: &mut Db, account: ActorId) -> QueryResult<Option<String>> {
    let rows = of(db, account, CredentialKind::Password)?;
    Ok(rows.into_iter().next().map(|row| row.secret))
}

/// Deletes the credentials of one kind that an account has. Returns how many there were.
pub fn delete(db: &mut Db, account: ActorId, kind: CredentialKind) -> QueryResult<usize> {
    diesel::delete(
        credential::table
            .filter(credential::account_id.eq(account))
            .filter(credential::kind.eq(kind)),
    )
    .execute(db)
}

/// Whether an account has a credential of a kind.
pub fn has(db: &mut Db, account: ActorId, kind: CredentialKind) -> QueryResult<bool> {
    let rows = credential::table
        .filter(credential::account_id.eq(account))
        .filter(credential::kind.eq(kind));
    diesel::select(diesel::dsl::exists(rows)).get_result(db)
}

/// Stores the time step of the last accepted code.
pub fn set_step(db: &mut Db, id: CredentialId, step: i64) -> QueryResult<()> {
    diesel::update(credential::table.find(id))
        .set(credential::step.eq(step))
        .execute(db)?;
    Ok(())
}

/// Deletes the credential of a kind with a secret. Returns whether there was one.
pub fn use_up(
    db: &mut Db,
    account: ActorId,
    kind: CredentialKind,
    secret: &str,
) -> QueryResult<bool> {
    let gone = diesel::delete(
        credential::table
            .filter(credential::account_id.eq(account))
            .filter(credential::kind.eq(kind))
            .filter(credential::secret.eq(secret)),
    )
    .execute(db)?;
    Ok(gone > 0)
}
