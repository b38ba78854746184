//! Responses of handlers: pages, redirects and errors, and the headers of all of them.
//!
//! A handler fails with a [`PageError`]. It travels as an extension of the response to
//! [`page_middleware`], which renders it in the reader's language, with the text that was typed.

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::Error;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use httpkit::App;
use httpkit::session::{self, NewSignIn};
use model::refusal::Rule;
use model::{Lang, PostId, Refusal};
use std::sync::Arc;
use std::time::Duration;

use super::flash;
use super::form_post::{
    FormInProgress, OpenedSession, SIGN_IN_CODE, SIGN_IN_HANDLE, SIGN_IN_PASSWORD,
};
use super::guest_page_cache::{self, GuestPageCache};
use super::page_request::{LANG_COOKIE, PageRequest, header_text, pairs};
use crate::form::Form;
use crate::frame::{Frame, Section, TypedForm};
use crate::views::account::{SIGN_IN_PREFIX, code_field, sign_in_with_form};
use crate::views::error::{ErrorKind, ErrorPage, SavedForm};
use crate::views::setup::SetupClosed;

/// Limits the time of a handler. The server's own limit, which shows no page, is a little longer.
const TIMEOUT: Duration = Duration::from_secs(25);

/// The result of a handler.
pub type Page = Result<Response, PageError>;

/// An error of a handler, with the form that failed.
#[derive(Debug)]
pub struct PageError {
    cause: Cause,
    form: Option<SavedForm>,
    /// The name with which a guest would sign in together with the form, and why that was refused.
    sign_in: Option<Box<(String, Option<Error>)>>,
}

/// Why a request got no answer of its handler.
#[derive(Debug)]
enum Cause {
    Error(Error),
    /// It was not handled within [`TIMEOUT`].
    TimedOut,
    /// Only the language was switched on the page of an earlier error.
    Kept,
}

impl PageError {
    /// Keeps the submitted form, so that nothing typed is lost.
    pub fn with_form(error: Error, form: SavedForm) -> Self {
        Self {
            cause: Cause::Error(error),
            form: Some(form),
            sign_in: None,
        }
    }

    /// The form of an earlier error, to be shown in another language.
    pub fn kept(form: SavedForm) -> Self {
        Self {
            cause: Cause::Kept,
            form: Some(form),
            sign_in: None,
        }
    }

    /// Keeps a form, as far as it could be read.
    #[must_use]
    pub fn keeping(self, form: Option<SavedForm>) -> Self {
        Self { form, ..self }
    }

    /// Offers no form to be sent again: for a form whose password would be missing from it.
    #[must_use]
    pub fn without_form(mut self) -> Self {
        self.form = None;
        self
    }

    /// Adds the name with which a guest would sign in together with the form, and why that was refused.
    #[must_use]
    pub fn signing_in(mut self, name: &str, error: Option<Error>) -> Self {
        self.sign_in = Some(Box::new((name.to_owned(), error)));
        self
    }

