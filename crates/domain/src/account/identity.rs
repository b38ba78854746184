//! Identities at providers (OpenID Connect): who signs in with one, and whose account it opens. What a provider
//! says was verified before the verb. An identity is an issuer and a subject, and never an address: an
//! address changes hands.

use super::administration::{get_active, record};
use super::credential::new;
use super::second_factor::{begin_step, tell};
use super::{
    NewAccount, NewSession, Principal, SessionIdentity, get, open_session, register, require_admin,
};
use crate::{Error, Outcome, Tx, secret};
use model::account::{
    AccountState, AdminActionKind, CredentialKind, OIDC_STEP_SECONDS, OidcStepKind,
};
use model::mail::{MailAddress, SecurityEvent};
use model::refusal::Rule;
use model::{ActorId, CredentialId, SessionId, Time, Why};
use store::account::{credential, oidc_step};
use store::row;

#[cfg(test)]
mod tests;

/// Who somebody is, as a provider has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenIdentity {
    pub issuer: String,
    pub subject: String,
    /// The provider's session, where it names it.
    pub session: Option<String>,
    /// What they are called there: the name to sign in with, or the address; for the settings page.
    pub label: String,
    /// The address, where the provider has checked it.
    pub address: Option<MailAddress>,
    /// Whether they have passed a second factor there that counts as ours.
    pub has_factor: bool,
}

impl ProvenIdentity {
    /// The digest by which the credential is found.
    #[must_use]
    pub fn digest(&self) -> String {
        identity_digest(&self.issuer, &self.subject)
    }

    /// By what the provider ends a session that this identity opens.
    #[must_use]
    pub fn of_session(&self) -> SessionIdentity {
        let session = self.session.as_deref();
        SessionIdentity {
            subject: self.digest(),
            session: session.map_or_else(String::new, |id| identity_digest(&self.issuer, id)),
        }
    }
}

/// The digest of an issuer and a subject, or one of its sessions. An issuer has no line break.
#[must_use]
pub fn identity_digest(issuer: &str, subject: &str) -> String {
    secret::digest(&format!("{issuer}\n{subject}"))
}

/// A step of a sign-in with a provider.
#[derive(Debug, Clone)]
pub struct NewOidcStep {
    pub token_hash: String,
    pub kind: OidcStepKind,
    pub provider: String,
    /// Whose account is to be connected; `None` for whoever comes back.
    pub account: Option<ActorId>,
    pub state: String,
    /// By what the provider ends it; `None` before it has said who it is.
    pub identity: Option<SessionIdentity>,
}

/// Remembers a step.
///
/// # Errors
/// Faults only.
pub fn begin_oidc_step(tx: &mut Tx<'_>, new: &NewOidcStep) -> Outcome<()> {
    let (oidc_subject, oidc_session) = SessionIdentity::digests(new.identity.as_ref());
    let row = row::OidcStep {
        oidc_subject,
        oidc_session,
        token_hash: new.token_hash.clone(),
        kind: new.kind,
        provider: new.provider.clone(),
        account_id: new.account,
        state: new.state.clone(),
        expires_at: tx.now.plus_seconds(OIDC_STEP_SECONDS),
    };
    Ok(oidc_step::insert(tx.db, &row)?)
}

/// Takes a step out.
///
/// # Errors
/// `Invalid(sso: Expired)` where it was taken already, or is older than ten minutes.
pub fn take_oidc_step(
    tx: &mut Tx<'_>,
    token_hash: &str,
    kind: OidcStepKind,
) -> Outcome<row::OidcStep> {
    let found = oidc_step::take(tx.db, token_hash, kind, tx.now)?;
    found.ok_or_else(expired)
}

fn expired() -> Error {
    Error::invalid("sso", Why::Expired)
}

/// Whose account an identity opens.
#[derive(Debug, Clone)]
pub enum IdentitySignIn {
    /// A session is open.
    Opened(row::Account),
    /// The account has a second factor, for which the sign-in waits.
    SecondStep,
    /// The account is not open: it waits to be approved, or was refused or suspended; or one that is not has confirmed
    /// the address.
    NotOpen(ActorId),
    /// It is connected with no account, but this one has its address: its owner must show that it is theirs.
    AddressOf(ActorId),
    /// It is connected with no account.
    Unknown,
}

