//! What accounts can sign in with.

use crate::connection::Db;
use crate::each;
use crate::row::Credential;
use crate::schema::credential;
use diesel::prelude::*;
use model::account::{CredentialKind, TOTP_PENDING_SECONDS};
use model::{ActorId, CredentialId, Time};

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

/// Whether an account has something without which its password is not enough: an app or a passkey.
pub fn has_second_factor(db: &mut Db, account: ActorId) -> QueryResult<bool> {
    let is_factor = credential::kind
        .eq(CredentialKind::Totp)
        .or(credential::kind.eq(CredentialKind::Passkey));
    let rows = credential::table
        .filter(credential::account_id.eq(account))
        .filter(is_factor);
    diesel::select(diesel::dsl::exists(rows)).get_result(db)
}

/// The app of an account that no code has confirmed yet, while it may be.
pub fn pending_app(db: &mut Db, account: ActorId, now: Time) -> QueryResult<Option<Credential>> {
    let pending = of(db, account, CredentialKind::TotpPending)?;
    let is_open = |row: &Credential| row.created_at.plus_seconds(TOTP_PENDING_SECONDS) > now;
    Ok(pending.into_iter().next().filter(is_open))
}

/// The passkey that browsers name by this id.
pub fn by_key_id(db: &mut Db, key_id: &str) -> QueryResult<Option<Credential>> {
    credential::table
        .filter(credential::kind.eq(CredentialKind::Passkey))
        .filter(credential::key_id.eq(key_id))
        .select(Credential::as_select())
        .first(db)
        .optional()
}

/// The credential of an identity at a provider, by the digest of issuer and subject.
pub fn by_identity(db: &mut Db, digest: &str) -> QueryResult<Option<Credential>> {
    credential::table
        .filter(credential::kind.eq(CredentialKind::Oidc))
        .filter(credential::key_id.eq(digest))
        .select(Credential::as_select())
        .first(db)
        .optional()
}

/// Stores that an identity signed in, and what it is called now.
pub fn use_identity(db: &mut Db, id: CredentialId, name: &str, now: Time) -> QueryResult<()> {
    diesel::update(credential::table.find(id))
        .set((credential::name.eq(name), credential::used_at.eq(now)))
        .execute(db)?;
    Ok(())
}

/// Deletes an account's identity. Returns whether it was there.
pub fn delete_identity(db: &mut Db, account: ActorId, id: CredentialId) -> QueryResult<bool> {
    let gone = diesel::delete(
        credential::table
            .find(id)
            .filter(credential::account_id.eq(account))
            .filter(credential::kind.eq(CredentialKind::Oidc)),
    )
    .execute(db)?;
    Ok(gone > 0)
}

/// Stores the use of an account's passkey, with its new counter in `secret`. Returns whether it is there.
pub fn use_passkey(
    db: &mut Db,
    account: ActorId,
    id: CredentialId,
    secret: &str,
    now: Time,
) -> QueryResult<bool> {
    let rows = credential::table
        .find(id)
        .filter(credential::account_id.eq(account))
        .filter(credential::kind.eq(CredentialKind::Passkey));
    let changed = diesel::update(rows)
        .set((credential::secret.eq(secret), credential::used_at.eq(now)))
        .execute(db)?;
    Ok(changed > 0)
}

/// Deletes an account's passkey. Returns whether it was there.
pub fn delete_passkey(db: &mut Db, account: ActorId, id: CredentialId) -> QueryResult<bool> {
    let gone = diesel::delete(
        credential::table
            .find(id)
            .filter(credential::account_id.eq(account))
            .filter(credential::kind.eq(CredentialKind::Passkey)),
    )
    .execute(db)?;
    Ok(gone > 0)
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