    /// A request body that cannot be parsed.
    pub fn unreadable() -> Self {
        Self::from(Refusal::Invalid(Vec::new()))
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self {
            cause: Cause::Error(error),
            form: None,
            sign_in: None,
        }
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        Self::from(Error::from(refusal))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Renders a page.
pub fn show(view: &impl Template) -> Page {
    show_with_status(StatusCode::OK, view)
}

/// Renders a form again with its errors: 422.
pub fn show_invalid(view: &impl Template) -> Page {
    show_with_status(StatusCode::UNPROCESSABLE_ENTITY, view)
}

/// Renders a form again that a rate limit refused: 429.
pub fn show_too_many(view: &impl Template, retry_after: u64) -> Page {
    let shown = show_with_status(StatusCode::TOO_MANY_REQUESTS, view)?;
    Ok(with_retry_after(shown, retry_after))
}

fn with_retry_after(mut response: Response, seconds: u64) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Says when to try again after too many requests.
pub fn wait(f: &Frame, seconds: u64) -> String {
    let message = f.message("error-too-many-text");
    message.arg("count", minutes(seconds)).to_string()
}

/// Renders a page with another status than 200.
pub fn show_with_status(status: StatusCode, view: &impl Template) -> Page {
    match view.render() {
        Ok(html) => Ok((status, Html(html)).into_response()),
        Err(error) => Err(PageError::from(Error::fault(error.to_string()))),
    }
}

/// Redirects to another page of this instance: 303.
pub fn redirect(path: &str) -> Response {
    let location = HeaderValue::from_bytes(path.as_bytes());
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Redirects to a page that confirms what was done: `word` is one of [`flash`].
pub fn redirect_with_flash(path: &str, word: &str) -> Page {
    redirect_naming(path, word, "")
}

/// Like [`redirect_with_flash`], for a confirmation that names a person, a community or a host.
pub fn redirect_naming(path: &str, word: &str, name: &str) -> Page {
    Ok(with_cookie(
        redirect(path),
        &flash::cookie(word, name, None),
    ))
}

/// Redirects to a post, inside which is confirmed what was done with it.
pub fn redirect_to_post(id: PostId, word: &str, name: &str) -> Page {
    let cookie = flash::cookie(word, name, Some(id));
    Ok(with_cookie(redirect(&format!("/p/{id}")), &cookie))
}

/// Adds a cookie to a response.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Adds the cookies of somebody who has just signed in.
pub fn with_sign_in(response: Response, https: bool, sign_in: &NewSignIn) -> Response {
    let cookies = sign_in.cookies(https);
    cookies.fold(response, |response, cookie| with_cookie(response, &cookie))
}

/// Accepts a path as the target of a redirect if it stays on this instance: no host, no scheme, no
/// control characters or backslashes.
pub fn local_path(next: &str) -> Option<&str> {
    let plain = next.chars().all(|c| !c.is_control() && c != '\\');
    (plain && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

/// Builds the URL of the sign-in page that redirects to `next`.
pub fn sign_in_path(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("/sign-in?{query}")
}

/// Builds the URL of the sign-in page that follows the actor whose page is at `url`.
pub fn sign_in_to_follow(url: &str) -> String {
    format!("{}&then=follow", sign_in_path(url))
}

/// Answers 404.
pub async fn not_found() -> PageError {
    PageError::from(Refusal::NotFound("page"))
}

/// The middleware of every page: before the setup only the setup is open; errors become pages; every
/// response gets its headers.
pub async fn page_middleware(
    State((app, cache)): State<(App, Arc<GuestPageCache>)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let opened = OpenedSession::default();
    parts.extensions.insert(opened.clone());
    let mut request_parts = parts.clone();
    let request = Request::from_parts(parts, body);
    let closed = app.ops().site().is_none() && !is_open_before_setup(request_parts.uri.path());
    let mut response = if closed {
        PageError::from(Refusal::NotAllowed(Rule::Setup)).into_response()
    } else {
        respond(&app, &cache, &request_parts, request, next).await
    };
    if let Some(sign_in) = opened.sign_in() {
        response = with_opened(&app, &mut request_parts, response, sign_in);
    }
    if let Some(fail) = response.extensions_mut().remove::<Arc<PageError>>() {
        let cookies: Vec<HeaderValue> = cookies_of(&response);
        response = error_page(&app, &mut request_parts, &fail).await;
        let headers = response.headers_mut();
        headers.extend(
            cookies
                .into_iter()
                .map(|cookie| (header::SET_COOKIE, cookie)),
        );
    }
    let response = with_state_cookies(&request_parts, response);
    unless_known(&request_parts, with_headers(&app, &request_parts, response))
}

/// Answers 304 where the reader has the feed already, as it says by its tag.
fn unless_known(parts: &Parts, mut response: Response) -> Response {
    let tag = response.headers().get(header::ETAG);
    let tag = tag.and_then(|tag| tag.to_str().ok()).unwrap_or_default();
    let known = header_text(&parts.headers, header::IF_NONE_MATCH)
        .split(',')
        .any(|one| one.trim().trim_start_matches("W/") == tag);
    if known && !tag.is_empty() && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    response
}

/// Sends the cookies of a session that the request opened; what follows is answered as its owner.
fn with_opened(app: &App, parts: &mut Parts, response: Response, sign_in: &NewSignIn) -> Response {
    let https = app.ops().site().is_some_and(|site| site.is_https());
    let own = format!("{}={}", session::cookie_name(https), sign_in.token);
    if let Ok(own) = HeaderValue::from_str(&own) {
        parts.headers.insert(header::COOKIE, own);
    }
    with_sign_in(response, https, sign_in)
}

fn cookies_of(response: &Response) -> Vec<HeaderValue> {
    let cookies = response.headers().get_all(header::SET_COOKIE);
    cookies.iter().cloned().collect()
}

/// Returns a cached page for guests, or calls the handler.
async fn respond(
    app: &App,
    cache: &GuestPageCache,
    parts: &Parts,
    request: Request,
    next: Next,
) -> Response {
    let Some(key) = guest_page_cache::CacheKey::of(app, parts) else {
        return run(next, request).await;
    };
    let (changes, now) = (app.ops().changes(), app.ops().now());
    if let Some(response) = cache.get(&key, changes, now) {
        return response;
    }
    let response = run(next, request).await;
    cache.insert(key, changes, now, response).await
}

/// Calls the handler, within the time limit.
async fn run(next: Next, mut request: Request) -> Response {
    let form = FormInProgress::default();
    request.extensions_mut().insert(form.clone());
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => {
            let late = PageError {
                cause: Cause::TimedOut,
                form: form.saved(),
                sign_in: None,
            };
            late.into_response()
        }
    }
}

fn is_open_before_setup(path: &str) -> bool {
    path == "/setup" || path == "/language" || path.starts_with("/assets/")
}

/// Renders an error as a page.
async fn error_page(app: &App, parts: &mut Parts, fail: &PageError) -> Response {
    let Ok(request) = PageRequest::from_request_parts(parts, app).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let reading = matches!(parts.method, Method::GET | Method::HEAD);
    match &fail.cause {
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::Setup)))
            if request.site().is_err() =>
        {
            let view = SetupClosed {
                f: request.bare(),
                done: false,
            };
            return show_with_status(StatusCode::SERVICE_UNAVAILABLE, &view).unwrap_or_default();
        }
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SecondFactor))) if reading => {
            return redirect("/settings/second-factor");
        }
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SignedIn))) if reading => {
            return redirect(&sign_in_path(&request.here()));
        }
        Cause::Error(Error::Refused(_) | Error::Fault(_)) | Cause::TimedOut | Cause::Kept => {}
    }
    let mut f = match request.framed(Section::Elsewhere).await {
        Ok(f) => f,
        Err(_) => request.bare(),
    };
    if !reading {
        // A form's URL may have no page to GET: without a form, the language switch leads home.
        f.here = "/".to_owned();
        f.typed_form = fail.form.as_ref().map(|form| TypedForm {
            action: form.action.clone(),
            redraw: "kept",
        });
    }
    let kind = match &fail.cause {
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SignedIn)))
            if fail.form.is_some() =>
        {
            ErrorKind::SessionEnded
        }
        Cause::Error(error) => error_kind(&request, error, &f),
        Cause::TimedOut => ErrorKind::TimedOut,
        Cause::Kept => ErrorKind::Kept,
    };
    // Never 401, for which browsers open a password dialog.
    let status = StatusCode::from_u16(kind.status()).unwrap_or_default();
    let view = ErrorPage {
        sign_in: sign_in_fields(&f, fail),
        sign_in_url: sign_in_url(&request, fail, reading),
        saved_form: fail.form.clone(),
        kind,
        f,
    };
    let response = show_with_status(status, &view).unwrap_or_else(|_| status.into_response());
    match &fail.cause {
        Cause::Error(Error::Refused(Refusal::TooMany { retry_after })) => {
            with_retry_after(response, *retry_after)
        }
        Cause::Error(_) | Cause::TimedOut | Cause::Kept => response,
    }
}

