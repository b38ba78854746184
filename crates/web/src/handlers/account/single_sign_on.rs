//! Signing in with a provider (OpenID Connect): the way there and back, and what a provider says when it has signed
//! somebody out.

mod register;
mod settings;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Error;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::App;
use httpkit::single_sign_on::{
    self as sso, Arrival, Arrived, Departure, Intent, Provider, SsoError,
};
use model::{ActorId, Refusal, Why};

use super::second_step;
use super::sign_in::{CONNECT, FOLLOW, account_state, lead_on, page};
use super::sign_in_link::not_stored;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::FormPost;
use crate::handlers::page_request::{PageRequest, header_text};
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{
    Page, local_path, redirect, redirect_with_flash, show, show_with_status, with_cookie,
};
use crate::views::account::{ProviderButton, ProviderButtons, SsoFailed, SsoLeave};

pub use register::{register, register_page};
pub use settings::{begin_connect, confirm, confirm_page, disconnect, redraw, settings};

/// The page that asks whether the right identity was proved.
pub(super) const CONFIRM: &str = sso::CONFIRM_PATH;

/// The longest page to go on to, in bytes, and the longest code of an invitation, that are remembered meanwhile.
const NEXT_MAX: usize = 2_048;
const INVITATION_MAX: usize = 43;

/// The button that goes to a provider.
fn button(f: &Frame, provider: &Provider) -> ProviderButton {
    let name = provider.config.name.read(f.lang);
    ProviderButton {
        text: f.message("sso-sign-in").arg("provider", name).to_string(),
        action: format!("/sign-in/with/{}", provider.config.key),
    }
}

/// The buttons of the sign-in page, which keep where it leads.
pub(super) fn buttons(f: &Frame, app: &App, next: &str, then: &str) -> ProviderButtons {
    let all = sso::providers(app).iter();
    ProviderButtons {
        all: all.map(|one| button(f, one)).collect(),
        fields: vec![("next", next.to_owned()), ("then", then.to_owned())],
    }
}

/// The buttons of the sign-up page: providers that people make accounts with.
pub(super) fn sign_up_buttons(f: &Frame, app: &App, invitation: &str) -> ProviderButtons {
    let all = sso::providers(app).iter();
    let making = all.filter(|one| sso::makes_accounts(app, one).unwrap_or_default());
    ProviderButtons {
        all: making.map(|one| button(f, one)).collect(),
        fields: vec![("invitation", invitation.to_owned())],
    }
}

/// `POST /sign-in/with/{key}`: sends the browser to the provider. A form, since another site must not begin a sign-in
/// with a link.
pub async fn leave(
    State(app): State<App>,
    PathParam(key): PathParam<String>,
    posted: FormPost,
) -> Page {
    let provider = sso::provider(&app, &key)?;
    let request = &posted.request;
    let next = local_path(posted.fields.get("next")).filter(|next| next.len() <= NEXT_MAX);
    let next = next.unwrap_or("/");
    if request.me.is_some() {
        return Ok(redirect(next));
    }
    let invitation = posted.fields.trimmed("invitation");
    if invitation.len() > INVITATION_MAX {
        return Err(Error::invalid("invite", Why::TooLong).into());
    }
    let then = posted.fields.get("then");
    let intent = Intent::SignIn {
        next,
        then: if then == FOLLOW { FOLLOW } else { "" },
        invitation: &invitation,
    };
    match sso::begin(&app, provider, request.ip, intent).await {
        Ok(departure) => go(request, provider, &departure, "/sign-in").await,
        Err(error) => failed(request, Some(provider), error).await,
    }
}

/// Leads on to the provider at once. Not by a redirect: browsers do not let a form lead to another site, as our content
/// policy says.
pub(super) async fn go(
    request: &PageRequest,
    provider: &Provider,
    to: &Departure,
    back: &str,
) -> Page {
    let f = request.framed(Section::Me).await?;
    let view = SsoLeave {
        provider: provider.config.name.read(f.lang).to_owned(),
        url: to.url.clone(),
        back: back.to_owned(),
        f: Frame {
            here: back.to_owned(),
            ..f
        },
    };
    let mut response = with_cookie(show(&view)?, &to.cookie);
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={}", to.url)) {
        response.headers_mut().insert(header::REFRESH, value);
    }
    Ok(not_stored(response))
}

/// `GET /sign-in/with/{key}/back?state=…&code=…`: the browser comes back.
pub async fn arrive(
    State(app): State<App>,
    PathParam(key): PathParam<String>,
    request: PageRequest,
    headers: HeaderMap,
) -> Page {
    let provider = sso::provider(&app, &key)?;
    let https = app.site()?.is_https();
    let arrival = Arrival {
        ip: request.ip,
        agent: header_text(&headers, header::USER_AGENT),
        state: request.q("state").unwrap_or_default(),
        cookie: sso::read_cookie(&headers, https),
        code: request.q("code").unwrap_or_default(),
        issuer: request.q("iss").unwrap_or_default(),
        error: request.q("error").unwrap_or_default(),
        me: request
            .me
            .as_ref()
            .and_then(|me| Some((me.id(), me.session?))),
    };
    match sso::arrive(&app, provider, arrival).await {
        Ok(arrived) => answer(&request, provider, arrived).await.map(not_stored),
        Err(error) => {
            let response = failed(&request, Some(provider), error).await?;
            Ok(with_cookie(response, &sso::set_cookie(https, None)))
        }
    }
}

