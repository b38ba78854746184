//! The second factor, without which a password does not sign in: an authenticator app, whose codes are accepted
//! once each, or a passkey; and recovery codes for whoever has lost both. Recovery
//! codes are hashed. The secret of an app is stored as it is: codes are computed from it, and a key to decrypt
//! it would be beside it, in the same database and the same backups.

use super::administration::{get_active, record};
use super::credential::new;
use super::session::end_steps;
use super::{NewSession, Principal, SessionIdentity, get, open_session};
use crate::{Error, Outcome, Tx, secret, totp};
use model::account::{
    AdminActionKind, CredentialKind, RECOVERY_CODES, SIGN_IN_STEP_ATTEMPTS, SIGN_IN_STEP_SECONDS,
    WRONG_CODES_PER_DAY,
};
use model::mail::SecurityEvent;
use model::{ActorId, CredentialId, Fact, Why};
use store::account::{credential, passkey_challenge, sign_in_step};
use store::row;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The use of a passkey, whose signature was checked.
#[derive(Debug, Clone)]
pub struct PasskeyUse {
    pub id: CredentialId,
    /// Its public key and new counter, as JSON of the WebAuthn library.
    pub key: String,
}

/// What somebody shows besides the right password.
#[derive(Debug, Clone)]
pub enum Proof {
    /// Nothing, which is enough where there is no second factor.
    None,
    /// A code of the app, or a recovery code, as typed.
    Code(String),
    /// A passkey, whose signature was checked.
    Passkey(PasskeyUse),
}

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

