//! Responses: a document with its validators, or a problem document.

use crate::fetch::FetchFailure;
use crate::json;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::Error;
use model::Refusal;
use model::refusal::Rule;
use serde::Serialize;
use serde_json::json;
use vocab::Object;

/// The media type of our documents.
const ACTIVITY: &str = "application/activity+json; charset=utf-8";
/// A minute: servers learn of an edit from its Update, not by fetching again.
const CACHE_CONTROL_PUBLIC: &str = "public, max-age=60, stale-while-revalidate=300";

/// Why there is no document.
#[derive(Debug)]
pub(super) enum DocumentError {
    /// A problem document (RFC 9457).
    Problem(StatusCode, &'static str),
    /// It was deleted: 410 with a Tombstone.
    Gone(Box<Object>),
    /// It is on another server, to which the response redirects.
    Redirect(String),
}

/// The result of a handler.
pub(super) type DocumentResult = Result<Response, DocumentError>;

impl DocumentError {
    /// It does not exist.
    pub const NOT_FOUND: Self = Self::Problem(StatusCode::NOT_FOUND, "not-found");
    /// The request is invalid.
    pub const BAD_REQUEST: Self = Self::Problem(StatusCode::BAD_REQUEST, "invalid");
    /// This instance does not federate.
    pub const CLOSED: Self = Self::Problem(StatusCode::FORBIDDEN, "closed");
    /// The body is over 1 MiB.
    pub const TOO_LARGE: Self = Self::Problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    /// The body did not arrive in time.
    pub const TOO_SLOW: Self = Self::Problem(StatusCode::REQUEST_TIMEOUT, "too-slow");
    /// It was deleted; there is no Tombstone.
    pub const GONE: Self = Self::Problem(StatusCode::GONE, "gone");
}

impl From<Error> for DocumentError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(Refusal::NotFound(_)) => Self::NOT_FOUND,
            Error::Refused(Refusal::Gone(_)) => Self::GONE,
            Error::Refused(Refusal::TooLarge) => Self::TOO_LARGE,
            Error::Refused(Refusal::NotAllowed(Rule::Setup)) => {
                Self::Problem(StatusCode::SERVICE_UNAVAILABLE, "setup")
            }
            Error::Refused(Refusal::NotAllowed(_)) => {
                Self::Problem(StatusCode::FORBIDDEN, "not-allowed")
            }
            Error::Refused(Refusal::TooMany { .. }) => {
                Self::Problem(StatusCode::TOO_MANY_REQUESTS, "too-many")
            }
            Error::Refused(Refusal::Invalid(_) | Refusal::Unreachable { .. }) => Self::BAD_REQUEST,
            Error::Fault(fault) => {
                tracing::error!(%fault, "document not served");
                Self::Problem(StatusCode::INTERNAL_SERVER_ERROR, "fault")
            }
        }
    }
}

impl From<FetchFailure> for DocumentError {
    fn from(failure: FetchFailure) -> Self {
        failure.into_error("").into()
    }
}

impl IntoResponse for DocumentError {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Problem(status, code) => problem(status, code, None),
            Self::Gone(tombstone) => match json::document(&*tombstone) {
                Ok(body) => (StatusCode::GONE, [(CONTENT_TYPE, ACTIVITY)], body).into_response(),
                Err(_) => problem(StatusCode::GONE, "gone", None),
            },
            Self::Redirect(url) => match HeaderValue::from_str(&url) {
                Ok(url) => {
                    (StatusCode::FOUND, [(axum::http::header::LOCATION, url)]).into_response()
                }
                Err(_) => problem(StatusCode::NOT_FOUND, "not-found", None),
            },
        };
        response
            .headers_mut()
            .insert(VARY, HeaderValue::from_static("Accept"));
        response
    }
}

/// Returns a problem document (RFC 9457).
pub(super) fn problem(status: StatusCode, code: &str, detail: Option<&str>) -> Response {
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "code": code,
    });
    if let (Some(map), Some(detail)) = (body.as_object_mut(), detail) {
        map.insert("detail".to_owned(), detail.into());
    }
    let mut response = (status, Json(body)).into_response();
    let media_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// Returns an ActivityPub document, or 304 if the client has it.
pub(super) fn document<T: Serialize>(request_headers: &HeaderMap, thing: T) -> DocumentResult {
    let body = json::document(thing)?;
    let mut response = validated(request_headers, ACTIVITY, body);
    response
        .headers_mut()
        .insert(VARY, HeaderValue::from_static("Accept"));
    Ok(response)
}

/// Returns a discovery document, which scripts of other origins may read.
pub(super) fn open(
    request_headers: &HeaderMap,
    media_type: &'static str,
    body: String,
) -> Response {
    const ALLOW: HeaderName = HeaderName::from_static("access-control-allow-origin");
    let mut response = validated(request_headers, media_type, body);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("*"));
    response
}

fn validated(request_headers: &HeaderMap, media_type: &'static str, body: String) -> Response {
    let etag = etag(&body);
    let known = request_headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, media_type)], body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(CACHE_CONTROL_PUBLIC),
    );
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    response
}

/// The first half of the body's SHA-256, quoted.
fn etag(body: &str) -> String {
    use std::fmt::Write;
    let digest = openssl::sha::sha256(body.as_bytes());
    let hex = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("\"{hex}\"")
}
