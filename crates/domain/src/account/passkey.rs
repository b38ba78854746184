//! Passkeys: public keys of devices and password managers. What browsers sign is checked before the verb; a
//! challenge is taken out first, so that an answer counts once.

use super::NewSession;
use super::administration::get_active;
use super::credential::new;
use super::second_factor::{PasskeyUse, Proof, add_factor, end_recovery, prove, tell, use_passkey};
use super::session::open_confirmed_session;
use crate::{Error, Outcome, Tx};
use model::account::{
    CredentialKind, PASSKEY_NAME_MAX, PASSKEY_SECONDS, PASSKEYS_MAX, PasskeyPurpose,
};
use model::mail::SecurityEvent;
use model::refusal::Checks;
use model::{ActorId, CredentialId, Why};
use store::account::{credential, passkey_challenge};
use store::row;

#[cfg(test)]
mod tests;

/// A new passkey, as its browser made it.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// The id by which browsers name it, in base64url.
    pub key_id: String,
    /// Its public key and counter, as JSON of the WebAuthn library.
    pub key: String,
}

/// What a browser is asked to sign.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    pub token_hash: String,
    pub purpose: PasskeyPurpose,
    /// Who may answer it; `None` for whoever has a passkey.
    pub account: Option<ActorId>,
    /// What the answer is checked against, as JSON of the WebAuthn library.
    pub state: String,
}

/// Remembers what a browser is asked to sign.
///
/// # Errors
/// Faults only.
pub fn ask_passkey(tx: &mut Tx<'_>, new: &NewChallenge) -> Outcome<()> {
    let row = row::PasskeyChallenge {
        token_hash: new.token_hash.clone(),
        purpose: new.purpose,
        account_id: new.account,
        state: new.state.clone(),
        expires_at: tx.now.plus_seconds(PASSKEY_SECONDS),
    };
    Ok(passkey_challenge::insert(tx.db, &row)?)
}

/// Takes out what a browser was asked for this purpose, by this account or anybody; returns what its answer is
/// checked against.
///
/// # Errors
/// `Invalid(passkey: Expired)` where it was answered already, came too late, or was another's.
pub fn take_passkey_challenge(
    tx: &mut Tx<'_>,
    token_hash: &str,
    purpose: PasskeyPurpose,
    account: Option<ActorId>,
) -> Outcome<String> {
    let found = passkey_challenge::take(tx.db, token_hash, purpose, tx.now)?;
    let found = found.filter(|challenge| challenge.account_id == account);
    let found = found.ok_or(Error::invalid("passkey", Why::Expired))?;
    Ok(found.state)
}

/// Checks what a passkey is to be called, and who adds it, before the browser is asked for it.
///
/// # Errors
/// Those of [`prove`]; `Invalid(name)`; `Invalid(passkey: TooLong)` where there are [`PASSKEYS_MAX`].
pub fn prepare_passkey(tx: &mut Tx<'_>, owner: ActorId, proof: &Proof, name: &str) -> Outcome<()> {
    check_name(tx, owner, name)?;
    prove(tx, owner, proof)
}

fn check_name(tx: &mut Tx<'_>, owner: ActorId, name: &str) -> Outcome<()> {
    Checks::default()
        .text("name", name, PASSKEY_NAME_MAX)
        .done()?;
    let stored = credential::of(tx.db, owner, CredentialKind::Passkey)?;
    if stored.len() >= PASSKEYS_MAX {
        return Err(Error::invalid("passkey", Why::TooLong));
    }
    Ok(())
}

/// Adds a passkey for which the browser was asked after [`prepare_passkey`]. `recovery` are the digests of
/// recovery codes; returns whether they are stored, as where this is the first second factor.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`; `Invalid(name)`; `Invalid(passkey: TooLong | Taken)` where it is known.
pub fn add_passkey(
    tx: &mut Tx<'_>,
    owner: ActorId,
    passkey: &NewPasskey,
    recovery: &[String],
) -> Outcome<bool> {
    get_active(tx, owner)?;
    check_name(tx, owner, &passkey.name)?;
    if credential::by_key_id(tx.db, &passkey.key_id)?.is_some() {
        return Err(Error::invalid("passkey", Why::Taken));
    }
    let row = row::Credential {
        name: passkey.name.trim().to_owned(),
        key_id: passkey.key_id.clone(),
        ..new(tx, owner, CredentialKind::Passkey, &passkey.key)
    };
    add_factor(tx, &row, recovery)
}

/// Removes a passkey.
///
/// # Errors
/// Those of [`prove`]; `NotFound`.
pub fn remove_passkey(
    tx: &mut Tx<'_>,
    owner: ActorId,
    id: CredentialId,
    proof: &Proof,
) -> Outcome<()> {
    prove(tx, owner, proof)?;
    if !credential::delete_passkey(tx.db, owner, id)? {
        return Err(Error::not_found("passkey"));
    }
    tell(tx, owner, SecurityEvent::PasskeyRemoved);
    end_recovery(tx, owner)
}

/// Signs in by a passkey, which is something one has and something one knows or is: nothing else is asked for.
///
/// # Errors
/// `Invalid(passkey: Unknown)`; `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn sign_in_by_passkey(
    tx: &mut Tx<'_>,
    used: &PasskeyUse,
    new: &NewSession,
) -> Outcome<row::Account> {
    if !use_passkey(tx, new.account, used)? {
        return Err(Error::invalid("passkey", Why::Unknown));
    }
    open_confirmed_session(tx, new)
}
