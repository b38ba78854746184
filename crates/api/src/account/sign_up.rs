//! Registering.

use super::session::read_lang;
use crate::extract::{Body, renamed};
use axum::Json;
use axum::extract::State;
use domain::account::NewAccount;
use domain::{Error, password};
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::{ApiError, App, ClientIp, single_sign_on};
use model::refusal::{Checks, Rule};
use model::{Handle, Refusal, Registration, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request for an account.
#[derive(Deserialize, ToSchema)]
pub struct SignUp {
    /// The name before the `@`.
    pub handle: String,
    /// Name for people; the handle where empty.
    #[serde(default)]
    pub name: String,
    pub password: String,
    /// The e-mail address, to which a link is sent that confirms it; required where this server sends
    /// mail.
    #[serde(default)]
    pub address: String,
    /// Language of the interface; the instance's first where absent.
    pub lang: Option<String>,
    /// The reason, read by the administrators.
    #[serde(default)]
    pub request: String,
    /// The code of an invitation.
    #[serde(default)]
    pub invitation: String,
}

/// The account that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedUp {
    /// Id of the account's actor.
    pub id: String,
    /// Its handle.
    pub handle: String,
    /// active, or pending until an admin approves.
    pub state: String,
}

/// Registers an account, where registration is open. Limited by address. It makes no token:
/// sign in with a browser for that.
#[utoipa::path(post, path = "/accounts", tag = "accounts", security(()), request_body = SignUp, responses((status = 201, body = SignedUp), (status = 403), (status = 422), (status = 429)))]
pub async fn sign_up(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    Body(body): Body<SignUp>,
) -> Result<(StatusCode, Json<SignedUp>), ApiError> {
    app.limits().count_ip(RateLimit::SignUp, ip)?;
    let site = app.site()?;
    if site.registration == Registration::Closed || single_sign_on::is_only(&app) {
        return Err(Refusal::NotAllowed(Rule::RegistrationClosed).into());
    }
    let address = app.new_address(&body.address);
    let handle = check(&body, address.as_ref().err().copied())?;
    let lang = match (body.lang.as_deref(), site.languages.first()) {
        (Some(tag), _) => read_lang(tag)?,
        (None, Some(first)) => *first,
        (None, None) => read_lang("en")?,
    };
    let new = NewAccount {
        handle: handle.clone(),
        name: body.name.trim().to_owned(),
        password: Some(app.hash_password("password", &body.password).await?),
        address: address.ok().flatten(),
        lang,
        request: body.request,
        key: app.new_key().await?,
    };
    let code = body.invitation;
    let (id, state) = app
        .ops()
        .write(move |tx| domain::account::register(tx, &new, Some(&code)))
        .await
        .map_err(|error| renamed(error, "invite", "invitation"))?;
    let made = SignedUp {
        id: id.to_string(),
        handle: handle.as_str().to_owned(),
        state: state.to_string(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Checks handle, address and password together, before the password is hashed.
fn check(body: &SignUp, address: Option<Why>) -> Result<Handle, Error> {
    let handle = Handle::parse(&body.handle);
    let mut checks = Checks::default();
    if let Err(bad) = handle {
        checks.that(false, "handle", bad.why());
    }
    if let Some(why) = address {
        checks.that(false, "address", why);
    }
    checks.also(password::checks("password", &body.password));
    checks.done()?;
    handle.map_err(|bad| Error::invalid("handle", bad.why()))
}
