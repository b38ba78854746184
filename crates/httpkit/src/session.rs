//! Authentication of requests: the session of a cookie, or an API token.

use crate::rate_limits::RateLimit;
use crate::single_sign_on::WithoutProvider;
use crate::{ApiError, App, body, known_browser, passkey, single_sign_on};
use axum::extract::FromRequestParts;
use domain::account::{NewSession, Proof, SecondStep};
use domain::{Error, Outcome, secret};
use http::header::{AUTHORIZATION, COOKIE, HeaderMap};
use http::request::Parts;
use model::account::{AccountState, OIDC_STEP_SECONDS};
use model::oauth::{Scope, Scopes};
use model::refusal::{Checks, Rule};
use model::{AccountName, ActorId, Lang, Refusal, SessionId, SiteRole, Time, Why};
use query::row;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

/// Seconds after which an unused session expires: thirty days.
pub const SESSION_SECONDS: i64 = 30 * 86_400;
/// `Max-Age` of the cookie in seconds, the longest browsers allow: the server decides by the last
/// use whether a session is still valid.
const COOKIE_SECONDS: i64 = 400 * 86_400;
/// Seconds between two writes of a session's or token's time of use.
const TOUCH_SECONDS: i64 = 600;

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Me {
    pub account: row::Account,
    pub actor: row::Actor,
    /// The session of a browser; `None` for a token.
    pub session: Option<SessionId>,
    /// The CSRF key of their forms; empty for a token.
    pub form_key: String,
    /// What the request may do: everything in a browser, and less with a token.
    pub scopes: Scopes,
    /// They administer the instance, which wants a second factor of them that they have not set up.
    pub lacks_second_factor: bool,
}

impl Me {
    #[must_use]
    pub fn id(&self) -> ActorId {
        self.actor.id
    }

    /// Whether they administer the instance.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.account.role == SiteRole::Admin
    }

    /// The person, where they administer the instance.
    ///
    /// # Errors
    /// `NotAllowed(Admin | SecondFactor)`.
    pub fn admin(&self) -> Result<&Self, Refusal> {
        if !self.is_admin() {
            return Err(Refusal::NotAllowed(Rule::Admin));
        }
        self.require_factor()?;
        Ok(self)
    }

    /// Checks that they may change anything: an administrator whom the site wants a second factor of may
    /// only set it up before.
    ///
    /// # Errors
    /// `NotAllowed(SecondFactor)`.
    pub fn require_factor(&self) -> Result<(), Refusal> {
        match self.lacks_second_factor {
            true => Err(Refusal::NotAllowed(Rule::SecondFactor)),
            false => Ok(()),
        }
    }

    /// Checks the CSRF key of a form.
    ///
    /// # Errors
    /// `NotAllowed(FormKey)`.
    pub fn check_form_key(&self, sent: &str) -> Result<(), Refusal> {
        if secret::same(sent, &self.form_key) {
            Ok(())
        } else {
            Err(Refusal::NotAllowed(Rule::FormKey))
        }
    }
}

/// The person behind a browser request; `None` for a guest.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Me>);

impl Visitor {
    /// The signed-in person.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn)`.
    pub fn signed_in(self) -> Result<Me, Refusal> {
        self.0.ok_or(Refusal::NotAllowed(Rule::SignedIn))
    }

    /// The signed-in admin.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn | Admin)`.
    pub fn admin(self) -> Result<Me, Refusal> {
        let me = self.signed_in()?;
        me.admin()?;
        Ok(me)
    }
}

/// The session cookie's name: bound to the host and to https where there is https.
#[must_use]
pub fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-hedgerow" } else { "hedgerow" }
}

/// The `Set-Cookie` of a new session, or, without a token, of a sign-out.
#[must_use]
pub fn set_cookie(https: bool, token: Option<&str>) -> String {
    let secure = if https { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |token| (token, COOKIE_SECONDS));
    format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}",
        cookie_name(https)
    )
}

/// Reads a cookie's value.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    /// An unknown token is a guest; so is everybody while the database is unavailable, and the
    /// page itself reports that.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let https = app.ops().site().is_some_and(|site| site.is_https());
        let Some(token) = cookie(&parts.headers, cookie_name(https)).filter(|t| !t.is_empty())
        else {
            return Ok(Self(None));
        };
        let reached = [single_sign_on::CONFIRM_PATH, single_sign_on::SIGN_OUT_PATH];
        let connects = reached.contains(&parts.uri.path());
        let found = any_owner(app, token).await.unwrap_or_else(|fault| {
            tracing::error!(%fault, "session lookup failed");
            None
        });
        let found = found.filter(|(_, only_connects)| connects || !only_connects);
        Ok(Self(found.map(|(me, _)| me)))
    }
}

