//! Signing in by a link that an administrator has made. Opening the link changes nothing, so that a
//! preview of it in a message does not use it up; the form of its page does.

use axum::extract::State;
use axum::response::Response;
use domain::{Error, Outcome, Tx, secret};
use http::{HeaderValue, header};
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use httpkit::session::NewSignIn;
use model::Refusal;
use query::row::Actor;

use super::dead_link;
use super::session::require_choice;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::FormPost;
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show, with_sign_in};
use crate::handlers::show::actor;
use crate::views::account::{LinkPurpose, SignInLink, sign_in_link_form};

/// `GET /sign-in/link?key=…`
pub async fn form(request: PageRequest) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    let owner = owner(&request, &key).await;
    let f = request.framed(Section::Me).await?;
    let page = match owner {
        Ok(owner) => {
            let form = sign_in_link_form(&f, &key);
            show(&view(f, &owner, form))
        }
        Err(Error::Refused(Refusal::Invalid(_))) => {
            dead_link::show(&request, LinkPurpose::SignIn, &key).await
        }
        Err(error) => Err(error.into()),
    };
    page.map(not_stored)
}

/// The person whom a link signs in.
async fn owner(request: &PageRequest, key: &str) -> Outcome<Actor> {
    let digest = secret::digest(key);
    request
        .read(move |db, reader| query::account::by_sign_in_link(db, &digest, reader.now))
        .await
}

fn view(f: Frame, owner: &Actor, form: crate::form::Form) -> SignInLink {
    SignInLink {
        person: actor::person(owner),
        f: f.sending(&form),
        form,
    }
}

/// Keeps a page whose address has a secret out of caches.
pub fn not_stored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST /sign-in/link`: uses the link up.
pub async fn sign_in(State(app): State<App>, posted: FormPost) -> Page {
    let key = posted.fields.get("key");
    match posted.attempt(use_link(&app, &posted, key)).await {
        Ok(Some(signed_in)) => {
            let response = redirect_with_flash("/", "link-used")?;
            Ok(with_sign_in(response, app.site()?.is_https(), &signed_in))
        }
        Ok(None) => redirect_with_flash("/sign-in", "password-reset"),
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let owner = owner(&posted.request, key).await;
            let f = posted.request.framed(Section::Me).await?;
            let Ok(owner) = owner else {
                return dead_link::show(&posted.request, LinkPurpose::SignIn, key).await;
            };
            let form = errors.show_on(&f, sign_in_link_form(&f, key));
            errors.respond(&view(f, &owner, form)).map(not_stored)
        }
    }
}

/// Opens the session; `None` where the second factor is still needed.
async fn use_link(app: &App, posted: &FormPost, key: &str) -> Outcome<Option<NewSignIn>> {
    app.limits()
        .count_ip(RateLimit::SignIn, posted.request.ip)?;
    let password = posted.fields.get("password");
    let hash = match password.is_empty() {
        true => None,
        false => {
            require_choice(app, owner(&posted.request, key).await?.id).await?;
            Some(app.hash_password("password", password).await?)
        }
    };
    let token = secret::token();
    let (link, opened) = (secret::digest(key), secret::digest(&token));
    let agent = posted.agent.clone();
    let verb = move |tx: &mut Tx<'_>| {
        domain::account::sign_in_by_link(tx, &link, hash.as_deref(), &opened, &agent)
    };
    match app.ops().write(verb).await? {
        Some(account) => NewSignIn::new(app, &account, token).await.map(Some),
        None => Ok(None),
    }
}
