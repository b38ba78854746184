//! Passkeys (WebAuthn): what browsers are asked to sign, and the check of what they answer. A challenge is in
//! the database until it is answered, once.

use crate::rate_limits::RateLimit;
use crate::session::NewSignIn;
use crate::single_sign_on::{WithoutProvider, without_provider};
use crate::{App, Me};
use domain::account::{NewChallenge, NewPasskey, NewSession, PasskeyUse, take_passkey_challenge};
use domain::{Error, Outcome, Tx, secret};
use model::account::PasskeyPurpose;
use model::{ActorId, Why};
use query::row::Credential;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::net::IpAddr;
use url::Url;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey,
    PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
    Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// A question to a browser.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Comes back with the answer.
    pub token: String,
    /// The argument of `navigator.credentials`, as JSON, with its bytes in base64url.
    pub options: String,
}

/// The answer of a browser, as a form brings it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The token of the [`Challenge`].
    pub token: &'a str,
    /// A `PublicKeyCredential` as JSON, with its bytes in base64url.
    pub credential: &'a str,
}

/// Checks answers for this instance: a passkey belongs to its host, and signs for its address.
fn checker(app: &App) -> Outcome<Webauthn> {
    let impossible = || Error::invalid("passkey", Why::NotAChoice);
    let site = app.site()?;
    let address = Url::parse(&site.url).map_err(|_why| impossible())?;
    let host = address.domain().ok_or_else(impossible)?;
    let builder = WebauthnBuilder::new(host, &address).map_err(|_why| impossible())?;
    let checker = builder.rp_name(host).build();
    checker.map_err(|_why| impossible())
}

/// Whether this instance can have passkeys: not where its address has a number instead of a name.
#[must_use]
pub fn is_possible(app: &App) -> bool {
    checker(app).is_ok()
}

/// A refused answer. Why is in the log of debugging only: it helps nobody but those who forge one.
fn refused(error: &WebauthnError) -> Error {
    tracing::debug!(%error, "passkey refused");
    Error::invalid("passkey", Why::Mismatch)
}