/// The fields to sign in and send the kept form in one step, where the session has ended.
fn sign_in_fields(f: &Frame, fail: &PageError) -> Option<Form> {
    let ended = matches!(
        fail.cause,
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SignedIn)))
    );
    fail.form.as_ref().filter(|_| ended)?;
    let mut form = sign_in_with_form(f);
    if let Some((name, error)) = fail.sign_in.as_deref() {
        form.set(SIGN_IN_HANDLE, name);
        if let Some(error) = error {
            if asks_for_code(error) {
                form = form.with(code_field(f, SIGN_IN_CODE));
            }
            mark_sign_in(f, &mut form, error);
        }
    }
    Some(form)
}

/// Whether the password was right, and a code is needed as well.
fn asks_for_code(error: &Error) -> bool {
    match error {
        Error::Refused(Refusal::Invalid(errors)) => {
            errors.iter().any(|error| error.field == "code")
        }
        Error::Refused(_) | Error::Fault(_) => false,
    }
}

/// Says in the fields of [`sign_in_with_form`] why signing in failed.
fn mark_sign_in(f: &Frame, form: &mut Form, error: &Error) {
    match error {
        Error::Refused(Refusal::Invalid(errors)) => {
            for error in errors {
                let name = format!("{SIGN_IN_PREFIX}{}", error.field);
                let missing = form
                    .missing(&name)
                    .filter(|_| error.why == model::Why::Required);
                let why = missing.unwrap_or_else(|| field_error(f, error.field, error.why));
                form.fault(&name, why);
            }
        }
        Error::Refused(Refusal::TooMany { retry_after }) => {
            form.fault = Some(wait(f, *retry_after));
        }
        Error::Refused(Refusal::NotAllowed(rule)) => {
            form.fault(SIGN_IN_PASSWORD, f.text(&format!("rule-{}", rule.code())));
        }
        Error::Refused(_) | Error::Fault(_) => {
            form.fault(SIGN_IN_PASSWORD, f.text("why-sign-in"));
        }
    }
}