/// Whether a code is right: of the app, and newer than the last one, or a recovery code, which is used up.
fn accept_code(tx: &mut Tx<'_>, owner: ActorId, typed: &str) -> Outcome<bool> {
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

/// Notes the use of a passkey; `false` where its owner has removed it meanwhile, or it is not theirs.
pub(super) fn use_passkey(tx: &mut Tx<'_>, owner: ActorId, used: &PasskeyUse) -> Outcome<bool> {
    Ok(credential::use_passkey(
        tx.db, owner, used.id, &used.key, tx.now,
    )?)
}

/// Whether a proof is one of the account's second factor. What it proves with is used up.
fn accept(tx: &mut Tx<'_>, owner: ActorId, proof: &Proof) -> Outcome<bool> {
    match proof {
        Proof::None => Ok(false),
        Proof::Code(typed) => accept_code(tx, owner, typed),
        Proof::Passkey(used) => use_passkey(tx, owner, used),
    }
}

/// Checks the proof, where there is a second factor, before something about it is changed. The password was
/// checked before, so that whoever finds a browser signed in cannot lock its owner out.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`; `Invalid(code: Required | Mismatch)`.
pub fn prove(tx: &mut Tx<'_>, owner: ActorId, proof: &Proof) -> Outcome<()> {
    get_active(tx, owner)?;
    if !credential::has_second_factor(tx.db, owner)? || accept(tx, owner, proof)? {
        return Ok(());
    }
    let why = match proof {
        Proof::None => Why::Required,
        Proof::Code(_) | Proof::Passkey(_) => Why::Mismatch,
    };
    Err(Error::invalid("code", why))
}

/// Begins to set an authenticator app up: keeps a secret, until a code of it shows that the app has it.
///
/// # Errors
/// Those of [`prove`]; `Invalid(code: Taken)` where there is an app already.
pub fn begin_app(tx: &mut Tx<'_>, owner: ActorId, proof: &Proof, totp_secret: &str) -> Outcome<()> {
    prove(tx, owner, proof)?;
    if !credential::of(tx.db, owner, CredentialKind::Totp)?.is_empty() {
        return Err(Error::invalid("code", Why::Taken));
    }
    credential::delete(tx.db, owner, CredentialKind::TotpPending)?;
    let row = new(tx, owner, CredentialKind::TotpPending, totp_secret);
    Ok(credential::insert(tx.db, &row)?)
}

/// Adds the app by a code of the secret that was kept. `recovery` are the digests of [`RECOVERY_CODES`]
/// codes; returns whether they are stored, as where this is the first second factor.
///
/// # Errors
/// `Invalid(code: Mismatch | Expired)`.
pub fn confirm_app(
    tx: &mut Tx<'_>,
    owner: ActorId,
    code: &str,
    recovery: &[String],
) -> Outcome<bool> {
    get_active(tx, owner)?;
    let pending = credential::pending_app(tx.db, owner, tx.now)?;
    let pending = pending.ok_or(Error::invalid("code", Why::Expired))?;
    let step = totp::step_of(&pending.secret, &plain(code), tx.now.unix_millis() / 1_000);
    let step = step.ok_or(Error::invalid("code", Why::Mismatch))?;
    credential::delete(tx.db, owner, CredentialKind::TotpPending)?;
    let row = row::Credential {
        step,
        ..new(tx, owner, CredentialKind::Totp, &pending.secret)
    };
    add_factor(tx, &row, recovery)
}

/// Has the owner told what happened to a way to sign in.
pub(super) fn tell(tx: &mut Tx<'_>, account: ActorId, event: SecurityEvent) {
    tx.record(Fact::SecurityTouched { account, event });
}

/// Adds a second factor; with the first one, recovery codes. Returns whether it was the first.
pub(super) fn add_factor(
    tx: &mut Tx<'_>,
    row: &row::Credential,
    recovery: &[String],
) -> Outcome<bool> {
    let is_first = !credential::has_second_factor(tx.db, row.account_id)?;
    credential::insert(tx.db, row)?;
    if is_first {
        replace_recovery_codes(tx, row.account_id, recovery)?;
    }
    let event = match row.kind {
        CredentialKind::Passkey => SecurityEvent::PasskeyAdded,
        _ => SecurityEvent::AppAdded,
    };
    tell(tx, row.account_id, event);
    Ok(is_first)
}

fn replace_recovery_codes(tx: &mut Tx<'_>, owner: ActorId, digests: &[String]) -> Outcome<()> {
    credential::delete(tx.db, owner, CredentialKind::RecoveryCode)?;
    for digest in digests.iter().take(RECOVERY_CODES) {
        let row = new(tx, owner, CredentialKind::RecoveryCode, digest);
        credential::insert(tx.db, &row)?;
    }
    Ok(())
}

/// Replaces the recovery codes by new ones.
///
/// # Errors
/// Those of [`prove`]; `Invalid(code: Required)` where there is no second factor.
pub fn renew_recovery_codes(
    tx: &mut Tx<'_>,
    owner: ActorId,
    proof: &Proof,
    digests: &[String],
) -> Outcome<()> {
    prove(tx, owner, proof)?;
    if !credential::has_second_factor(tx.db, owner)? {
        return Err(Error::invalid("code", Why::Required));
    }
    replace_recovery_codes(tx, owner, digests)
}

/// Forgets the secret that no code has confirmed.
///
/// # Errors
/// Faults only.
pub fn cancel_app(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    credential::delete(tx.db, owner, CredentialKind::TotpPending)?;
    Ok(())
}

/// Removes the authenticator app.
///
/// # Errors
/// Those of [`prove`].
pub fn remove_app(tx: &mut Tx<'_>, owner: ActorId, proof: &Proof) -> Outcome<()> {
    prove(tx, owner, proof)?;
    if credential::delete(tx.db, owner, CredentialKind::Totp)? > 0 {
        tell(tx, owner, SecurityEvent::AppRemoved);
    }
    end_recovery(tx, owner)
}

/// Deletes the recovery codes of somebody who has no second factor any more.
pub(super) fn end_recovery(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    if !credential::has_second_factor(tx.db, owner)? {
        credential::delete(tx.db, owner, CredentialKind::RecoveryCode)?;
    }
    Ok(())
}

/// Turns two-step sign-in off for somebody who has lost every factor, from the shell.
///
/// # Errors
/// `NotFound`.
pub fn reset_second_factor(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    get(tx, id)?;
    for (kind, event) in [
        (CredentialKind::Totp, Some(SecurityEvent::AppRemoved)),
        (CredentialKind::Passkey, Some(SecurityEvent::PasskeyRemoved)),
        (CredentialKind::TotpPending, None),
        (CredentialKind::RecoveryCode, None),
    ] {
        let deleted = credential::delete(tx.db, id, kind)?;
        if let Some(event) = event.filter(|_| deleted > 0) {
            tell(tx, id, event);
        }
    }
    end_steps(tx, id)?;
    record(
        tx,
        Principal::Operator,
        id,
        AdminActionKind::SecondFactorReset,
        "",
    )
}

/// Remembers that the password was right, until the proof comes.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn begin_sign_in_step(tx: &mut Tx<'_>, owner: ActorId, token_hash: &str) -> Outcome<()> {
    get_active(tx, owner)?;
    begin_step(tx, owner, token_hash, None)
}