fn to_json(value: &impl Serialize) -> Outcome<String> {
    serde_json::to_string(value).map_err(|_why| Error::invalid("passkey", Why::Malformed))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Outcome<T> {
    serde_json::from_str(text).map_err(|_why| Error::invalid("passkey", Why::Malformed))
}

/// The handle under which authenticators keep an account's passkeys.
fn handle(account: ActorId) -> Uuid {
    Uuid::from_u64_pair(0, account.0.cast_unsigned())
}

/// Stores what an answer is checked against.
async fn ask(
    app: &App,
    purpose: PasskeyPurpose,
    account: Option<ActorId>,
    state: &impl Serialize,
    options: &impl Serialize,
) -> Outcome<Challenge> {
    let token = secret::token();
    let new = NewChallenge {
        token_hash: secret::digest(&token),
        purpose,
        account,
        state: to_json(state)?,
    };
    let options = to_json(options)?;
    let verb = move |tx: &mut Tx<'_>| domain::account::ask_passkey(tx, &new);
    app.ops().write(verb).await?;
    Ok(Challenge { token, options })
}

/// Takes out what an answer is checked against.
async fn take<T: DeserializeOwned>(
    app: &App,
    token: &str,
    purpose: PasskeyPurpose,
    account: Option<ActorId>,
) -> Outcome<T> {
    let digest = secret::digest(token);
    let verb = move |tx: &mut Tx<'_>| take_passkey_challenge(tx, &digest, purpose, account);
    from_json(&app.ops().write(verb).await?)
}

async fn passkeys(app: &App, owner: ActorId) -> Outcome<Vec<Credential>> {
    let read = move |db: &mut query::Db| query::account::passkeys(db, owner);
    app.store().read(read).await
}

/// Asks a browser for a new passkey, one that can name its owner where the device is able to.
///
/// # Errors
/// `Invalid(passkey: NotAChoice)` where this instance can have none.
pub async fn ask_to_register(app: &App, me: &Me) -> Outcome<Challenge> {
    let checker = checker(app)?;
    let mut known = Vec::new();
    for row in passkeys(app, me.id()).await? {
        known.push(from_json::<Passkey>(&row.secret)?.cred_id().clone());
    }
    let name = me.actor.handle.to_string();
    let started = checker.start_passkey_registration(handle(me.id()), &name, &name, Some(known));
    let (options, state) = started.map_err(|error| refused(&error))?;
    let mut options = json!(options);
    if let Some(Value::Object(wanted)) = options.pointer_mut("/publicKey/authenticatorSelection") {
        wanted.insert("residentKey".to_owned(), json!("preferred"));
    }
    ask(
        app,
        PasskeyPurpose::Register,
        Some(me.id()),
        &state,
        &options,
    )
    .await
}

/// Checks the answer to [`ask_to_register`]; returns the passkey, called `name`.
///
/// # Errors
/// `Invalid(passkey: Expired | Malformed | Mismatch)`.
pub async fn check_new(
    app: &App,
    owner: ActorId,
    answer: Answer<'_>,
    name: &str,
) -> Outcome<NewPasskey> {
    let state: PasskeyRegistration =
        take(app, answer.token, PasskeyPurpose::Register, Some(owner)).await?;
    let made: RegisterPublicKeyCredential = from_json(answer.credential)?;
    let passkey = checker(app)?.finish_passkey_registration(&made, &state);
    let passkey = passkey.map_err(|error| refused(&error))?;
    Ok(NewPasskey {
        name: name.to_owned(),
        key_id: key_id(passkey.cred_id())?,
        key: to_json(&passkey)?,
    })
}

/// The longest id of a passkey, in bytes (WebAuthn §4).
const KEY_ID_MAX: usize = 1_023;

/// The id by which browsers name a passkey, as stored: in base64url.
fn key_id(id: &impl Serialize) -> Outcome<String> {
    match json!(id) {
        Value::String(text) if text.len() <= (KEY_ID_MAX * 4).div_ceil(3) => Ok(text),
        _ => Err(Error::invalid("passkey", Why::Malformed)),
    }
}

/// Asks a browser for one of somebody's passkeys; `None` where they have none.
///
/// # Errors
/// `Invalid(passkey: NotAChoice)` where this instance can have none.
pub async fn ask_to_prove(app: &App, owner: ActorId) -> Outcome<Option<Challenge>> {
    let mut known: Vec<Passkey> = Vec::new();
    for row in passkeys(app, owner).await? {
        known.push(from_json(&row.secret)?);
    }
    if known.is_empty() {
        return Ok(None);
    }
    let started = checker(app)?.start_passkey_authentication(&known);
    let (options, state) = started.map_err(|error| refused(&error))?;
    let asked = ask(app, PasskeyPurpose::Prove, Some(owner), &state, &options);
    asked.await.map(Some)
}

/// Checks the answer to [`ask_to_prove`].
///
/// # Errors
/// `Invalid(passkey: Expired | Malformed | Mismatch | Unknown)`.
pub async fn check_proof(app: &App, owner: ActorId, answer: Answer<'_>) -> Outcome<PasskeyUse> {
    let state: PasskeyAuthentication =
        take(app, answer.token, PasskeyPurpose::Prove, Some(owner)).await?;
    let shown: PublicKeyCredential = from_json(answer.credential)?;
    let result = checker(app)?.finish_passkey_authentication(&shown, &state);
    let result = result.map_err(|error| refused(&error))?;
    let row = known(app, result.cred_id()).await?;
    used(&row, &result)
}

/// Asks a browser for a passkey of whoever it is.
///
/// # Errors
/// `TooMany`; `Invalid(passkey: NotAChoice)` where this instance can have none.
pub async fn ask_to_sign_in(app: &App, ip: IpAddr) -> Outcome<Challenge> {
    app.limits().count_ip(RateLimit::SignIn, ip)?;
    let started = checker(app)?.start_discoverable_authentication();
    let (mut options, state) = started.map_err(|error| refused(&error))?;
    // The library means it for suggestions in a field; here a button asks.
    options.mediation = None;
    ask(app, PasskeyPurpose::SignIn, None, &state, &options).await
}

/// An answer to [`ask_to_sign_in`], and the browser that it comes from.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyAttempt<'a> {
    pub ip: IpAddr,
    pub answer: Answer<'a>,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// The token of a sign-in with a provider that came with it, see [`crate::single_sign_on`]; may be empty.
    pub sso_cookie: &'a str,
}

