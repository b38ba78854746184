//! The way to a provider and back.

use super::step::{AskedState, ProvedState, expired, proven, remember, state};
use super::{SsoError, makes_accounts, set_cookie};
use crate::App;
use crate::rate_limits::RateLimit;
use crate::session::NewSignIn;
use domain::account::{
    IdentitySignIn, ProviderLogout, confirm_session, sign_in_by_identity, take_oidc_step,
};
use domain::{Outcome, Tx, secret};
use model::account::OidcStepKind;
use model::{ActorId, SessionId, Time};
use oidc::{Identity, Provider, SignInError};
use query::row;
use std::net::IpAddr;

/// What a browser is sent to a provider for.
#[derive(Debug, Clone, Copy)]
pub enum Intent<'a> {
    /// To sign in or to make an account, and to go on from there. All of them are from a page of ours.
    SignIn {
        next: &'a str,
        then: &'a str,
        invitation: &'a str,
    },
    /// To connect the account of whoever is signed in here.
    Connect { owner: ActorId, next: &'a str },
    /// To show that it is really the owner of the account that is signed in here.
    Confirm { owner: ActorId, next: &'a str },
}

/// A browser that is to go to a provider.
#[derive(Debug)]
pub struct Departure {
    pub url: String,
    /// The `Set-Cookie` that it takes along.
    pub cookie: String,
}

/// A browser that has come back.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub ip: IpAddr,
    pub agent: &'a str,
    /// The `state` of the address.
    pub state: &'a str,
    /// The cookie of the departure.
    pub cookie: &'a str,
    pub code: &'a str,
    /// The `iss` of the address (RFC 9207); empty where there is none.
    pub issuer: &'a str,
    /// The `error` of the address; empty where there is none.
    pub error: &'a str,
    /// Who is signed in already, and in which session.
    pub me: Option<(ActorId, SessionId)>,
}

/// What a provider's answer led to.
#[derive(Debug)]
pub enum Arrived {
    SignedIn {
        sign_in: NewSignIn,
        next: String,
        then: String,
    },
    /// The account has a second factor, for which the sign-in waits under this token.
    SecondStep {
        step: String,
        next: String,
        then: String,
    },
    /// Whoever asked to connect their account has proved an identity, which `cookie` takes along, and is to confirm
    /// that it is the right one.
    ToConnect { cookie: String },
    /// It is the owner of the account that is signed in here.
    Confirmed { next: String },
    /// This account has the address; its owner is to sign in to connect it. `cookie` takes the identity along.
    AddressOf {
        owner: ActorId,
        cookie: String,
        next: String,
    },
    /// No account is connected; one may be made. `cookie` takes the identity along.
    ToRegister { cookie: String },
    /// No account is connected, and none may be made.
    Unknown,
    /// The account is pending, suspended or refused.
    NotOpen(Box<row::Member>),
}

fn redirect_url(app: &App, provider: &Provider) -> Outcome<String> {
    let base = app.site()?.url.clone();
    Ok(format!("{base}/sign-in/with/{}/back", provider.config.key))
}

/// Sends a browser to a provider. Whoever is signed in here is to be asked there who it is: the browser may be in
/// somebody else's hands.
///
/// # Errors
/// `TooMany`; what is wrong with the provider.
pub async fn begin(
    app: &App,
    provider: &Provider,
    ip: IpAddr,
    intent: Intent<'_>,
) -> Result<Departure, SsoError> {
    app.limits().count_ip(RateLimit::Unguessable, ip)?;
    let now = app.ops().now().utc();
    let confirms = matches!(intent, Intent::Confirm { .. });
    let (owner, next, then, invitation) = match intent {
        Intent::SignIn {
            next,
            then,
            invitation,
        } => (None, next, then, invitation),
        Intent::Connect { owner, next } | Intent::Confirm { owner, next } => {
            (Some(owner), next, "", "")
        }
    };
    let redirect = redirect_url(app, provider)?;
    let begun = provider.begin(&redirect, owner.is_some(), now).await?;
    let state = AskedState {
        asked: begun.asked,
        next: next.to_owned(),
        then: then.to_owned(),
        invitation: invitation.to_owned(),
        confirms,
    };
    // What is in the address is seen by others: only the cookie has the second part.
    let token = format!("{}.{}", begun.state, secret::token());
    let step = (provider, OidcStepKind::Asked, token.as_str());
    remember(app, step, owner, None, &state).await?;
    Ok(Departure {
        url: begun.url,
        cookie: set_cookie(app.site()?.is_https(), Some(&token)),
    })
}

