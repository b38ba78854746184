//! Sessions: random outside, hashed inside.

use super::{credential, get};
use crate::{Error, Outcome, Tx};
use model::account::AccountState;
use model::mail::MailLinkKind;
use model::refusal::Rule;
use model::{ActorId, SessionId, Time};
use store::row;

/// A browser that has shown the right password.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub account: ActorId,
    /// The digest of the cookie's token.
    pub token_hash: String,
    /// What the browser calls itself, cut to 200 characters.
    pub agent: String,
    /// The identity that opens it; `None` for what is not OpenID Connect.
    pub identity: Option<SessionIdentity>,
}

/// By what a provider ends a session that it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionIdentity {
    /// The digest of issuer and subject.
    pub subject: String,
    /// The digest of issuer and the provider's session; empty where it named none.
    pub session: String,
}

impl SessionIdentity {
    /// As they are stored: empty for what is not OpenID Connect.
    pub(super) fn digests(identity: Option<&Self>) -> (String, String) {
        identity.map_or_else(Default::default, |identity| {
            (identity.subject.clone(), identity.session.clone())
        })
    }
}

/// Opens a session. Returns the account.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn open_session(tx: &mut Tx<'_>, new: &NewSession) -> Outcome<row::Account> {
    open(tx, new, None)
}

/// Opens a session for somebody who has just shown, otherwise than by a password or a provider, that the account is
/// theirs. Returns the account.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub(super) fn open_confirmed_session(tx: &mut Tx<'_>, new: &NewSession) -> Outcome<row::Account> {
    open(tx, new, Some(tx.now))
}

fn open(tx: &mut Tx<'_>, new: &NewSession, confirmed_at: Option<Time>) -> Outcome<row::Account> {
    let (account, _) = get(tx, new.account)?;
    if account.state != AccountState::Active {
        return Err(Error::not_allowed(Rule::ActiveAccount));
    }
    let (oidc_subject, oidc_session) = SessionIdentity::digests(new.identity.as_ref());
    let row = row::Session {
        oidc_subject,
        oidc_session,
        id: tx.id(),
        actor_id: new.account,
        token_hash: new.token_hash.clone(),
        agent: new.agent.chars().take(200).collect(),
        created_at: tx.now,
        seen_at: tx.now,
        confirmed_at,
        only_connects: false,
    };
    store::account::insert_session(tx.db, &row)?;
    store::account::set_seen(tx.db, new.account, tx.now)?;
    Ok(account)
}

/// Has a session that was just opened connect its account with a provider and do nothing else, unless a provider
/// opened it: where people sign in with one only.
///
/// # Errors
/// Faults only.
pub fn limit_session(tx: &mut Tx<'_>, token_hash: &str) -> Outcome<()> {
    Ok(store::account::limit_session(tx.db, token_hash)?)
}

/// The session is in use.
///
/// # Errors
/// Faults only.
pub fn touch_session(tx: &mut Tx<'_>, id: SessionId) -> Outcome<()> {
    Ok(store::account::touch_session(tx.db, id, tx.now)?)
}

/// Ends one session.
///
/// # Errors
/// `NotFound` where it is not one of theirs.
pub fn close_session(tx: &mut Tx<'_>, owner: ActorId, id: SessionId) -> Outcome<()> {
    if store::account::end_session(tx.db, owner, id)? {
        tx.outdate(owner);
        Ok(())
    } else {
        Err(Error::not_found("session"))
    }
}

/// Ends all sessions but the one given. Returns how many ended.
///
/// # Errors
/// Faults only.
pub fn close_sessions(tx: &mut Tx<'_>, owner: ActorId, keep: Option<SessionId>) -> Outcome<usize> {
    tx.outdate(owner);
    Ok(store::account::end_sessions(tx.db, owner, keep)?)
}

/// Ends what gives access to an account besides its password: all sessions but the one given, what
/// lets applications act for it, and a sign-in link.
pub(super) fn end_access(tx: &mut Tx<'_>, owner: ActorId, keep: Option<SessionId>) -> Outcome<()> {
    store::account::end_sessions(tx.db, owner, keep)?;
    tx.outdate(owner);
    store::oauth::end_access(tx.db, owner)?;
    store::account::sign_in_link::delete_of(tx.db, owner)?;
    end_steps(tx, owner)
}

/// Ends the sign-ins that wait for the second factor, and what passkeys were asked for.
pub(super) fn end_steps(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    store::account::sign_in_step::delete_of(tx.db, owner)?;
    store::account::passkey_challenge::delete_of(tx.db, owner)?;
    store::account::oidc_step::delete_of(tx.db, owner)?;
    Ok(())
}

/// A new password signs out every other session, and ends the API tokens, a sign-in link and a link that
/// resets the password. The old
/// one was checked before.
///
/// # Errors
/// `NotFound`.
pub fn change_password(
    tx: &mut Tx<'_>,
    owner: ActorId,
    hash: &str,
    keep: Option<SessionId>,
) -> Outcome<()> {
    get(tx, owner)?;
    credential::replace_password(tx, owner, hash)?;
    end_access(tx, owner, keep)?;
    store::account::mail::delete_links(tx.db, owner, &[MailLinkKind::Reset])?;
    Ok(())
}
