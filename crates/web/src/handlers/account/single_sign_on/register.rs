//! The account of somebody who comes from a provider for the first time: they choose the name under which it is made.

use axum::extract::State;
use domain::{Error, Outcome};
use http::HeaderMap;
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use httpkit::session::NewSignIn;
use httpkit::single_sign_on::{self as sso, NewPerson, Proved};
use model::refusal::Checks;
use model::{Handle, Registration, Why};

use super::failed;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::account::sign_up::{asked_for, handle};
use crate::handlers::flash;
use crate::handlers::form_post::FormPost;
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, local_path, redirect, show, with_cookie, with_sign_in};
use crate::views::account::{Awaiting, SsoRegister, sso_register_form};

/// The page's address.
pub(super) const PAGE: &str = "/sign-up/with";

/// `GET /sign-up/with`
pub async fn register_page(
    State(app): State<App>,
    request: PageRequest,
    headers: HeaderMap,
) -> Page {
    if request.me.is_some() {
        return Ok(redirect("/"));
    }
    let cookie = sso::read_cookie(&headers, app.site()?.is_https());
    let proved = match proved(&app, cookie).await {
        Ok(proved) => proved,
        Err(error) => return failed(&request, None, error.into()).await,
    };
    let finish = |_: &Frame, mut form: Form| {
        form.set("handle", &proved.suggested_handle());
        let name = model::name::one_line(&proved.identity.name);
        let short: String = name.chars().take(domain::account::NAME_MAX).collect();
        form.set("name", &short);
        form.set("address", &proved.identity.mail);
        form.set("invitation", &proved.invitation);
        form
    };
    show(&view(&request, &proved, &proved.invitation, finish).await?).map(not_stored)
}

/// The identity of which an account is to be made.
async fn proved(app: &App, cookie: &str) -> Outcome<Proved> {
    let proved = sso::proved(app, cookie).await?;
    match proved.owner {
        None => Ok(proved),
        Some(_) => Err(Error::invalid("sso", Why::Expired)),
    }
}

async fn view(
    request: &PageRequest,
    proved: &Proved,
    invitation: &str,
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> Outcome<SsoRegister> {
    let registration = asked_for(request.site()?.registration, invitation);
    let address = proved.verified_address();
    let asks_address = address.is_none() && request.app.mailer().is_configured();
    let f = request.framed(Section::Me).await?;
    let form = finish(&f, sso_register_form(&f, PAGE, registration, asks_address));
    Ok(SsoRegister {
        provider: proved.provider.config.name.read(f.lang).to_owned(),
        names: proved.names(),
        needs_approval: registration == Registration::Approval,
        address: address.map(String::from),
        f: f.sending(&form),
        form,
    })
}

/// `POST /sign-up/with`
pub async fn register(State(app): State<App>, posted: FormPost) -> Page {
    let request = &posted.request;
    let proved = match proved(&app, &posted.sso_cookie).await {
        Ok(proved) => proved,
        Err(error) => return failed(request, None, error.into()).await,
    };
    let https = app.site()?.is_https();
    let end = sso::set_cookie(https, None);
    match posted.attempt(make(&app, &posted, &proved)).await {
        Ok(Some(sign_in)) => {
            let next = local_path(&proved.next).unwrap_or("/");
            let response = with_sign_in(redirect(next), https, &sign_in);
            let welcome = flash::cookie("welcome", "", None);
            Ok(with_cookie(with_cookie(response, &welcome), &end))
        }
        Ok(None) => {
            let typed = posted.fields.trimmed("handle");
            let view = Awaiting {
                f: request.framed(Section::Me).await?,
                name: posted.fields.trimmed("name"),
                address: None,
                handle: format!("@{}", typed.trim_start_matches('@')),
            };
            Ok(not_stored(with_cookie(show(&view)?, &end)))
        }
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            if errors.names("sso") {
                let taken = Error::invalid("sso", Why::Taken);
                return failed(request, Some(&proved.provider), taken.into()).await;
            }
            let invitation = posted.fields.get("invitation");
            let with_errors = |f: &Frame, form| errors.show_on(f, form);
            let view = view(request, &proved, invitation, with_errors).await?;
            errors.respond(&view).map(not_stored)
        }
    }
}

async fn make(app: &App, posted: &FormPost, proved: &Proved) -> Outcome<Option<NewSignIn>> {
    let typed = &posted.fields;
    app.limits()
        .count_ip(RateLimit::Unguessable, posted.request.ip)?;
    let mut checks = Checks::default();
    let address = match proved.verified_address() {
        Some(_) => Ok(None),
        None => app.new_address(typed.get("address")),
    };
    if let Err(why) = address {
        checks.that(false, "address", why);
    }
    let handle = handle(&mut checks, Handle::parse(typed.get("handle")));
    checks.done()?;
    app.limits()
        .count_ip(RateLimit::SignUp, posted.request.ip)?;
    let person = NewPerson {
        handle: handle?,
        name: typed.trimmed("name"),
        address: address.ok().flatten(),
        lang: posted.request.lang,
        request: typed.trimmed("reason"),
        invitation: typed.trimmed("invitation"),
    };
    sso::register(app, &posted.sso_cookie, person, &posted.agent).await
}
