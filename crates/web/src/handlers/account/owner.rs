//! Before what matters is changed, the owner of an account shows that it is them: by the password, or, where they have
//! none, by signing in at their provider again.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::rate_limits::RateLimit;
use httpkit::session::Me;
use httpkit::single_sign_on::{self as sso, Intent, OwnerProof};
use httpkit::{App, single_sign_on::owner_proof};
use model::Why;

use super::sign_in_link::not_stored;
use super::single_sign_on::{failed, go};
use crate::frame::Section;
use crate::handlers::form_post::{FactorlessForm, FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, local_path, redirect, show};
use crate::views::account::{ConfirmOwner, ProviderButton, ProviderButtons, confirm_owner_url};

/// Where whoever came from nowhere goes on.
const SETTINGS: &str = "/settings/password";

/// Checks that it is the owner: by the password, typed as `current`, or by what they have shown at their provider.
///
/// # Errors
/// `Invalid(current: Mismatch)`; `Invalid(current: Required)` where they are to go to their provider before; `TooMany`.
pub(super) async fn require_owner(app: &App, posted: &FormPost, me: &Me) -> Outcome<()> {
    app.limits().count_actor(RateLimit::SignIn, me.id())?;
    match owner_proof(app, me).await? {
        OwnerProof::Password => {
            let current = posted.fields.get("current");
            match app.check_password_of(me.id(), current).await? {
                true => Ok(()),
                false => Err(Error::invalid("current", Why::Mismatch)),
            }
        }
        OwnerProof::Provider { is_done: true } => Ok(()),
        OwnerProof::Provider { is_done: false } => Err(Error::invalid("current", Why::Required)),
    }
}

/// The page to go on to, of ours.
fn next(given: Option<&str>) -> &str {
    given.and_then(local_path).unwrap_or(SETTINGS)
}

/// `GET /settings/confirm?next=…`: the providers at which the owner can show that it is them.
pub async fn page(State(app): State<App>, request: PageRequest) -> Page {
    let me = request.me()?.clone();
    let next = next(request.q("next")).to_owned();
    match owner_proof(&app, &me).await? {
        OwnerProof::Password | OwnerProof::Provider { is_done: true } => {
            return Ok(redirect(&next));
        }
        OwnerProof::Provider { is_done: false } => {}
    }
    let id = me.id();
    let rows = move |db: &mut query::Db, _| query::account::identities(db, id);
    let (f, identities) = request.page(Section::Me, rows).await?;
    let connected = sso::providers(&app).iter().filter(|one| {
        let issuer = &one.config.issuer;
        identities.iter().any(|identity| identity.secret == *issuer)
    });
    let all = connected.map(|one| {
        let name = one.config.name.read(f.lang);
        ProviderButton {
            text: f.message("sso-sign-in").arg("provider", name).to_string(),
            action: format!("/settings/confirm/{}", one.config.key),
        }
    });
    let view = ConfirmOwner {
        providers: ProviderButtons {
            all: all.collect(),
            fields: vec![("next", next.clone())],
        },
        may_have_password: sso::may_have_password(&app, id).await?,
        back: next,
        f,
    };
    show(&view).map(not_stored)
}

/// `POST /settings/confirm/{key}`: sends the browser to the provider.
pub async fn begin(
    State(app): State<App>,
    PathParam(key): PathParam<String>,
    FactorlessForm(SignedInForm { posted, me }): FactorlessForm,
) -> Page {
    let provider = sso::provider(&app, &key)?;
    let next = next(Some(posted.fields.get("next"))).to_owned();
    let request = &posted.request;
    let intent = Intent::Confirm {
        owner: me.id(),
        next: &next,
    };
    match sso::begin(&app, provider, request.ip, intent).await {
        Ok(departure) => go(request, provider, &departure, &confirm_owner_url(&next)).await,
        Err(error) => failed(request, Some(provider), error).await,
    }
}