/// Receives a browser that comes back from a provider.
///
/// # Errors
/// `TooMany`; `Invalid(sso: Expired)` where this browser did not ask, or too long ago; what is wrong with the provider.
pub async fn arrive(
    app: &App,
    provider: &Provider,
    arrival: Arrival<'_>,
) -> Result<Arrived, SsoError> {
    // Another site may lead a browser here with a state of its own: it has not the cookie, and uses no limit up.
    let (asked, _) = arrival.cookie.rsplit_once('.').unwrap_or_default();
    if arrival.state.is_empty() || !secret::same(arrival.state, asked) {
        return Err(expired().into());
    }
    app.limits().count_ip(RateLimit::Unguessable, arrival.ip)?;
    let digest = secret::digest(arrival.cookie);
    let verb = move |tx: &mut Tx<'_>| take_oidc_step(tx, &digest, OidcStepKind::Asked);
    let step = app.ops().write(verb).await?;
    if step.provider != provider.config.key {
        return Err(expired().into());
    }
    let asked: AskedState = state(&step)?;
    if !arrival.issuer.is_empty() && arrival.issuer != provider.config.issuer {
        return Err(SignInError::Issuer(for_log(arrival.issuer)).into());
    }
    if !arrival.error.is_empty() {
        return Err(SignInError::Refused(for_log(arrival.error)).into());
    }
    let redirect = redirect_url(app, provider)?;
    let now = app.ops().now().utc();
    let identity = provider
        .finish(&redirect, &asked.asked, arrival.code, now)
        .await?;
    let Some(owner) = step.account_id else {
        return Ok(sign_in(app, provider, &arrival, identity, asked).await?);
    };
    match arrival.me.filter(|(me, _)| *me == owner) {
        Some((_, session)) if asked.confirms => {
            // The browser's address bar is in the hands of whoever it is that should show who they are.
            let said = identity.authenticated_at;
            said.ok_or_else(|| SignInError::Token(NO_TIME.to_owned()))?;
            let identity = proven(&identity);
            let verb = move |tx: &mut Tx<'_>| confirm_session(tx, owner, session, &identity);
            app.ops().write(verb).await?;
            Ok(Arrived::Confirmed { next: asked.next })
        }
        Some(_) => {
            let cookie = prove(app, provider, Some(owner), identity, (&asked, false)).await?;
            Ok(Arrived::ToConnect { cookie })
        }
        // They have signed out meanwhile, or somebody else has signed in.
        None => Err(expired().into()),
    }
}

/// Why a sign-in does not show who somebody is.
const NO_TIME: &str =
    "it does not say when they signed in; have the provider send the claim auth_time";

/// The characters of the address that the log keeps of a text.
const LOGGED_MAX: usize = 100;

fn for_log(text: &str) -> String {
    text.chars().take(LOGGED_MAX).collect()
}

/// Remembers an identity until its owner has confirmed what is done with it; returns the `Set-Cookie`.
async fn prove(
    app: &App,
    provider: &Provider,
    owner: Option<ActorId>,
    identity: Identity,
    (asked, signs_in): (&AskedState, bool),
) -> Outcome<String> {
    let token = secret::token();
    let of_session = proven(&identity).of_session();
    let proved = ProvedState {
        identity,
        signs_in,
        next: asked.next.clone(),
        invitation: asked.invitation.clone(),
    };
    let step = (provider, OidcStepKind::Proved, token.as_str());
    remember(app, step, owner, Some(of_session), &proved).await?;
    Ok(set_cookie(app.site()?.is_https(), Some(&token)))
}

async fn sign_in(
    app: &App,
    provider: &Provider,
    arrival: &Arrival<'_>,
    identity: Identity,
    asked: AskedState,
) -> Outcome<Arrived> {
    let proven = proven(&identity);
    let (token, step) = (secret::token(), secret::token());
    let digests = (secret::digest(&token), secret::digest(&step));
    let agent = arrival.agent.to_owned();
    let verb =
        move |tx: &mut Tx<'_>| sign_in_by_identity(tx, &proven, (&digests.0, &digests.1), &agent);
    Ok(match app.ops().write(verb).await? {
        IdentitySignIn::Opened(account) => Arrived::SignedIn {
            sign_in: NewSignIn::new(app, &account, token).await?,
            next: asked.next,
            then: asked.then,
        },
        IdentitySignIn::SecondStep => Arrived::SecondStep {
            step,
            next: asked.next,
            then: asked.then,
        },
        IdentitySignIn::AddressOf(owner) => Arrived::AddressOf {
            owner,
            cookie: prove(app, provider, Some(owner), identity, (&asked, true)).await?,
            next: asked.next,
        },
        IdentitySignIn::Unknown if makes_accounts(app, provider)? => Arrived::ToRegister {
            cookie: prove(app, provider, None, identity, (&asked, true)).await?,
        },
        IdentitySignIn::Unknown => Arrived::Unknown,
        IdentitySignIn::NotOpen(id) => {
            let read = move |db: &mut query::Db| query::account::member(db, id);
            Arrived::NotOpen(Box::new(app.store().read(read).await?))
        }
    })
}

/// Ends the sessions that a logout token names. Returns how many ended. Only what is refused is counted: no limit keeps
/// the provider from being heard.
///
/// # Errors
/// `TooMany`; `Invalid(sso: Expired)` where it was used before; what is wrong with the token.
pub async fn log_out(
    app: &App,
    provider: &Provider,
    ip: IpAddr,
    token: &str,
) -> Result<usize, SsoError> {
    let out = match provider.logged_out(token, app.ops().now().utc()).await {
        Ok(out) => out,
        Err(why) => {
            app.limits().count_ip(RateLimit::ProviderLogout, ip)?;
            return Err(why.into());
        }
    };
    let out = ProviderLogout {
        provider: provider.config.key.clone(),
        issuer: out.issuer,
        subject: out.subject,
        session: out.session,
        token_id: out.token_id,
        until: Time::from_unix_millis(out.until.timestamp_millis()),
    };
    let verb = move |tx: &mut Tx<'_>| domain::account::end_identity_sessions(tx, &out);
    Ok(app.ops().write(verb).await?)
}