/// Signs in to the account that an identity is connected with: opens a session with this token, or has it wait for
/// the second factor under the token of a step.
///
/// # Errors
/// Faults only.
pub fn sign_in_by_identity(
    tx: &mut Tx<'_>,
    identity: &ProvenIdentity,
    (token_hash, step_hash): (&str, &str),
    agent: &str,
) -> Outcome<IdentitySignIn> {
    let Some(known) = credential::by_identity(tx.db, &identity.digest())? else {
        return unknown(tx, identity);
    };
    let (account, _) = get(tx, known.account_id)?;
    let owner = account.actor_id;
    if account.state != AccountState::Active {
        return Ok(IdentitySignIn::NotOpen(owner));
    }
    credential::use_identity(tx.db, known.id, &identity.label, tx.now)?;
    if !identity.has_factor && credential::has_second_factor(tx.db, owner)? {
        begin_step(tx, owner, step_hash, Some(&identity.of_session()))?;
        return Ok(IdentitySignIn::SecondStep);
    }
    let session = NewSession {
        account: owner,
        token_hash: token_hash.to_owned(),
        agent: agent.to_owned(),
        identity: Some(identity.of_session()),
    };
    open_session(tx, &session).map(IdentitySignIn::Opened)
}

/// Whose an address is that an identity has, which is connected with no account. An address that somebody has given
/// and not confirmed is nobody's: anybody can give any.
fn unknown(tx: &mut Tx<'_>, identity: &ProvenIdentity) -> Outcome<IdentitySignIn> {
    let Some(address) = &identity.address else {
        return Ok(IdentitySignIn::Unknown);
    };
    Ok(match store::account::mail::by_address(tx.db, address)? {
        Some(account) if account.state == AccountState::Active => {
            IdentitySignIn::AddressOf(account.actor_id)
        }
        Some(account) => IdentitySignIn::NotOpen(account.actor_id),
        None => IdentitySignIn::Unknown,
    })
}

/// Registers an account that an identity signs in to, as the instance allows. Its verified address is the account's,
/// and no longer that of an account that has given it and not confirmed it.
///
/// # Errors
/// As [`register`]; `Invalid(sso: Taken)` where the identity or its address is an account's.
pub fn register_by_identity(
    tx: &mut Tx<'_>,
    identity: &ProvenIdentity,
    new_account: &NewAccount,
    invite: &str,
) -> Outcome<(ActorId, AccountState)> {
    let is_known = credential::by_identity(tx.db, &identity.digest())?.is_some();
    if is_known || !matches!(unknown(tx, identity)?, IdentitySignIn::Unknown) {
        return Err(Error::invalid("sso", Why::Taken));
    }
    let (id, state) = register(tx, new_account, Some(invite))?;
    if let Some(address) = &identity.address {
        store::account::mail::clear_pending(tx.db, address)?;
        store::account::mail::set_addresses(tx.db, id, Some(address), None)?;
    }
    insert(tx, id, identity)?;
    Ok((id, state))
}

fn insert(tx: &mut Tx<'_>, owner: ActorId, identity: &ProvenIdentity) -> Outcome<()> {
    let row = row::Credential {
        name: identity.label.clone(),
        key_id: identity.digest(),
        used_at: Some(tx.now),
        ..new(tx, owner, CredentialKind::Oidc, &identity.issuer)
    };
    Ok(credential::insert(tx.db, &row)?)
}

/// Connects an identity with an account, whose owner has shown both, and is told. Again is no error. `opened` is the
/// session that was opened for it: from now on the provider ends it.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`; `Invalid(sso: Taken)` where it is connected with another account.
pub fn connect_identity(
    tx: &mut Tx<'_>,
    owner: ActorId,
    identity: &ProvenIdentity,
    opened: Option<SessionId>,
) -> Outcome<()> {
    get_active(tx, owner)?;
    match credential::by_identity(tx.db, &identity.digest())? {
        Some(known) if known.account_id == owner => {}
        Some(_) => return Err(Error::invalid("sso", Why::Taken)),
        None => {
            insert(tx, owner, identity)?;
            tell(tx, owner, SecurityEvent::IdentityAdded);
        }
    }
    if let Some(id) = opened {
        let SessionIdentity { subject, session } = identity.of_session();
        store::account::set_session_identity(tx.db, (owner, id), &subject, &session)?;
    }
    Ok(())
}

/// The owner of a session has signed in at a provider again, to show that it is them.
///
/// # Errors
/// `Invalid(sso: Mismatch)` where the identity is not connected with the account.
pub fn confirm_session(
    tx: &mut Tx<'_>,
    owner: ActorId,
    id: SessionId,
    identity: &ProvenIdentity,
) -> Outcome<()> {
    let known = credential::by_identity(tx.db, &identity.digest())?;
    if known.is_none_or(|known| known.account_id != owner) {
        return Err(Error::invalid("sso", Why::Mismatch));
    }
    Ok(store::account::confirm_session(tx.db, owner, id, tx.now)?)
}

