//! The second factor: codes of an authenticator app, each accepted once, and recovery codes for whoever has
//! lost it. Recovery codes are hashed. The secret of an app is stored as it is: codes are computed from it, and
//! a key to decrypt it would be beside it, in the same database and the same backups.

use super::administration::{get_active, record};
use super::{NewSession, Principal, get, open_session};
use crate::{Error, Outcome, Tx, secret, totp};
use model::account::{
    AdminActionKind, CredentialKind, RECOVERY_CODES, SIGN_IN_STEP_ATTEMPTS, SIGN_IN_STEP_SECONDS,
    TOTP_PENDING_SECONDS,
};
use model::{ActorId, Why};
use store::account::{credential, sign_in_step};
use store::row;

/// The kinds that together are the second factor.
const KINDS: [CredentialKind; 3] = [
    CredentialKind::Totp,
    CredentialKind::TotpPending,
    CredentialKind::RecoveryCode,
];

/// The digest of a recovery code, however it was typed.
#[must_use]
pub fn recovery_digest(typed: &str) -> String {
    secret::digest(&plain(typed))
}

/// Without white space and hyphens, in lower case.
fn plain(typed: &str) -> String {
    let kept = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.collect::<String>().to_lowercase()
}

fn insert(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: CredentialKind,
    secret: &str,
    step: i64,
) -> Outcome<()> {
    let row = row::Credential {
        id: tx.id(),
        account_id: owner,
        kind,
        secret: secret.to_owned(),
        created_at: tx.now,
        step,
    };
    Ok(credential::insert(tx.db, &row)?)
}

/// Begins to set the second factor up: keeps a secret, until a code of it shows that the app has it. The
/// password was checked before, so that whoever finds a browser signed in cannot lock its owner out.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`; `Invalid(code: Taken)` where there is a second factor already.
pub fn begin_second_factor(tx: &mut Tx<'_>, owner: ActorId, totp_secret: &str) -> Outcome<()> {
    get_active(tx, owner)?;
    if credential::has(tx.db, owner, CredentialKind::Totp)? {
        return Err(Error::invalid("code", Why::Taken));
    }
    credential::delete(tx.db, owner, CredentialKind::TotpPending)?;
    insert(tx, owner, CredentialKind::TotpPending, totp_secret, 0)
}

/// Turns the second factor on by a code of the secret that was kept. `recovery` are the digests of
/// [`RECOVERY_CODES`] codes.
///
/// # Errors
/// `Invalid(code: Mismatch | Expired)`.
pub fn confirm_second_factor(
    tx: &mut Tx<'_>,
    owner: ActorId,
    code: &str,
    recovery: &[String],
) -> Outcome<()> {
    get_active(tx, owner)?;
    let pending = credential::of(tx.db, owner, CredentialKind::TotpPending)?;
    let is_open =
        |row: &&row::Credential| row.created_at.plus_seconds(TOTP_PENDING_SECONDS) > tx.now;
    let pending = pending.first().filter(is_open);
    let pending = pending.ok_or(Error::invalid("code", Why::Expired))?;
    let step = totp::step_of(&pending.secret, &plain(code), tx.now.unix_millis() / 1_000);
    let step = step.ok_or(Error::invalid("code", Why::Mismatch))?;
    delete_all(tx, owner)?;
    insert(tx, owner, CredentialKind::Totp, &pending.secret, step)?;
    replace_recovery_codes(tx, owner, recovery)
}

fn replace_recovery_codes(tx: &mut Tx<'_>, owner: ActorId, digests: &[String]) -> Outcome<()> {
    credential::delete(tx.db, owner, CredentialKind::RecoveryCode)?;
    for digest in digests.iter().take(RECOVERY_CODES) {
        insert(tx, owner, CredentialKind::RecoveryCode, digest, 0)?;
    }
    Ok(())
}

/// Replaces the recovery codes by new ones. The password was checked before.
///
/// # Errors
/// `Invalid(code: Mismatch)`, `NotFound`.
pub fn renew_recovery_codes(
    tx: &mut Tx<'_>,
    owner: ActorId,
    code: &str,
    digests: &[String],
) -> Outcome<()> {
    get(tx, owner)?;
    require_code(tx, owner, code)?;
    replace_recovery_codes(tx, owner, digests)
}

