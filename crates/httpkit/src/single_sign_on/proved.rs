//! What a browser does with an identity that it has proved: its owner sees which one it is, and connects an account
//! with it or makes one.

use super::step::{ProvedState, expired, proven, state};
use super::{makes_accounts, provider};
use crate::App;
use crate::session::NewSignIn;
use domain::account::{NewAccount, NewSession, open_session, register_by_identity, take_oidc_step};
use domain::{Outcome, Tx, secret};
use model::account::OidcStepKind;
use model::mail::MailAddress;
use model::refusal::Rule;
use model::{AccountState, ActorId, Handle, Lang, Refusal, SessionId};
use oidc::{Identity, Provider};
use std::sync::Arc;

/// An identity that a browser has proved.
#[derive(Debug, Clone)]
pub struct Proved {
    pub provider: Arc<Provider>,
    pub identity: Identity,
    /// Whose account is to be connected; `None` where one is to be made.
    pub owner: Option<ActorId>,
    /// Somebody was on the way to sign in.
    signs_in: bool,
    /// Where to go on.
    pub next: String,
    /// The code of an invitation; may be empty.
    pub invitation: String,
}

impl Proved {
    /// The name and the address, or the name to sign in with, by which its owner knows the identity.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let Identity {
            name, mail, handle, ..
        } = &self.identity;
        let all = [name, mail, handle].map(|text| model::name::one_line(text));
        let mut names: Vec<String> = Vec::new();
        for text in all {
            if !text.is_empty() && !names.contains(&text) {
                names.push(text);
            }
        }
        names
    }

    /// The address that the provider has checked, in the form in which it is stored.
    #[must_use]
    pub fn verified_address(&self) -> Option<MailAddress> {
        proven(&self.identity).address
    }

    /// A username to begin with; may be empty. An address is private, and nothing is made of it.
    #[must_use]
    pub fn suggested_handle(&self) -> String {
        let Identity { name, handle, .. } = &self.identity;
        let given = [handle, name]
            .into_iter()
            .filter(|text| !text.contains('@'));
        let all = given.map(|text| Handle::suggest(text));
        all.into_iter()
            .find(|text| Handle::parse(text).is_ok())
            .unwrap_or_default()
    }
}

/// The identity that a browser has proved, by its cookie.
///
/// # Errors
/// `Invalid(sso: Expired)`.
pub async fn proved(app: &App, cookie: &str) -> Outcome<Proved> {
    let (digest, now) = (secret::digest(cookie), app.ops().now());
    let read = move |db: &mut query::Db| query::account::proved_step(db, &digest, now);
    let step = app.store().read(read).await?.ok_or_else(expired)?;
    let provider = provider(app, &step.provider).map_err(|_gone| expired())?;
    let ProvedState {
        identity,
        signs_in,
        next,
        invitation,
    } = state(&step)?;
    Ok(Proved {
        provider: Arc::clone(provider),
        identity,
        owner: step.account_id,
        signs_in,
        next,
        invitation,
    })
}

/// Connects the identity that a browser has proved with the account of whoever is signed in in it, where that is
/// the one for which it was proved. Where they were on the way to sign in, the provider ends their `session` from now on.
///
/// # Errors
/// `Invalid(sso: Expired | Taken)`.
pub async fn connect(
    app: &App,
    cookie: &str,
    (me, session): (ActorId, Option<SessionId>),
) -> Outcome<Proved> {
    let proved = proved(app, cookie).await?;
    if proved.owner != Some(me) {
        return Err(expired());
    }
    let (digest, identity) = (secret::digest(cookie), proven(&proved.identity));
    let opened = session.filter(|_| proved.signs_in);
    let verb = move |tx: &mut Tx<'_>| {
        take_oidc_step(tx, &digest, OidcStepKind::Proved)?;
        domain::account::connect_identity(tx, me, &identity, opened)
    };
    app.ops().write(verb).await?;
    Ok(proved)
}

/// What somebody has chosen for the account that is made of an identity.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub handle: Handle,
    pub name: String,
    /// The address, where the provider has none that it has checked.
    pub address: Option<MailAddress>,
    pub lang: Lang,
    /// Their message to the administrator who approves.
    pub request: String,
    pub invitation: String,
}

/// Makes an account of the identity that a browser has proved, as the site allows. Returns the sign-in; `None` where
/// the account waits to be approved.
///
/// # Errors
/// `Invalid(sso: Expired | Taken)`; as [`domain::account::register`].
pub async fn register(
    app: &App,
    cookie: &str,
    person: NewPerson,
    agent: &str,
) -> Outcome<Option<NewSignIn>> {
    let proved = proved(app, cookie).await?;
    if proved.owner.is_some() {
        return Err(expired());
    }
    if !makes_accounts(app, &proved.provider)? {
        return Err(Refusal::NotAllowed(Rule::RegistrationClosed).into());
    }
    let identity = proven(&proved.identity);
    let new = NewAccount {
        handle: person.handle,
        name: person.name,
        password: None,
        address: person.address.filter(|_| identity.address.is_none()),
        lang: person.lang,
        request: person.request,
        key: app.new_key().await?,
    };
    let (token, step) = (secret::token(), secret::digest(cookie));
    let (digest, agent) = (secret::digest(&token), agent.to_owned());
    let verb = move |tx: &mut Tx<'_>| {
        take_oidc_step(tx, &step, OidcStepKind::Proved)?;
        let made = register_by_identity(tx, &identity, &new, &person.invitation)?;
        let (account, AccountState::Active) = made else {
            return Ok(None);
        };
        let session = NewSession {
            account,
            token_hash: digest.clone(),
            agent: agent.clone(),
            identity: Some(identity.of_session()),
        };
        open_session(tx, &session).map(Some)
    };
    match app.ops().write(verb).await? {
        Some(account) => NewSignIn::new(app, &account, token).await.map(Some),
        None => Ok(None),
    }
}