/// The sign-in page, where signing in may help and the page has no fields for it.
fn sign_in_url(request: &PageRequest, fail: &PageError, reading: bool) -> Option<String> {
    let rule = matches!(
        fail.cause,
        Cause::Error(Error::Refused(Refusal::NotAllowed(_)))
    ) && fail.form.is_none();
    let back = if reading {
        request.here()
    } else {
        "/".to_owned()
    };
    (rule && request.me.is_none()).then(|| sign_in_path(&back))
}

/// Maps an error to what the page says. A fault is logged here, once, with a reference that the
/// page shows.
fn error_kind(request: &PageRequest, error: &Error, f: &Frame) -> ErrorKind {
    let refusal = match error {
        Error::Refused(refusal) => refusal,
        Error::Fault(fault) => {
            let reference = format!("{:x}", request.app.ops().id::<i64>());
            tracing::error!(%fault, reference, path = request.path, "request failed");
            return if fault.is_unavailable() {
                ErrorKind::Unavailable(reference)
            } else {
                ErrorKind::Fault(reference)
            };
        }
    };
    match refusal {
        Refusal::NotFound(_) => ErrorKind::NotFound,
        Refusal::NotAllowed(Rule::FormKey) => ErrorKind::Expired,
        Refusal::NotAllowed(rule) => {
            let words = f.text(&format!("rule-{}", rule.code()));
            ErrorKind::NotAllowed(Some(words.to_owned()))
        }
        Refusal::Invalid(_) => ErrorKind::Unreadable,
        Refusal::Gone("actor") => ErrorKind::GoneActor,
        Refusal::Gone("community") => ErrorKind::GoneCommunity,
        Refusal::Gone(_) => ErrorKind::Gone,
        Refusal::TooMany { retry_after } => ErrorKind::TooMany(minutes(*retry_after)),
        Refusal::Unreachable { host } => ErrorKind::Unreachable(host.clone()),
        Refusal::TooLarge => ErrorKind::TooLarge,
    }
}

fn minutes(seconds: u64) -> i64 {
    i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX)
}

/// Builds the `Set-Cookie` header of a guest's language.
pub fn lang_cookie(lang: Lang) -> String {
    format!("{LANG_COOKIE}={lang}; Path=/; SameSite=Lax; Max-Age=31536000")
}

/// Sets the language cookie after `?lang=`, and clears the flash cookie once it was shown.
fn with_state_cookies(parts: &Parts, mut response: Response) -> Response {
    let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    let lang = query
        .iter()
        .find(|(key, _)| key == "lang")
        .and_then(|(_, tag)| Lang::from_tag(tag));
    let shows = is_html(&response) || response.status().is_redirection();
    if let Some(lang) = lang.filter(|_| shows) {
        response = with_cookie(response, &lang_cookie(lang));
    }
    let shown = flash::read(&parts.headers).is_some() && is_html(&response);
    if shown && !response.status().is_redirection() {
        response = with_cookie(response, &flash::no_cookie());
    }
    response
}