/// Signs in by the answer to [`ask_to_sign_in`].
///
/// # Errors
/// `TooMany`; `Invalid(passkey: Expired | Malformed | Mismatch | Unknown)`; `Invalid(passkey: Reserved)` where members
/// sign in with a provider only; `NotAllowed(ActiveAccount)`.
pub async fn sign_in(app: &App, attempt: PasskeyAttempt<'_>) -> Outcome<NewSignIn> {
    // Before the challenge is taken out, which writes.
    app.limits().count_ip(RateLimit::Unguessable, attempt.ip)?;
    let answer = attempt.answer;
    let state: DiscoverableAuthentication =
        take(app, answer.token, PasskeyPurpose::SignIn, None).await?;
    let shown: PublicKeyCredential = from_json(answer.credential)?;
    let checker = checker(app)?;
    let row = known(app, &shown.raw_id).await?;
    let named = checker.identify_discoverable_authentication(&shown);
    let (named, _) = named.map_err(|error| refused(&error))?;
    if named != handle(row.account_id) {
        return Err(Error::invalid("passkey", Why::Unknown));
    }
    let key: DiscoverableKey = from_json::<Passkey>(&row.secret)?.into();
    let result = checker.finish_discoverable_authentication(&shown, state, &[key]);
    let result = result.map_err(|error| refused(&error))?;
    let used = used(&row, &result)?;
    let may = without_provider(app, row.account_id, attempt.sso_cookie).await?;
    if may == WithoutProvider::Nothing {
        return Err(Error::invalid("passkey", Why::Reserved));
    }
    let token = secret::token();
    let new = NewSession {
        identity: None,
        account: row.account_id,
        token_hash: secret::digest(&token),
        agent: attempt.agent.to_owned(),
    };
    let verb = move |tx: &mut Tx<'_>| {
        let account = domain::account::sign_in_by_passkey(tx, &used, &new)?;
        if may != WithoutProvider::Everything {
            domain::account::limit_session(tx, &new.token_hash)?;
        }
        Ok(account)
    };
    let account = app.ops().write(verb).await?;
    NewSignIn::new(app, &account, token).await
}

/// The stored passkey that a browser named.
async fn known(app: &App, id: &impl Serialize) -> Outcome<Credential> {
    let id = key_id(id)?;
    let read = move |db: &mut query::Db| query::account::passkey(db, &id);
    let row = app.store().read(read).await?;
    row.ok_or(Error::invalid("passkey", Why::Unknown))
}

/// The use of a stored passkey, with its new counter.
fn used(row: &Credential, result: &AuthenticationResult) -> Outcome<PasskeyUse> {
    let mut passkey: Passkey = from_json(&row.secret)?;
    passkey.update_credential(result);
    Ok(PasskeyUse {
        id: row.id,
        key: to_json(&passkey)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_at_most_as_long_as_webauthn_allows() {
        // 1023 bytes are 1364 characters.
        assert!(key_id(&"x".repeat(1_364)).is_ok());
        assert!(key_id(&"x".repeat(1_365)).is_err());
        assert!(key_id(&7).is_err());
    }
}