/// Forgets the secret that no code has confirmed.
///
/// # Errors
/// Faults only.
pub fn cancel_second_factor(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    credential::delete(tx.db, owner, CredentialKind::TotpPending)?;
    Ok(())
}

fn delete_all(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    for kind in KINDS {
        credential::delete(tx.db, owner, kind)?;
    }
    Ok(())
}

/// Turns the second factor off by a code of it. The password was checked before.
///
/// # Errors
/// `Invalid(code: Mismatch)`, `NotFound`.
pub fn end_second_factor(tx: &mut Tx<'_>, owner: ActorId, code: &str) -> Outcome<()> {
    get(tx, owner)?;
    require_code(tx, owner, code)?;
    delete_all(tx, owner)
}

/// Turns the second factor of somebody off who has lost it, from the shell.
///
/// # Errors
/// `NotFound`.
pub fn reset_second_factor(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    get(tx, id)?;
    delete_all(tx, id)?;
    sign_in_step::delete_of(tx.db, id)?;
    record(
        tx,
        Principal::Operator,
        id,
        AdminActionKind::SecondFactorReset,
        "",
    )
}

/// Whether a code is right: of the app, and newer than the last one, or a recovery code, which is used up.
fn accept(tx: &mut Tx<'_>, owner: ActorId, typed: &str) -> Outcome<bool> {
    let typed = plain(typed);
    // Nothing typed is no code, also where a code could not be made for want of randomness.
    if typed.is_empty() {
        return Ok(false);
    }
    for factor in credential::of(tx.db, owner, CredentialKind::Totp)? {
        let step = totp::step_of(&factor.secret, &typed, tx.now.unix_millis() / 1_000);
        if let Some(step) = step.filter(|step| *step > factor.step) {
            credential::set_step(tx.db, factor.id, step)?;
            return Ok(true);
        }
    }
    let digest = secret::digest(&typed);
    Ok(credential::use_up(
        tx.db,
        owner,
        CredentialKind::RecoveryCode,
        &digest,
    )?)
}

/// Checks a code before the second factor is changed.
fn require_code(tx: &mut Tx<'_>, owner: ActorId, typed: &str) -> Outcome<()> {
    match accept(tx, owner, typed)? {
        true => Ok(()),
        false => Err(Error::invalid("code", Why::Mismatch)),
    }
}

/// Remembers that the password was right, until the code comes.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn begin_sign_in_step(tx: &mut Tx<'_>, owner: ActorId, token_hash: &str) -> Outcome<()> {
    get_active(tx, owner)?;
    let row = row::SignInStep {
        token_hash: token_hash.to_owned(),
        account_id: owner,
        attempts: 0,
        expires_at: tx.now.plus_seconds(SIGN_IN_STEP_SECONDS),
    };
    Ok(sign_in_step::insert(tx.db, &row)?)
}

/// What became of a code at sign-in.
#[derive(Debug, Clone)]
pub enum SecondStep {
    /// It was right: a session is open.
    Opened(row::Account),
    /// It was wrong.
    Wrong,
    /// It came too late, or after too many wrong ones.
    Expired,
}

/// Finishes a sign-in by a code.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn finish_sign_in_step(
    tx: &mut Tx<'_>,
    token_hash: &str,
    code: &str,
    session_hash: &str,
    agent: &str,
) -> Outcome<SecondStep> {
    let step = sign_in_step::get(tx.db, token_hash, tx.now)?;
    let Some(step) = step.filter(|step| step.attempts < SIGN_IN_STEP_ATTEMPTS) else {
        return Ok(SecondStep::Expired);
    };
    if !accept(tx, step.account_id, code)? {
        sign_in_step::count_attempt(tx.db, token_hash)?;
        return Ok(SecondStep::Wrong);
    }
    sign_in_step::delete_of(tx.db, step.account_id)?;
    let new = NewSession {
        account: step.account_id,
        token_hash: session_hash.to_owned(),
        agent: agent.to_owned(),
    };
    open_session(tx, &new).map(SecondStep::Opened)
}
