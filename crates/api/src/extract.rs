//! Extractors that answer every malformed request with a problem document.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use domain::Error;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use httpkit::rate_limits::RateLimit;
use httpkit::{ApiError, App, Bearer, Me};
use model::{ActorId, Address, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::error::Error as StdError;
use std::str::FromStr;

/// A problem document for a request that cannot be parsed.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Refused"),
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
    });
    (
        status,
        [(CONTENT_TYPE, "application/problem+json")],
        body.to_string(),
    )
        .into_response()
}

/// A JSON body.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(req: Request, state: &S) -> Result<Self, Response> {
        let File(bytes) = File::from_request(req, state).await?;
        parsed(&bytes).map(Self).map_err(|e| not_json(&e))
    }
}

/// Parses JSON.
pub fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let read: Value = serde_json::from_slice(bytes)?;
    serde_json::from_value(without_nul(read))
}

/// The answer to a body that is no JSON of the documented shape.
pub fn not_json(error: &serde_json::Error) -> Response {
    problem(StatusCode::BAD_REQUEST, "body", &error.to_string())
}

/// The answer to a body that could not be read, or not whole.
pub fn unread(status: StatusCode, error: &(dyn StdError + 'static), text: &str) -> Response {
    httpkit::body::refusal(error).map_or_else(
        || problem(status, "body", text),
        |refusal| ApiError::from(refusal).into_response(),
    )
}

/// A file, as it is.
pub struct File(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = Response;

    async fn from_request(req: Request, state: &S) -> Result<Self, Response> {
        let bytes = Bytes::from_request(req, state).await;
        bytes
            .map(Self)
            .map_err(|error| unread(error.status(), &error, &error.body_text()))
    }
}

/// Removes NUL, which PostgreSQL cannot store in text.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(list) => list.into_iter().map(without_nul).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, without_nul(value)))
            .collect(),
        other => other,
    }
}

/// The query string.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|e| problem(StatusCode::BAD_REQUEST, "query", &e.body_text()))
    }
}

/// A path parameter, percent-decoded.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|e| problem(e.status(), "path", &e.body_text()))
    }
}

/// A signed-in person who writes; each request counts against [`RateLimit::Write`].
pub struct Writer {
    pub me: Me,
    /// The `Idempotency-Key` of the request; empty where it has none.
    pub idempotency_key: String,
}

impl Writer {
    /// Their id.
    pub fn id(&self) -> ActorId {
        self.me.id()
    }

    /// The signed-in administrator.
    ///
    /// # Errors
    /// `NotAllowed(Admin)`.
    pub fn admin(self) -> Result<Me, Refusal> {
        Bearer(Some(self.me)).admin()
    }
}

impl FromRequestParts<App> for Writer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let me = Bearer::from_request_parts(parts, app).await?.signed_in()?;
        me.require_factor()?;
        app.limits().count_actor(RateLimit::Write, me.id())?;
        let key = parts.headers.get("idempotency-key");
        let key = key.and_then(|key| key.to_str().ok()).unwrap_or_default();
        Ok(Self {
            me,
            idempotency_key: key.to_owned(),
        })
    }
}

/// Renames the field `from` of a refusal to `to`, its name in the request.
pub fn renamed(error: Error, from: &str, to: &'static str) -> Error {
    let Error::Refused(Refusal::Invalid(mut fields)) = error else {
        return error;
    };
    for field in fields.iter_mut().filter(|field| field.field == from) {
        field.field = to;
    }
    Error::Refused(Refusal::Invalid(fields))
}

/// Parses an id in a path; 404 where it is no number.
pub fn id<I: FromStr>(text: &str, what: &'static str) -> Result<I, ApiError> {
    text.parse()
        .map_err(|_no_number| Refusal::NotFound(what).into())
}

/// Splits `handle` or `handle@host` into `(handle, host)`, as stored: the host is empty for local ones.
pub fn address(text: &str, our_host: &str) -> (String, String) {
    match Address::parse(text) {
        Some(found) if found.host == our_host => (found.name.to_lowercase(), String::new()),
        Some(found) => (found.name, found.host),
        None => (
            // PostgreSQL cannot compare NUL with text.
            text.trim_start_matches(['@', '!'])
                .to_lowercase()
                .replace('\0', ""),
            String::new(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_dropped_wherever_it_stands() {
        let odd = json!({"a": ["x\u{0}y", {"b": "\u{0}"}, 1, null]});
        assert_eq!(without_nul(odd), json!({"a": ["xy", {"b": ""}, 1, null]}));
    }
}