/// Remembers that somebody has shown who they are, by the password or an identity, until the proof comes.
pub(super) fn begin_step(
    tx: &mut Tx<'_>,
    owner: ActorId,
    token_hash: &str,
    identity: Option<&SessionIdentity>,
) -> Outcome<()> {
    let (oidc_subject, oidc_session) = SessionIdentity::digests(identity);
    let row = row::SignInStep {
        oidc_subject,
        oidc_session,
        token_hash: token_hash.to_owned(),
        account_id: owner,
        attempts: 0,
        expires_at: tx.now.plus_seconds(SIGN_IN_STEP_SECONDS),
    };
    Ok(sign_in_step::insert(tx.db, &row)?)
}

/// What became of a proof at sign-in.
#[derive(Debug, Clone)]
pub enum SecondStep {
    /// It was right: a session is open.
    Opened(row::Account),
    /// It was wrong.
    Wrong,
    /// It came too late, or after too many wrong ones.
    Expired,
}

/// Refuses a code where too many of the day were wrong. A passkey cannot be guessed.
fn check_wrong_codes(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    let today = tx.now.midnight();
    if sign_in_step::wrong_codes(tx.db, owner, today)? < WRONG_CODES_PER_DAY {
        return Ok(());
    }
    let wait = today.plus_seconds(DAY).unix_millis() - tx.now.unix_millis();
    Err(Error::too_many(wait / 1_000 + 1))
}

/// Counts a wrong code. Its owner is told of the fifth of a day, whichever sign-ins they were in.
fn count_wrong_code(tx: &mut Tx<'_>, step: &row::SignInStep) -> Outcome<()> {
    sign_in_step::count_attempt(tx.db, &step.token_hash)?;
    let wrong = sign_in_step::wrong_codes(tx.db, step.account_id, tx.now.midnight())?;
    if wrong == SIGN_IN_STEP_ATTEMPTS {
        tell(tx, step.account_id, SecurityEvent::WrongCodes);
    }
    Ok(())
}

/// Finishes a sign-in by a proof. In a browser that `is_known`, which has signed in to the account before, wrong
/// codes of others do not count: the caller limits it.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`; `TooMany` after [`WRONG_CODES_PER_DAY`].
pub fn finish_sign_in_step(
    tx: &mut Tx<'_>,
    token_hash: &str,
    is_known: bool,
    proof: &Proof,
    session_hash: &str,
    agent: &str,
) -> Outcome<SecondStep> {
    let step = sign_in_step::get(tx.db, token_hash, tx.now)?;
    let Some(step) = step.filter(|step| step.attempts < SIGN_IN_STEP_ATTEMPTS) else {
        return Ok(SecondStep::Expired);
    };
    if matches!(proof, Proof::Code(_)) && !is_known {
        check_wrong_codes(tx, step.account_id)?;
    }
    if !accept(tx, step.account_id, proof)? {
        count_wrong_code(tx, &step)?;
        return Ok(SecondStep::Wrong);
    }
    sign_in_step::end_of(tx.db, step.account_id, tx.now)?;
    passkey_challenge::delete_of(tx.db, step.account_id)?;
    let identity = SessionIdentity {
        subject: step.oidc_subject,
        session: step.oidc_session,
    };
    let new = NewSession {
        identity: (!identity.subject.is_empty()).then_some(identity),
        account: step.account_id,
        token_hash: session_hash.to_owned(),
        agent: agent.to_owned(),
    };
    open_session(tx, &new).map(SecondStep::Opened)
}