/// Whether a response is an HTML page.
pub fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Whether a response is an Atom feed.
pub fn is_feed(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/atom+xml"))
}

const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
const VARY: HeaderValue = HeaderValue::from_static("cookie, accept-language");

/// Sets caching headers: pages of a session are never stored, others are revalidated. Headers that
/// a handler has set stay.
fn with_headers(app: &App, parts: &Parts, mut response: Response) -> Response {
    let https = app.ops().site().is_some_and(|site| site.is_https());
    let own = session::cookie(&parts.headers, session::cookie_name(https)).is_some();
    let html = is_html(&response);
    let headers = response.headers_mut();
    let caching = if own { PRIVATE } else { REVALIDATE };
    headers.entry(header::CACHE_CONTROL).or_insert(caching);
    if html {
        headers.append(header::VARY, VARY);
    }
    response
}

/// The message for a refused field.
pub fn field_error(f: &Frame, field: &str, why: model::Why) -> &'static str {
    use model::Why;
    match (field, why) {
        ("password", Why::Mismatch) => f.text("why-sign-in"),
        ("password", Why::TooShort) => f.text("why-password-short"),
        ("password", Why::TooLong) => f.text("why-password-long"),
        ("code", Why::Required) => f.text("enter-code"),
        ("code", Why::Mismatch) => f.text("why-code"),
        ("code", Why::Expired) => f.text("why-code-expired"),
        ("passkey", Why::Expired) => f.text("why-passkey-expired"),
        ("passkey", Why::Taken) => f.text("why-passkey-taken"),
        ("passkey", Why::TooLong) => f.text("why-passkeys-many"),
        ("passkey", Why::NotAChoice) => f.text("why-passkey-host"),
        ("passkey", _) => f.text("why-passkey"),
        ("current", Why::Mismatch) => f.text("why-password-wrong"),
        ("handle", Why::Characters) => f.text("why-handle"),
        ("handle", Why::TooShort) => f.text("why-handle-short"),
        ("handle", Why::TooLong) => f.text("why-handle-long"),
        ("handle", Why::Taken) => f.text("why-handle-taken"),
        ("handle", Why::Reserved) => f.text("why-handle-reserved"),
        ("handle", Why::Malformed) => f.text("why-sign-in-name"),
        ("handle", Why::Mismatch) => f.text("why-sign-in-elsewhere"),
        ("title" | "title2", Why::TooLong) => f.text("why-title-long"),
        ("body" | "body2", Why::TooLong) => f.text("why-body-long"),
        ("address", Why::Malformed | Why::TooLong) => f.text("why-address"),
        ("address", Why::Characters) => f.text("why-address-letters"),
        ("address", Why::Taken) => f.text("why-address-taken"),
        ("kind", Why::NotAChoice) => f.text("why-kind"),
        ("lang", Why::NotAChoice) => f.text("why-lang"),
        ("zone", Why::NotAChoice) => f.text("why-zone"),
        ("url", Why::Malformed) => f.text("why-url"),
        ("invitation", Why::Expired) => f.text("why-invitation"),
        ("list", Why::TooLong) => f.text("why-list-long"),
        ("list", Why::Characters) => f.text("why-list-text"),
        ("list", Why::Malformed) => f.text("why-list-columns"),
        ("server", Why::Malformed) => f.text("why-server"),
        ("domain", Why::Malformed) => f.text("why-domain"),
        ("domain", Why::Reserved) => f.text("why-domain-ours"),
        ("picture" | "picture1" | "picture2" | "picture3" | "picture4", Why::TooLong) => {
            f.text("why-picture-large")
        }
        ("picture" | "picture1" | "picture2" | "picture3" | "picture4", Why::Malformed) => {
            f.text("why-picture")
        }
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
    fn redirects_lead_to_our_own_pages_only() {
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
    fn the_wait_is_rounded_up_to_minutes() {
        assert_eq!(minutes(1), 1);
        assert_eq!(minutes(61), 2);
    }
}
