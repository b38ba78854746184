//! The layers around every response: tracing, a timeout, a page after a panic, compression, and security
//! headers.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use httpkit::content_policy::usual_policy;
use httpkit::{ApiError, App};
use model::Refusal;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::{Level, Span};

/// Limits the time of a request.
const TIMEOUT: Duration = Duration::from_secs(30);

const PERMISSIONS: (HeaderName, HeaderValue) = (
    HeaderName::from_static("permissions-policy"),
    HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
);

/// Requires https for a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the layers to a router; the last one is the outermost.
pub(crate) fn apply(router: Router, app: &App) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(log_response)
        .on_failure(());
    router
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(middleware::from_fn(remove_nul))
        .layer(middleware::from_fn(require_one_host))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), headers))
        .layer(trace)
}

/// Builds the span of a request. It has the path without the query, which may contain a key.
fn span(request: &Request<Body>) -> Span {
    tracing::span!(Level::DEBUG, "request", method = %request.method(), path = request.uri().path())
}

fn log_response(response: &Response<Body>, elapsed: Duration, _: &Span) {
    let (status, ms) = (response.status().as_u16(), elapsed.as_millis());
    if response.status().is_server_error() {
        tracing::warn!(status, ms, "request failed");
    } else {
        tracing::debug!(status, ms, "request done");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape the layer calls")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = message.unwrap_or("no message"), "request panicked");
    let page = Html(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Something broke here</title>\
         <h1>Something broke here</h1><p>It was written down for those who look after this place. \
         Nothing you did before is lost.</p><p lang=\"fr\">Quelque chose s’est brisé ici. C’est noté \
         pour les personnes qui veillent sur ce lieu. Rien de ce que vous aviez fait n’est perdu.</p>",
    );
    (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
}

/// Answers 400 to a request with several `Host` headers, of which a proxy in front may have taken another than this
/// server (RFC 9112 §3.2).
async fn require_one_host(request: Request, next: Next) -> Response {
    match request.headers().get_all(HOST).iter().count() {
        0 | 1 => next.run(request).await,
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The character NUL in a URL.
const NUL: &str = "%00";

/// Answers 404 to a path with the character NUL, which no name contains and PostgreSQL does not accept in a
/// parameter, and removes it from the query, as it is removed from forms.
async fn remove_nul(mut request: Request, next: Next) -> Response {
    let uri = request.uri();
    if uri.path().contains(NUL) {
        return ApiError::from(Refusal::NotFound("page")).into_response();
    }
    if let Some(query) = uri.query().filter(|query| query.contains(NUL)) {
        match format!("{}?{}", uri.path(), without_nul(query)).parse() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => return ApiError::from(Refusal::NotFound("page")).into_response(),
        }
    }
    next.run(request).await
}

/// Removes each NUL in one pass, also one that the removal of another puts together.
fn without_nul(query: &str) -> String {
    let mut kept = String::with_capacity(query.len());
    for character in query.chars() {
        kept.push(character);
        if kept.ends_with(NUL) {
            kept.truncate(kept.len() - NUL.len());
        }
    }
    kept
}

async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let https = app.ops().site().is_some_and(|site| site.is_https());
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    let html = headers
        .get(CONTENT_TYPE)
        .is_some_and(|of| of.as_bytes().starts_with(b"text/html"));
    if html {
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert_with(usual_policy);
        headers
            .entry(REFERRER_POLICY)
            .or_insert(HeaderValue::from_static("same-origin"));
        let (name, value) = PERMISSIONS;
        headers.entry(name).or_insert(value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nul_is_left_of_a_query_nor_put_together() {
        for (query, left) in [
            ("q=a%00b", "q=ab"),
            ("q=%0%000", "q="),
            ("q=%0%0%000000", "q=00"),
            ("q=100%25", "q=100%25"),
        ] {
            assert_eq!(without_nul(query), left);
        }
    }
}