/// Whether the instance wants a second factor of an account that has none. The account's is read only where
/// it does.
async fn lacks_second_factor(app: &App, account: &row::Account) -> Outcome<bool> {
    if !app.site()?.wants_second_factor(account.role) {
        return Ok(false);
    }
    let id = account.actor_id;
    let read = move |db: &mut query::Db| query::account::has_second_factor(db, id);
    Ok(!app.store().read(read).await?)
}

/// The person whose session a cookie's token opens; `None` where there is none, and where it only connects their
/// account with a provider.
///
/// # Errors
/// Faults.
pub async fn owner(app: &App, token: &str) -> Outcome<Option<Me>> {
    let found = any_owner(app, token).await?;
    Ok(found
        .filter(|(_, only_connects)| !only_connects)
        .map(|(me, _)| me))
}

/// Whether a session has not expired.
#[must_use]
pub fn is_current(session: &row::Session, now: Time) -> bool {
    let last = match session.only_connects {
        true => session.created_at.plus_seconds(OIDC_STEP_SECONDS),
        false => session.seen_at.plus_seconds(SESSION_SECONDS),
    };
    last > now
}

/// The person whose session a token opens, and whether it only connects their account with a provider.
async fn any_owner(app: &App, token: &str) -> Outcome<Option<(Me, bool)>> {
    let digest = secret::digest(token);
    let found = app
        .store()
        .read(move |db| query::account::by_session(db, &digest))
        .await?;
    let now = app.ops().now();
    let Some((session, account, actor)) = found.filter(|(session, account, _)| {
        account.state == AccountState::Active && is_current(session, now)
    }) else {
        return Ok(None);
    };
    let id = session.id;
    if session.seen_at.plus_seconds(TOUCH_SECONDS) < now {
        app.ops()
            .write(move |tx| domain::account::touch_session(tx, id))
            .await?;
    }
    let me = Me {
        lacks_second_factor: lacks_second_factor(app, &account).await?,
        account,
        actor,
        session: Some(id),
        form_key: secret::form_key(token),
        scopes: Scopes::all(),
    };
    Ok(Some((me, session.only_connects)))
}

/// The scopes of which a route of the API needs one; empty where it is open and takes no token. An extension
/// of the request: without it, no token is accepted.
#[derive(Debug, Clone)]
pub struct RouteScopes(pub Arc<[Scope]>);

/// The person whose API token a request carries; `None` for a guest, and for an application that acts for
/// nobody.
#[derive(Debug, Clone)]
pub struct Bearer(pub Option<Me>);

impl Bearer {
    /// The person whose token it is.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn)`.
    pub fn signed_in(self) -> Result<Me, Refusal> {
        Visitor(self.0).signed_in()
    }

    /// The admin whose token it is.
    ///
    /// # Errors
    /// `NotAllowed(SignedIn | Admin)`.
    pub fn admin(self) -> Result<Me, Refusal> {
        Visitor(self.0).admin()
    }
}

impl FromRequestParts<App> for Bearer {
    type Rejection = ApiError;

    /// A request without a token is a guest; an unknown token is refused, as is one whose scopes do not
    /// include one that the route needs.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(Self(None));
        };
        let refused = || ApiError::from(Refusal::NotAllowed(Rule::SignedIn));
        let token = header
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(refused)?;
        let (scopes, me) = token_owner(app, token).await?.ok_or_else(refused)?;
        let needed = parts.extensions.get::<RouteScopes>();
        let is_allowed = |needed: &RouteScopes| needed.0.iter().any(|one| scopes.allow(*one));
        if !needed.is_some_and(is_allowed) {
            return Err(Refusal::NotAllowed(Rule::Scope).into());
        }
        if me.is_some() {
            body::allow_member(parts);
        }
        Ok(Self(me))
    }
}

/// What a token may do, and for whom; `None` where it does not hold, or its owner's account is not active.
async fn token_owner(app: &App, token: &str) -> Outcome<Option<(Scopes, Option<Me>)>> {
    let (digest, now) = (secret::digest(token), app.ops().now());
    let read = move |db: &mut query::Db| query::oauth::by_token(db, &digest, now);
    let Some((token, owner)) = app.store().read(read).await? else {
        return Ok(None);
    };
    let is_active = |account: &row::Account| account.state == AccountState::Active;
    if owner
        .as_ref()
        .is_some_and(|(account, _)| !is_active(account))
    {
        return Ok(None);
    }
    if token
        .used_at
        .is_none_or(|at| at.plus_seconds(TOUCH_SECONDS) < now)
    {
        let id = token.id;
        app.ops()
            .write(move |tx| domain::oauth::touch_token(tx, id))
            .await?;
    }
    let scopes = Scopes::stored(&token.scopes);
    let Some((account, actor)) = owner else {
        return Ok(Some((scopes, None)));
    };
    let me = Me {
        lacks_second_factor: lacks_second_factor(app, &account).await?,
        account,
        actor,
        session: None,
        form_key: String::new(),
        scopes: scopes.clone(),
    };
    Ok(Some((scopes, Some(me))))
}