/// Leads on to what a provider's answer is followed by.
async fn answer(request: &PageRequest, provider: &Provider, arrived: Arrived) -> Page {
    let app = &request.app;
    let end = sso::set_cookie(app.site()?.is_https(), None);
    let over = |response: Response| with_cookie(response, &end);
    match arrived {
        Arrived::SignedIn {
            sign_in,
            next,
            then,
        } => lead_on(app, request, &sign_in, (&next, &then))
            .await
            .map(over),
        Arrived::SecondStep { step, next, then } => {
            second_step::ask(request, &step, (&next, &then))
                .await
                .map(over)
        }
        Arrived::Confirmed { next } => {
            let next = local_path(&next).unwrap_or("/");
            redirect_with_flash(next, "owner-confirmed").map(over)
        }
        Arrived::ToConnect { cookie } => Ok(with_cookie(redirect(CONFIRM), &cookie)),
        Arrived::ToRegister { cookie } => Ok(with_cookie(redirect(register::PAGE), &cookie)),
        Arrived::AddressOf {
            owner,
            cookie,
            next,
        } => {
            let name = provider.config.name.read(request.lang);
            let response = ask_to_sign_in(request, name, owner, &next).await?;
            Ok(with_cookie(response, &cookie))
        }
        Arrived::NotOpen(member) => {
            let (account, person) = *member;
            account_state(request, account, &person).await.map(over)
        }
        Arrived::Unknown => {
            let unknown = Error::invalid("sso", Why::Unknown);
            failed(request, Some(provider), unknown.into())
                .await
                .map(over)
        }
    }
}

/// Asks for the password of the account that has the address of whoever comes from a provider.
async fn ask_to_sign_in(request: &PageRequest, provider: &str, owner: ActorId, next: &str) -> Page {
    let read = move |db: &mut query::Db, _| query::account::actor(db, owner);
    let person = request.read(read).await?;
    let handle = person.handle.clone();
    let mut view = page(request, next, CONNECT, |_, mut form| {
        form.set("handle", &handle);
        form
    })
    .await?;
    let reason = view.f.message("sso-confirm");
    let reason = reason
        .arg("provider", provider)
        .arg("handle", person.handle);
    view.reason = Some(reason.to_string());
    // The address with which a browser comes back is used up.
    view.f.here = "/sign-in".to_owned();
    show(&view)
}

/// Says why nobody was signed in.
pub(super) async fn failed(
    request: &PageRequest,
    provider: Option<&Provider>,
    error: SsoError,
) -> Page {
    let (code, status) = match error {
        SsoError::Provider(error) => {
            let key = provider.map(|one| one.config.key.as_str());
            // Anybody writes part of it: it is escaped, so that it is one line of the log.
            let why = error.to_string();
            tracing::warn!(provider = key, error = ?why, "sign-in with a provider failed");
            let status = match error.code() {
                "unavailable" => StatusCode::BAD_GATEWAY,
                "group" | "refused" => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            };
            (error.code(), status)
        }
        SsoError::Ours(Error::Refused(Refusal::Invalid(errors))) => {
            match errors.first().map(|error| error.why) {
                Some(Why::Taken) => ("taken", StatusCode::CONFLICT),
                Some(Why::Unknown) => ("unknown", StatusCode::FORBIDDEN),
                Some(Why::Mismatch) => ("mismatch", StatusCode::FORBIDDEN),
                _ => ("expired", StatusCode::BAD_REQUEST),
            }
        }
        SsoError::Ours(error) => return Err(error.into()),
    };
    let mut f = request.framed(Section::Me).await?.showing_once();
    f.here = "/sign-in".to_owned();
    let name = provider.map_or("", |one| one.config.name.read(f.lang));
    let key_of_why = format!("sso-{code}");
    let why = f.message(&key_of_why).arg("provider", name).to_string();
    let begins_again =
        !matches!(code, "group" | "mismatch" | "taken" | "unknown") && request.me.is_none();
    let again = provider.filter(|_| begins_again);
    let view = SsoFailed {
        why,
        providers: ProviderButtons {
            all: again.map(|one| button(&f, one)).into_iter().collect(),
            fields: Vec::new(),
        },
        is_member: request.me.is_some(),
        f,
    };
    show_with_status(status, &view).map(not_stored)
}

/// `POST /sign-in/with/{key}/logout`: the provider has signed somebody out (back-channel logout).
pub async fn log_out(
    State(app): State<App>,
    PathParam(key): PathParam<String>,
    posted: FormPost,
) -> Page {
    let provider = sso::provider(&app, &key)?;
    let token = posted.fields.get("logout_token");
    let why = match sso::log_out(&app, provider, posted.request.ip, token).await {
        Ok(ended) => {
            tracing::info!(provider = key, ended, "sessions ended by the provider");
            return Ok(not_stored(StatusCode::OK.into_response()));
        }
        Err(SsoError::Provider(error)) => error.to_string(),
        Err(SsoError::Ours(Error::Refused(Refusal::Invalid(_)))) => {
            "the token was used before".to_owned()
        }
        Err(SsoError::Ours(error)) => return Err(error.into()),
    };
    tracing::warn!(provider = key, why, "logout token refused");
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let body = r#"{"error":"invalid_request"}"#;
    let response = (StatusCode::BAD_REQUEST, kind, body).into_response();
    Ok(not_stored(response))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_reason_has_its_words() {
        for lang in words::LANGS {
            for code in [
                "unavailable",
                "refused",
                "issuer",
                "nonce",
                "clock",
                "token",
                "group",
                "expired",
                "taken",
                "unknown",
            ] {
                let text = words::message(lang, &format!("sso-{code}"))
                    .arg("provider", "Larchmere")
                    .to_string();
                assert!(!text.contains(['⟦', '{']), "{code} in {lang}: {text}");
            }
        }
    }
}
