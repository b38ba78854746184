//! What somebody signs in with besides the password.

use crate::row::{Credential, Member, OidcStep};
use domain::{Error, Outcome};
use model::account::{CONFIRMED_SECONDS, CredentialKind, OidcStepKind};
use model::{ActorId, SessionId, Time};
use store::Db;
use store::account::credential;

/// What an account has set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    pub app: Stage,
    /// The oldest first.
    pub passkeys: Vec<Credential>,
    /// The recovery codes that are left.
    pub recovery_codes: usize,
}

impl SecondFactor {
    /// Whether the password alone does not sign in.
    #[must_use]
    pub fn is_on(&self) -> bool {
        matches!(self.app, Stage::On(_)) || !self.passkeys.is_empty()
    }
}

/// How far an authenticator app is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Off,
    /// The secret, in base32, that an app is shown.
    Pending(String),
    /// Since when.
    On(Time),
}

/// What an account has set up.
///
/// # Errors
/// Faults.
pub fn second_factor(db: &mut Db, id: ActorId, now: Time) -> Outcome<SecondFactor> {
    Ok(SecondFactor {
        app: app(db, id, now)?,
        passkeys: passkeys(db, id)?,
        recovery_codes: credential::of(db, id, CredentialKind::RecoveryCode)?.len(),
    })
}

fn app(db: &mut Db, id: ActorId, now: Time) -> Outcome<Stage> {
    if let Some(app) = credential::of(db, id, CredentialKind::Totp)?.first() {
        return Ok(Stage::On(app.created_at));
    }
    let pending = credential::pending_app(db, id, now)?;
    Ok(pending.map_or(Stage::Off, |row| Stage::Pending(row.secret)))
}

/// Whether somebody signs in in two steps.
///
/// # Errors
/// Faults.
pub fn has_second_factor(db: &mut Db, id: ActorId) -> Outcome<bool> {
    Ok(credential::has_second_factor(db, id)?)
}

/// The passkeys of an account, the oldest first.
///
/// # Errors
/// Faults.
pub fn passkeys(db: &mut Db, id: ActorId) -> Outcome<Vec<Credential>> {
    Ok(credential::of(db, id, CredentialKind::Passkey)?)
}

/// The passkey that browsers name by this id, in base64url.
///
/// # Errors
/// Faults.
pub fn passkey(db: &mut Db, key_id: &str) -> Outcome<Option<Credential>> {
    Ok(credential::by_key_id(db, key_id)?)
}

/// Whose sign-in waits for the second factor with this token.
///
/// # Errors
/// Faults.
pub fn step_owner(db: &mut Db, digest: &str, now: Time) -> Outcome<Option<ActorId>> {
    let step = store::account::sign_in_step::get(db, digest, now)?;
    Ok(step.map(|step| step.account_id))
}

/// The identities at providers that an account is connected with, the oldest first.
///
/// # Errors
/// Faults.
pub fn identities(db: &mut Db, id: ActorId) -> Outcome<Vec<Credential>> {
    Ok(credential::of(db, id, CredentialKind::Oidc)?)
}

/// Whether the owner of a session has shown at a provider, not long ago, that it is them.
///
/// # Errors
/// Faults.
pub fn is_confirmed(db: &mut Db, session: SessionId, now: Time) -> Outcome<bool> {
    let at = store::account::session_confirmed_at(db, session)?;
    Ok(at.is_some_and(|at| at.plus_seconds(CONFIRMED_SECONDS) > now))
}

/// An account with its actor.
///
/// # Errors
/// `NotFound`.
pub fn member(db: &mut Db, id: ActorId) -> Outcome<Member> {
    store::account::by_id(db, id)?.ok_or(Error::not_found("account"))
}

/// What a provider has said to a browser, by the digest of its token, while an account may be connected with it or
/// made of it.
///
/// # Errors
/// Faults.
pub fn proved_step(db: &mut Db, digest: &str, now: Time) -> Outcome<Option<OidcStep>> {
    let kind = OidcStepKind::Proved;
    Ok(store::account::oidc_step::get(db, digest, kind, now)?)
}