/// An attempt to sign in with a password.
#[derive(Debug, Clone, Copy)]
pub struct SignInAttempt<'a> {
    pub ip: IpAddr,
    /// What was typed to name the account, see [`AccountName`].
    pub name: &'a str,
    pub password: &'a str,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// The proof of a known browser that came with it, see [`known_browser`]; may be empty.
    pub browser_proof: &'a str,
    /// The token of a sign-in with a provider that came with it, see [`single_sign_on`]; may be empty.
    pub sso_cookie: &'a str,
}

/// Somebody who has just signed in, in whatever way.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    pub me: ActorId,
    pub lang: Lang,
    /// The token of the session's cookie.
    pub token: String,
    /// The proof of their browser from now on, see [`known_browser`]; `None` without a password.
    browser_proof: Option<String>,
}

impl NewSignIn {
    /// The sign-in to an account by a session with this token.
    ///
    /// # Errors
    /// Faults.
    pub async fn new(app: &App, account: &row::Account, token: String) -> Outcome<Self> {
        let me = account.actor_id;
        let read = move |db: &mut query::Db| query::account::password(db, me);
        let hash = app.store().read(read).await?;
        Ok(Self {
            me,
            lang: account.lang,
            token,
            browser_proof: hash.map(|hash| known_browser::proof(me, &hash)),
        })
    }

    /// What the browser is sent: the `Set-Cookie` of the session, and of the proof.
    pub fn cookies(&self, https: bool) -> impl Iterator<Item = String> {
        let proof = self.browser_proof.as_ref();
        let proof = proof.map(|proof| known_browser::set_cookie(https, proof));
        std::iter::once(set_cookie(https, Some(&self.token))).chain(proof)
    }
}

/// How far a sign-in is after the password.
#[derive(Debug)]
pub enum SignIn {
    Done(NewSignIn),
    /// It waits for the second factor, with this token.
    SecondStep(String),
}

/// Signs in with the name of an account and its password.
///
/// # Errors
/// `Invalid` of `handle` and `password` where no account could be meant; `TooMany`;
/// `Invalid(password: Mismatch)` for an unknown account as well; `Invalid(password: NotAChoice)` where members
/// sign in with a provider only; `NotAllowed(ActiveAccount)` for the right
/// password of a pending or suspended account.
pub async fn sign_in(app: &App, attempt: SignInAttempt<'_>) -> Outcome<SignIn> {
    let name = checked(attempt, app.urls()?.host())?;
    let spellings = name.spellings();
    // Without a proof the limits come first: an attempt that they refuse costs no query.
    // A proof that was made up has another length.
    let has_proof = attempt.browser_proof.len() == known_browser::PROOF_LENGTH;
    if !has_proof {
        count_unknown(app, attempt.ip, &spellings)?;
    }
    let found = app
        .store()
        .read(move |db| query::account::to_sign_in(db, &name))
        .await?;
    let (account, hash) = found.map_or((None, None), |(account, hash)| (Some(account), hash));
    let known = account
        .as_ref()
        .zip(hash.as_ref())
        .map(|(account, hash)| known_browser::proof(account.actor_id, hash))
        .filter(|known| secret::same(known, attempt.browser_proof));
    match &known {
        Some(known) => app.limits().count(RateLimit::SignIn, known)?,
        None if has_proof => count_unknown(app, attempt.ip, &spellings)?,
        None => {}
    }
    if !app
        .check_password(attempt.password, &hash.unwrap_or_default())
        .await?
    {
        return Err(Error::invalid("password", Why::Mismatch));
    }
    let account = account.ok_or(Error::not_found("account"))?;
    let owner = account.actor_id;
    let may = single_sign_on::without_provider(app, owner, attempt.sso_cookie).await?;
    if may == WithoutProvider::Nothing {
        return Err(Error::invalid("password", Why::NotAChoice));
    }
    let read = move |db: &mut query::Db| query::account::has_second_factor(db, owner);
    if !app.store().read(read).await? {
        let signed_in = open_as(app, owner, attempt.agent, may).await?;
        return Ok(SignIn::Done(signed_in));
    }
    let kind = if known.is_some() { KNOWN_STEP } else { "" };
    let token = format!("{kind}{}", secret::token());
    let digest = secret::digest(&token);
    app.ops()
        .write(move |tx| domain::account::begin_sign_in_step(tx, owner, &digest))
        .await?;
    Ok(SignIn::SecondStep(token))
}

/// Begins the token of a second step in a browser that has signed in to the account before. Nobody can put
/// it before another token, since what is stored is the digest of the whole.
const KNOWN_STEP: &str = "known.";