/// What an account can be signed in to with, as the instance is configured.
#[derive(Debug, Clone, Default)]
pub struct WaysIn {
    /// Its password.
    pub password: bool,
    /// The identities of these issuers.
    pub issuers: Vec<String>,
}

/// Disconnects an identity, ends the sessions it opened but `keep`, and has its owner told, who has shown before that
/// it is them. A passkey does not count as what is left: it may be lost with its device.
///
/// # Errors
/// `NotFound`; `NotAllowed(LastSignIn)` where nothing is left to sign in with.
pub fn disconnect_identity(
    tx: &mut Tx<'_>,
    owner: ActorId,
    id: CredentialId,
    keep: Option<SessionId>,
    ways: &WaysIn,
) -> Outcome<()> {
    get(tx, owner)?;
    let of_owner = credential::of(tx.db, owner, CredentialKind::Oidc)?;
    let known = of_owner.iter().find(|row| row.id == id);
    let known = known.ok_or(Error::not_found("identity"))?;
    let is_way = |row: &row::Credential| ways.issuers.contains(&row.secret);
    let is_other = |row: &&row::Credential| row.id != id;
    let has_password = ways.password && credential::password(tx.db, owner)?.is_some();
    let is_left = has_password || of_owner.iter().filter(is_other).any(is_way);
    if is_way(known) && !is_left {
        return Err(Error::not_allowed(Rule::LastSignIn));
    }
    if let Some(keep) = keep {
        store::account::clear_session_identity(tx.db, (owner, keep), &known.key_id)?;
    }
    end(tx, owner, known)
}

/// Disconnects every identity of somebody who asks for it, or whose account somebody else has come into. Without a
/// password they need a link to sign in again. Nothing is recorded where none is connected.
///
/// # Errors
/// `NotFound`; `NotAllowed(Admin)`.
pub fn disconnect_all(tx: &mut Tx<'_>, by: Principal, owner: ActorId) -> Outcome<()> {
    require_admin(tx, by)?;
    get(tx, owner)?;
    match disconnect_identities(tx, owner)? {
        0 => Ok(()),
        _ => record(tx, by, owner, AdminActionKind::IdentityRemoved, ""),
    }
}

/// Disconnects every identity of an account. Returns how many there were.
pub(super) fn disconnect_identities(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<usize> {
    let connected = credential::of(tx.db, owner, CredentialKind::Oidc)?;
    for known in &connected {
        end(tx, owner, known)?;
    }
    Ok(connected.len())
}

fn end(tx: &mut Tx<'_>, owner: ActorId, known: &row::Credential) -> Outcome<()> {
    end_sessions(tx, Some(&known.key_id), None)?;
    tx.outdate(owner);
    store::account::unconfirm_sessions(tx.db, owner)?;
    credential::delete_identity(tx.db, owner, known.id)?;
    tell(tx, owner, SecurityEvent::IdentityRemoved);
    Ok(())
}

fn end_sessions(tx: &mut Tx<'_>, subject: Option<&str>, session: Option<&str>) -> Outcome<usize> {
    Ok(store::account::provider_logout::end(
        tx.db, subject, session, tx.now,
    )?)
}

/// Whom a provider has signed out, by a token that was verified.
#[derive(Debug, Clone)]
pub struct ProviderLogout {
    /// The key of the provider in the configuration.
    pub provider: String,
    pub issuer: String,
    /// All sessions of this subject, or those of `session` among them.
    pub subject: Option<String>,
    /// The provider's session.
    pub session: Option<String>,
    /// The token's id.
    pub token_id: String,
    /// Until when the token is valid.
    pub until: Time,
}

/// Ends the sessions that a provider has ended: those of somebody, or one. Returns how many ended.
///
/// # Errors
/// `Invalid(sso: Expired)` where the token was used before.
pub fn end_identity_sessions(tx: &mut Tx<'_>, out: &ProviderLogout) -> Outcome<usize> {
    let digest = |text: &str| identity_digest(&out.issuer, text);
    let used = row::OidcStep {
        token_hash: digest(&out.token_id),
        kind: OidcStepKind::LoggedOut,
        provider: out.provider.clone(),
        account_id: None,
        state: String::new(),
        expires_at: out.until,
        oidc_subject: String::new(),
        oidc_session: String::new(),
    };
    if oidc_step::get(tx.db, &used.token_hash, used.kind, tx.now)?.is_some() {
        return Err(expired());
    }
    oidc_step::replace(tx.db, &used)?;
    let (subject, session) = (out.subject.as_deref(), out.session.as_deref());
    let (subject, session) = (subject.map(digest), session.map(digest));
    end_sessions(tx, subject.as_deref(), session.as_deref())
}
