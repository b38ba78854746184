//! The settings of signing in with a provider. Nothing is connected before its owner has seen which account at the
//! provider it is.

use axum::extract::State;
use domain::account::Proof;
use domain::{Error, Outcome};
use http::{HeaderMap, StatusCode};
use httpkit::session::Me;
use httpkit::single_sign_on::{self as sso, Intent};
use httpkit::{App, rate_limits::RateLimit};
use model::refusal::Rule;
use model::{CredentialId, Refusal, Why};
use query::row::Credential;

use super::{CONFIRM, failed, go};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::owner::require_owner;
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::flash;
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{
    Page, local_path, redirect, redirect_with_flash, show, show_with_status, with_cookie,
};
use crate::views::account::{
    ConnectedRow, ProviderRow, SettingsTab, SsoConfirm, SsoSettings, settings_tabs, sso_form,
};

const PAGE: &str = "/settings/single-sign-on";

/// `GET /settings/single-sign-on`
pub async fn settings(request: PageRequest) -> Page {
    let me = request.me()?.clone();
    show(&settings_page(&request, &me, |_, form| form).await?).map(not_stored)
}

async fn settings_page(
    request: &PageRequest,
    me: &Me,
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> Outcome<SsoSettings> {
    let id = me.id();
    let rows = move |db: &mut query::Db, _| {
        let identities = query::account::identities(db, id)?;
        Ok((identities, query::account::has_second_factor(db, id)?))
    };
    let proof = sso::owner_proof(&request.app, me).await?;
    let (f, (identities, has_second_factor)) = request.page(Section::Me, rows).await?;
    let providers = sso::providers(&request.app).iter();
    let mut providers: Vec<ProviderRow> = providers
        .map(|one| ProviderRow {
            name: one.config.name.read(f.lang).to_owned(),
            connect_url: Some(format!("{PAGE}/{}/connect", one.config.key)),
            connected: connected(&identities, |issuer| issuer == one.config.issuer),
        })
        .collect();
    // What was connected stays to be seen after the administrators have removed the provider.
    let is_gone = |issuer: &str| {
        let mut all = sso::providers(&request.app).iter();
        !all.any(|one| one.config.issuer == issuer)
    };
    let gone = connected(&identities, is_gone);
    if !gone.is_empty() {
        providers.push(ProviderRow {
            name: f.text("sso-gone").to_owned(),
            connect_url: None,
            connected: gone,
        });
    }
    let form = finish(&f, sso_form(&f, proof, has_second_factor));
    Ok(SsoSettings {
        providers,
        tabs: settings_tabs(&f, SettingsTab::Password),
        f: f.sending(&form),
        form,
    })
}

/// The identities of the issuers that `is_of` accepts.
fn connected(identities: &[Credential], is_of: impl Fn(&str) -> bool) -> Vec<ConnectedRow> {
    let own = identities.iter().filter(|row| is_of(&row.secret));
    own.map(|row| ConnectedRow {
        label: row.name.clone(),
        since: row.created_at.utc(),
        last_used: row.used_at.map(model::Time::utc),
        disconnect_url: format!("{PAGE}/{}/disconnect", row.id),
    })
    .collect()
}

/// Checks that it is the owner and, where two-step sign-in is on, the code of a change.
async fn prove(app: &App, SignedInForm { posted, me }: &SignedInForm) -> Outcome<()> {
    require_owner(app, posted, me).await?;
    let code = posted.fields.trimmed("code");
    let proof = if code.is_empty() {
        Proof::None
    } else {
        app.limits().count_actor(RateLimit::SecondFactor, me.id())?;
        Proof::Code(code)
    };
    let id = me.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::prove(tx, id, &proof);
    app.ops().write(verb).await
}

/// `POST /settings/single-sign-on/{key}/connect`: sends the browser to the provider.
pub async fn begin_connect(
    State(app): State<App>,
    PathParam(key): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let provider = sso::provider(&app, &key)?;
    let SignedInForm { posted, me } = &signed_in;
    if let Err(error) = posted.attempt(prove(&app, &signed_in)).await {
        return invalid(posted, me, error).await;
    }
    let request = &posted.request;
    let intent = Intent::Connect {
        owner: me.id(),
        next: PAGE,
    };
    match sso::begin(&app, provider, request.ip, intent).await {
        Ok(departure) => go(request, provider, &departure, PAGE).await,
        Err(error) => failed(request, Some(provider), error).await,
    }
}

/// `GET /settings/single-sign-on/confirm`: shows which account at the provider it is.
pub async fn confirm_page(
    State(app): State<App>,
    request: PageRequest,
    headers: HeaderMap,
) -> Page {
    let me = request.me()?.clone();
    let https = app.site()?.is_https();
    let proved = sso::proved(&app, sso::read_cookie(&headers, https)).await;
    let proved = match proved {
        Ok(proved) if proved.owner == Some(me.id()) => proved,
        Ok(_) => {
            let expired = Error::invalid("sso", Why::Expired);
            return failed(&request, None, expired.into()).await;
        }
        Err(error) => return failed(&request, None, error.into()).await,
    };
    let f = request.framed(Section::Me).await?;
    show(&SsoConfirm {
        provider: proved.provider.config.name.read(f.lang).to_owned(),
        names: proved.names(),
        handle: me.actor.handle.clone(),
        action: CONFIRM,
        back: PAGE,
        f,
    })
    .map(not_stored)
}

/// `POST /settings/single-sign-on/confirm`: connects the account.
pub async fn confirm(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let SignedInForm { posted, me } = &signed_in;
    if posted.switches_language() {
        return Ok(redirect(CONFIRM));
    }
    match sso::connect(&app, &posted.sso_cookie, (me.id(), me.session)).await {
        Ok(proved) => {
            let next = local_path(&proved.next).unwrap_or(PAGE);
            let name = proved.provider.config.name.read(posted.request.lang);
            let response = with_cookie(redirect(next), &flash::cookie("sso-connected", name, None));
            let end = sso::set_cookie(app.site()?.is_https(), None);
            Ok(not_stored(with_cookie(response, &end)))
        }
        Err(error) => {
            let proved = sso::proved(&app, &posted.sso_cookie).await.ok();
            let provider = proved.as_ref().map(|proved| &*proved.provider);
            failed(&posted.request, provider, error.into()).await
        }
    }
}

/// `POST /settings/single-sign-on/{id}/disconnect`
pub async fn disconnect(
    State(app): State<App>,
    PathParam(id): PathParam<CredentialId>,
    signed_in: SignedInForm,
) -> Page {
    let SignedInForm { posted, me } = &signed_in;
    if let Err(error) = posted.attempt(prove(&app, &signed_in)).await {
        return invalid(posted, me, error).await;
    }
    match sso::disconnect(&app, me, id).await {
        Ok(()) => redirect_with_flash(PAGE, "sso-disconnected"),
        Err(Error::Refused(Refusal::NotAllowed(Rule::LastSignIn))) => {
            last_way(&app, posted, me).await
        }
        Err(error) => invalid(posted, me, error).await,
    }
}

/// The settings, with why the last way to sign in stays, and what to do first.
async fn last_way(app: &App, posted: &FormPost, me: &Me) -> Page {
    let key = match sso::may_have_password(app, me.id()).await? {
        true => "rule-last-sign-in",
        false => "sso-last-sign-in",
    };
    let finish = |f: &Frame, mut form: Form| {
        form.fault = Some(f.text(key).to_owned());
        form
    };
    let mut view = settings_page(&posted.request, me, finish).await?;
    view.f.here = PAGE.to_owned();
    show_with_status(StatusCode::FORBIDDEN, &view).map(not_stored)
}

/// `POST /settings/single-sign-on`: shows the settings again, in the other language.
pub async fn redraw(signed_in: SignedInForm) -> Page {
    let SignedInForm { posted, me } = &signed_in;
    invalid(posted, me, Refusal::Invalid(Vec::new()).into()).await
}

async fn invalid(posted: &FormPost, me: &Me, error: Error) -> Page {
    let errors = posted.field_errors(error)?;
    let finish = |f: &Frame, form| errors.show_on(f, form);
    let mut view = settings_page(&posted.request, me, finish).await?;
    // The address of a change has no page.
    view.f.here = PAGE.to_owned();
    errors.respond(&view).map(not_stored)
}