/// What comes with the second step of a sign-in.
#[derive(Debug, Clone, Copy)]
pub struct SecondStepAttempt<'a> {
    pub ip: IpAddr,
    /// The token of the step.
    pub step: &'a str,
    /// A code of the app or a recovery code; it counts where there is no answer of a passkey.
    pub code: &'a str,
    /// The answer of a passkey.
    pub answer: Option<passkey::Answer<'a>>,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// The person whose sign-in waits for the second factor.
///
/// # Errors
/// `Invalid(code: Expired)`.
pub async fn step_owner(app: &App, step: &str) -> Outcome<ActorId> {
    let (digest, now) = (secret::digest(step), app.ops().now());
    let read = move |db: &mut query::Db| query::account::step_owner(db, &digest, now);
    let owner = app.store().read(read).await?;
    owner.ok_or(Error::invalid("code", Why::Expired))
}

/// Finishes a sign-in that waits for the second factor. Whoever has the password cannot keep its owner out by wrong
/// codes: a browser that has signed in before has a limit of its own, and passkeys have none.
///
/// # Errors
/// `Invalid(code: Required | Mismatch)`; `Invalid(code: Expired)` where the password is needed again; those of
/// [`passkey::check_proof`]; `TooMany`.
pub async fn second_step(app: &App, attempt: SecondStepAttempt<'_>) -> Outcome<NewSignIn> {
    if attempt.answer.is_none() && attempt.code.trim().is_empty() {
        return Err(Error::invalid("code", Why::Required));
    }
    let is_known = attempt.step.starts_with(KNOWN_STEP);
    if !is_known {
        app.limits().count_ip(RateLimit::SignIn, attempt.ip)?;
    }
    let owner = step_owner(app, attempt.step).await?;
    let proof = match attempt.answer {
        None => {
            if is_known {
                app.limits().count_actor(RateLimit::SecondFactor, owner)?;
            }
            Proof::Code(attempt.code.to_owned())
        }
        Some(answer) => {
            // Before the challenge is taken out, which writes.
            app.limits().count_ip(RateLimit::Unguessable, attempt.ip)?;
            Proof::Passkey(passkey::check_proof(app, owner, answer).await?)
        }
    };
    let token = secret::token();
    let (step, session) = (secret::digest(attempt.step), secret::digest(&token));
    let agent = attempt.agent.to_owned();
    let is_limited = !single_sign_on::may_have_password(app, owner).await?;
    let verb = move |tx: &mut domain::Tx<'_>| {
        let done =
            domain::account::finish_sign_in_step(tx, &step, is_known, &proof, &session, &agent)?;
        if is_limited {
            domain::account::limit_session(tx, &session)?;
        }
        Ok(done)
    };
    match app.ops().write(verb).await? {
        SecondStep::Opened(account) => NewSignIn::new(app, &account, token).await,
        SecondStep::Wrong => Err(Error::invalid("code", Why::Mismatch)),
        SecondStep::Expired => Err(Error::invalid("code", Why::Expired)),
    }
}

/// Checks an attempt by itself, whatever accounts there are.
fn checked(attempt: SignInAttempt<'_>, our_host: &str) -> Outcome<AccountName> {
    let mut checks = Checks::default();
    checks.that(!attempt.password.is_empty(), "password", Why::Required);
    let name = AccountName::parse(attempt.name, our_host).map_err(|bad| {
        checks.that(false, "handle", bad.why());
        Error::invalid("handle", bad.why())
    });
    checks.done()?;
    name
}

/// Counts an attempt of a browser that is not known.
fn count_unknown(app: &App, ip: IpAddr, spellings: &[String]) -> Result<(), Refusal> {
    app.limits().count_ip(RateLimit::SignIn, ip)?;
    spellings.iter().try_for_each(|name| {
        let key = secret::digest(name);
        app.limits().count(RateLimit::Account, &key)
    })
}

/// Opens a session without a password (right after registering, or the setup).
///
/// # Errors
/// `NotAllowed(ActiveAccount)`.
pub async fn open(app: &App, account: ActorId, agent: &str) -> Outcome<NewSignIn> {
    open_as(app, account, agent, WithoutProvider::Everything).await
}

async fn open_as(
    app: &App,
    account: ActorId,
    agent: &str,
    may: WithoutProvider,
) -> Outcome<NewSignIn> {
    let token = secret::token();
    let new = NewSession {
        identity: None,
        account,
        token_hash: secret::digest(&token),
        agent: agent.to_owned(),
    };
    let verb = move |tx: &mut domain::Tx<'_>| {
        let account = domain::account::open_session(tx, &new)?;
        if may != WithoutProvider::Everything {
            domain::account::limit_session(tx, &new.token_hash)?;
        }
        Ok(account)
    };
    let account = app.ops().write(verb).await?;
    NewSignIn::new(app, &account, token).await
}
