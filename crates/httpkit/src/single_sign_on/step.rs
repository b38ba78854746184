//! The steps in the database: what is remembered of a browser between two requests.

use crate::App;
use domain::account::{NewOidcStep, ProvenIdentity, SessionIdentity, begin_oidc_step};
use domain::{Error, Outcome, Tx, secret};
use model::account::OidcStepKind;
use model::{ActorId, Why};
use oidc::{Asked, Identity, Provider};
use query::row;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is remembered while a browser is at the provider.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AskedState {
    pub(super) asked: Asked,
    pub(super) next: String,
    pub(super) then: String,
    pub(super) invitation: String,
    /// Whoever is signed in here shows that it is them.
    pub(super) confirms: bool,
}

/// What is remembered until an account is connected or made.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProvedState {
    pub(super) identity: Identity,
    /// Somebody was on the way to sign in.
    pub(super) signs_in: bool,
    pub(super) next: String,
    pub(super) invitation: String,
}

pub(super) fn expired() -> Error {
    Error::invalid("sso", Why::Expired)
}

/// Remembers a step under a token, with the account that is to be connected.
pub(super) async fn remember(
    app: &App,
    (provider, kind, token): (&Provider, OidcStepKind, &str),
    account: Option<ActorId>,
    identity: Option<SessionIdentity>,
    state: &impl Serialize,
) -> Outcome<()> {
    let state = serde_json::to_string(state);
    let new = NewOidcStep {
        token_hash: secret::digest(token),
        kind,
        provider: provider.config.key.clone(),
        account,
        identity,
        state: state.map_err(|_why| Error::invalid("sso", Why::Malformed))?,
    };
    let verb = move |tx: &mut Tx<'_>| begin_oidc_step(tx, &new);
    app.ops().write(verb).await
}

pub(super) fn state<T: DeserializeOwned>(step: &row::OidcStep) -> Outcome<T> {
    serde_json::from_str(&step.state).map_err(|_why| expired())
}

/// The identity as verbs take it.
pub(super) fn proven(identity: &Identity) -> ProvenIdentity {
    let address = identity.mail.parse().ok();
    let names = [&identity.handle, &identity.mail, &identity.name];
    let names = names.map(|text| model::name::one_line(text));
    ProvenIdentity {
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        session: identity.session.clone(),
        label: names
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default(),
        address: address.filter(|_| identity.mail_verified),
        has_factor: identity.has_factor,
    }
}
