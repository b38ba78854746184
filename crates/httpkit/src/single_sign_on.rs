//! Signing in with a provider (OpenID Connect). Each step is in the database, bound to the browser by a cookie,
//! and taken once, within ten minutes: [`begin`] sends a browser to the provider, [`arrive`] receives it, and
//! [`connect`] and [`register`] do what its owner has confirmed then.

mod arrival;
mod proved;
mod step;

use crate::{App, Me};
use domain::account::WaysIn;
use domain::{Error, Outcome, Tx, secret};
use http::HeaderMap;
use model::{ActorId, CredentialId, Refusal, Registration, SiteRole};
use oidc::SignInError;
use std::sync::Arc;

pub use oidc::Provider;

pub use arrival::{Arrival, Arrived, Departure, Intent, arrive, begin, log_out};
pub use proved::{NewPerson, Proved, connect, proved, register};

/// The page on which an account is connected: the one that a session reaches which does nothing else.
pub const CONFIRM_PATH: &str = "/settings/single-sign-on/confirm";
/// Where a session ends, that one as well.
pub(crate) const SIGN_OUT_PATH: &str = "/sign-out";

/// The seconds for which a browser keeps the cookie of a step.
const COOKIE_SECONDS: i64 = model::account::OIDC_STEP_SECONDS;

/// Why somebody is not signed in by a provider.
#[derive(Debug)]
pub enum SsoError {
    /// What went wrong with the provider.
    Provider(SignInError),
    /// What went wrong here.
    Ours(Error),
}

impl From<SignInError> for SsoError {
    fn from(error: SignInError) -> Self {
        Self::Provider(error)
    }
}

impl From<Error> for SsoError {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<Refusal> for SsoError {
    fn from(refusal: Refusal) -> Self {
        Self::Ours(refusal.into())
    }
}

/// The providers of this instance.
#[must_use]
pub fn providers(app: &App) -> &[Arc<Provider>] {
    app.providers()
}

/// Finds a provider by its key.
///
/// # Errors
/// `NotFound`.
pub fn provider<'a>(app: &'a App, key: &str) -> Outcome<&'a Arc<Provider>> {
    let found = app.providers().iter().find(|one| one.config.key == key);
    found.ok_or(Error::not_found("page"))
}

/// Whether only administrators have passwords and passkeys.
#[must_use]
pub fn is_only(app: &App) -> bool {
    app.providers().iter().any(|one| one.config.is_only)
}

/// Whether whoever comes from a provider may make an account.
///
/// # Errors
/// `Refusal::NotSetUp` before the setup.
pub fn makes_accounts(app: &App, provider: &Provider) -> Outcome<bool> {
    let registration = app.site()?.registration;
    Ok(provider.config.creates_accounts && registration != Registration::Closed)
}

/// Whether somebody may have a password: where a provider is the only way, only an administrator.
///
/// # Errors
/// Faults.
pub async fn may_have_password(app: &App, owner: ActorId) -> Outcome<bool> {
    if !is_only(app) {
        return Ok(true);
    }
    let read = move |db: &mut query::Db| query::account::role(db, owner);
    Ok(app.store().read(read).await? == SiteRole::Admin)
}

/// Disconnects an identity of somebody, who has shown that it is them. Where the provider is the only way, their
/// session ends as well if the identity opened it.
///
/// # Errors
/// `NotFound`; `NotAllowed(LastSignIn)`.
pub async fn disconnect(app: &App, me: &Me, id: CredentialId) -> Outcome<()> {
    let owner = me.id();
    let password = may_have_password(app, owner).await?;
    let ways = WaysIn {
        password,
        issuers: providers(app)
            .iter()
            .map(|one| one.config.issuer.clone())
            .collect(),
    };
    let keep = me.session.filter(|_| password);
    let verb =
        move |tx: &mut Tx<'_>| domain::account::disconnect_identity(tx, owner, id, keep, &ways);
    app.ops().write(verb).await
}

/// What somebody may do who signs in without a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithoutProvider {
    Everything,
    /// Nothing but connect their account with the identity that they have proved.
    OnlyConnect,
    Nothing,
}

/// What somebody may do who signs in without a provider: where it is the only way, only an administrator does
/// everything, and whoever has proved an identity with `cookie` connects their account.
pub(crate) async fn without_provider(
    app: &App,
    owner: ActorId,
    cookie: &str,
) -> Outcome<WithoutProvider> {
    if may_have_password(app, owner).await? {
        return Ok(WithoutProvider::Everything);
    }
    Ok(match is_proved_for(app, cookie, owner).await? {
        true => WithoutProvider::OnlyConnect,
        false => WithoutProvider::Nothing,
    })
}

/// How the owner of a session shows, before what matters is changed, that it is them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerProof {
    /// By the password.
    Password,
    /// By signing in at their provider again.
    Provider {
        /// They did, not long ago.
        is_done: bool,
    },
}

/// How somebody shows that it is them.
///
/// # Errors
/// Faults.
pub async fn owner_proof(app: &App, me: &Me) -> Outcome<OwnerProof> {
    let (id, session, now) = (me.id(), me.session, app.ops().now());
    let may_have_password = may_have_password(app, id).await?;
    let read = move |db: &mut query::Db| {
        if may_have_password && query::account::password(db, id)?.is_some() {
            return Ok(OwnerProof::Password);
        }
        let is_done = match session {
            Some(session) => query::account::is_confirmed(db, session, now)?,
            None => false,
        };
        Ok(OwnerProof::Provider { is_done })
    };
    app.store().read(read).await
}

/// Whether a browser has proved an identity with which an account is to be connected.
///
/// # Errors
/// Faults.
pub async fn is_proved_for(app: &App, cookie: &str, owner: ActorId) -> Outcome<bool> {
    let (digest, now) = (secret::digest(cookie), app.ops().now());
    let read = move |db: &mut query::Db| query::account::proved_step(db, &digest, now);
    let step = app.store().read(read).await?;
    Ok(step.is_some_and(|step| step.account_id == Some(owner)))
}

/// The cookie's name: bound to the host and to https where there is https.
#[must_use]
fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-hedgerow-sso"
    } else {
        "hedgerow-sso"
    }
}

/// The token of a browser's step; empty where there is none.
#[must_use]
pub fn read_cookie(headers: &HeaderMap, https: bool) -> &str {
    crate::session::cookie(headers, cookie_name(https)).unwrap_or_default()
}

/// The `Set-Cookie` of a step, or, without a token, of its end. `Lax`, since the provider leads back here.
#[must_use]
pub fn set_cookie(https: bool, token: Option<&str>) -> String {
    let secure = if https { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |token| (token, COOKIE_SECONDS));
    format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}",
        cookie_name(https)
    )
}
