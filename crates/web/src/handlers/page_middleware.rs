//! The middleware of every page: the page before the setup, the cache for guests, the time limit, errors as pages,
//! and the headers and cookies of all responses.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use httpkit::App;
use httpkit::session::{self, NewSignIn};
use model::refusal::Rule;
use model::{Lang, Refusal};
use std::sync::Arc;
use std::time::Duration;

use super::flash;
use super::form_post::{FormInProgress, OpenedSession};
use super::guest_page_cache::{self, GuestPageCache};
use super::page_error::{PageError, error_page};
use super::page_request::{header_text, pairs};
use super::response::{is_html, lang_cookie, with_cookie, with_sign_in};

/// Limits the time of a handler. The server's own limit, which shows no page, is a little longer.
const TIMEOUT: Duration = Duration::from_secs(25);

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
        Err(_elapsed) => PageError::timed_out(form.saved()).into_response(),
    }
}

fn is_open_before_setup(path: &str) -> bool {
    path == "/setup" || path == "/language" || path.starts_with("/assets/")
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
