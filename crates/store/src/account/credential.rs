//! What accounts can sign in with.

use crate::connection::Db;
use crate::each;
use crate::row::Credential;
use crate::schema::credential;
use diesel::prelude::*;
use model::ActorId;
use model::account::CredentialKind;

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
