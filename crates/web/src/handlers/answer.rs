//! What a handler answers: a page, a way onward, or what went wrong; and what every answer carries.
//!
//! A handler fails with a [`Fail`]. It travels as an extension of the response to [`surround`],
//! which shows it as a page in the reader's language, with what was typed.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::Error;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use httpkit::{App, session};
use model::refusal::Rule;
use model::{Lang, Refusal};
use std::sync::Arc;

use super::ask::{Ask, LANG_COOKIE, pairs};
use super::flash;
use super::shelf::{self, Shelf};
use crate::frame::{Frame, Section};
use crate::views::error::{Kept, Trouble, TroublePage};
use crate::views::setup::SetupClosed;

/// What a handler answers.
pub type Page = Result<Response, Fail>;

/// Why there is no page.
#[derive(Debug)]
pub struct Fail {
    error: Error,
    kept: Option<Kept>,
}

impl Fail {
    /// With what was typed.
    pub fn keeping(error: Error, kept: Kept) -> Self {
        Self {
            error,
            kept: Some(kept),
        }
    }

    /// What was sent cannot be read.
    pub fn unreadable() -> Self {
        Self::from(Refusal::Invalid(Vec::new()))
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self { error, kept: None }
    }
}

impl From<Refusal> for Fail {
    fn from(refusal: Refusal) -> Self {
        Self::from(Error::from(refusal))
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// A page.
pub fn show(view: &impl Template) -> Page {
    show_as(StatusCode::OK, view)
}

/// A form once more, with what is wrong in it.
pub fn refused(view: &impl Template) -> Page {
    show_as(StatusCode::UNPROCESSABLE_ENTITY, view)
}

/// A page under another status.
pub fn show_as(status: StatusCode, view: &impl Template) -> Page {
    match view.render() {
        Ok(html) => Ok((status, Html(html)).into_response()),
        Err(error) => Err(Fail::from(Error::Fault(store::StoreError::Panic(
            error.to_string(),
        )))),
    }
}

/// On to another page of ours.
pub fn onward(path: &str) -> Response {
    let location = HeaderValue::from_bytes(path.as_bytes());
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// On to another page, which tells what was done: a word of [`flash`].
pub fn done(path: &str, word: &str) -> Page {
    Ok(with_cookie(onward(path), &flash::cookie(Some(word))))
}

/// The response with one more cookie.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// A path of ours that one may be sent on to: no other host, no scheme, nothing hidden.
pub fn local_path(next: &str) -> Option<&str> {
    let plain = next.chars().all(|c| !c.is_control() && c != '\\');
    (plain && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

/// The address of the sign-in page that leads back to `next`.
pub fn sign_in_path(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("/sign-in?{query}")
}

/// There is no such page.
pub async fn nowhere() -> Fail {
    Fail::from(Refusal::NotFound("page"))
}

/// Around every handler: before the setup nothing but the setup is open; failures become pages;
/// every answer gets its headers.
pub async fn surround(
    State((app, shelf)): State<(App, Arc<Shelf>)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let request = Request::from_parts(parts, body);
    let closed = app.ops().site().is_none() && !is_open_before_setup(asked.uri.path());
    let mut response = if closed {
        Fail::from(Refusal::NotAllowed(Rule::Setup)).into_response()
    } else {
        answered(&app, &shelf, &asked, request, next).await
    };
    if let Some(fail) = response.extensions_mut().remove::<Arc<Fail>>() {
        response = explain(&app, &mut asked, &fail).await;
    }
    let response = remember(&asked, response);
    with_headers(&app, &asked, response)
}

/// The handler's answer, or the page as the last guest was shown it.
async fn answered(
    app: &App,
    shelf: &Shelf,
    asked: &Parts,
    request: Request,
    next: Next,
) -> Response {
    let Some(place) = shelf::Place::of(app, asked) else {
        return next.run(request).await;
    };
    let (changes, now) = (app.ops().changes(), app.ops().now());
    if let Some(response) = shelf.find(&place, changes, now) {
        return response;
    }
    let response = next.run(request).await;
    shelf.keep(place, changes, now, response).await
}

fn is_open_before_setup(path: &str) -> bool {
    path == "/setup" || path.starts_with("/assets/")
}

/// What went wrong, as a page.
async fn explain(app: &App, asked: &mut Parts, fail: &Fail) -> Response {
    let Ok(ask) = Ask::from_request_parts(asked, app).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let reading = matches!(asked.method, Method::GET | Method::HEAD);
    match &fail.error {
        Error::Refused(Refusal::NotAllowed(Rule::Setup)) if ask.site().is_err() => {
            let view = SetupClosed {
                f: ask.bare(),
                done: false,
            };
            return show_as(StatusCode::SERVICE_UNAVAILABLE, &view).unwrap_or_default();
        }
        Error::Refused(Refusal::NotAllowed(Rule::SignedIn)) if reading => {
            return onward(&sign_in_path(&ask.here()));
        }
        Error::Refused(_) | Error::Fault(_) => {}
    }
    let mut f = match ask.framed(Section::Elsewhere).await {
        Ok(f) => f,
        Err(_) => ask.bare(),
    };
    if !reading {
        // A form's address may have no page: another language is read at home.
        f.here = "/".to_owned();
    }
    let trouble = trouble(&ask, &fail.error, &f);
    // The status the page names; a page never answers 401, for which browsers have a window.
    let status = StatusCode::from_u16(trouble.status()).unwrap_or_default();
    let view = TroublePage {
        sign_in_url: sign_in_helps(&ask, &fail.error, reading),
        kept: fail.kept.clone(),
        trouble,
        f,
    };
    let mut response = show_as(status, &view).unwrap_or_else(|_| status.into_response());
    if let Error::Refused(Refusal::TooMany { retry_after }) = &fail.error {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    response
}

fn sign_in_helps(ask: &Ask, error: &Error, reading: bool) -> Option<String> {
    let rule = matches!(error, Error::Refused(Refusal::NotAllowed(_)));
    let back = if reading { ask.here() } else { "/".to_owned() };
    (rule && ask.me.is_none()).then(|| sign_in_path(&back))
}

/// What the reader is told. A fault is logged here, once, under a reference they can name.
fn trouble(ask: &Ask, error: &Error, f: &Frame) -> Trouble {
    let refusal = match error {
        Error::Refused(refusal) => refusal,
        Error::Fault(fault) => {
            let reference = format!("{:x}", ask.app.ops().id::<i64>());
            tracing::error!(%fault, reference, path = ask.path, "a request failed");
            return if fault.is_unavailable() {
                Trouble::Unavailable(reference)
            } else {
                Trouble::Fault(reference)
            };
        }
    };
    match refusal {
        Refusal::NotFound(_) => Trouble::NotFound,
        Refusal::NotAllowed(Rule::FormKey) => Trouble::Expired,
        Refusal::NotAllowed(rule) => {
            let words = f.text(&format!("rule-{}", rule.code()));
            Trouble::NotAllowed(Some(words.to_owned()))
        }
        Refusal::Invalid(_) => Trouble::Unreadable,
        Refusal::Gone(_) => Trouble::Gone,
        Refusal::TooMany { retry_after } => Trouble::TooMany(minutes(*retry_after)),
        Refusal::Unreachable { host } => Trouble::Unreachable(host.clone()),
        Refusal::TooLarge => Trouble::TooLarge,
    }
}

fn minutes(seconds: u64) -> i64 {
    i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX)
}

/// Keeps the language that was asked for, and forgets what this page has told.
fn remember(asked: &Parts, mut response: Response) -> Response {
    let query = pairs(asked.uri.query().unwrap_or_default().as_bytes());
    let lang = query
        .iter()
        .find(|(key, _)| key == "lang")
        .and_then(|(_, tag)| Lang::from_tag(tag));
    if let Some(lang) = lang {
        let cookie = format!("{LANG_COOKIE}={lang}; Path=/; SameSite=Lax; Max-Age=31536000");
        response = with_cookie(response, &cookie);
    }
    let told = flash::read(&asked.headers).is_some() && is_html(&response);
    if told && !response.status().is_redirection() {
        response = with_cookie(response, &flash::cookie(None));
    }
    response
}

/// It is a page.
pub fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
const FRESH: HeaderValue = HeaderValue::from_static("no-cache");
const VARY: HeaderValue = HeaderValue::from_static("cookie, accept-language");

/// Nothing is kept that is somebody's own, and nothing of ours unasked. What a handler has set
/// itself stays.
fn with_headers(app: &App, asked: &Parts, mut response: Response) -> Response {
    let https = app.ops().site().is_some_and(|site| site.is_https());
    let own = session::cookie(&asked.headers, session::cookie_name(https)).is_some();
    let html = is_html(&response);
    let headers = response.headers_mut();
    let keep = if own { PRIVATE } else { FRESH };
    headers.entry(header::CACHE_CONTROL).or_insert(keep);
    if html {
        headers.append(header::VARY, VARY);
    }
    response
}

/// Words for why a field is refused.
pub fn why(f: &Frame, field: &str, why: model::Why) -> &'static str {
    use model::Why;
    match (field, why) {
        ("password", Why::Mismatch) => f.text("why-sign-in"),
        ("password", Why::TooShort) => f.text("why-password-short"),
        ("current", Why::Mismatch) => f.text("why-password-wrong"),
        ("handle", Why::Characters) => f.text("why-handle"),
        ("url", Why::Malformed) => f.text("why-url"),
        ("invitation", Why::Expired) => f.text("why-invitation"),
        ("list", Why::TooLong) => f.text("why-list-long"),
        ("list", Why::Characters) => f.text("why-list-text"),
        ("list", Why::Malformed) => f.text("why-list-columns"),
        ("domain", Why::Malformed) => f.text("why-domain"),
        ("domain", Why::Reserved) => f.text("why-domain-ours"),
        ("picture", Why::TooLong) => f.text("why-picture-large"),
        ("picture", Why::Malformed) => f.text("why-picture"),
        ("known" | "new_home", Why::Unknown) => f.text("why-moving-unknown"),
        ("known" | "new_home", Why::NotAChoice) => f.text("why-moving-kind"),
        ("known", Why::TooLong) => f.text("why-moving-many"),
        ("new_home", Why::Mismatch) => f.text("why-moving-mismatch"),
        _ => words::text(f.lang, &format!("why-{}", why.code())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_sent_on_to_our_own_pages_only() {
        for good in ["/", "/c/weavers", "/p/1?page=2#p3", "/search?q=//"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
        ] {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_way_back_survives_the_sign_in_page() {
        assert_eq!(
            sign_in_path("/p/1?page=2&in=fr"),
            "/sign-in?next=%2Fp%2F1%3Fpage%3D2%26in%3Dfr"
        );
    }

    #[test]
    fn waiting_is_told_in_whole_minutes() {
        assert_eq!(minutes(1), 1);
        assert_eq!(minutes(61), 2);
    }
}
