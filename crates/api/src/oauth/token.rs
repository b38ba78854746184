//! Tokens: for a code, or for the application itself; and their end.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::oauth::Exchange;
use domain::{Error, secret};
use http::header::{CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use httpkit::rate_limits::RateLimit;
use httpkit::{ApiError, App};
use model::Refusal;
use model::oauth::Scopes;
use query::row::{OauthApp, OauthToken};
use serde_json::json;

use super::client;
use super::parameters::Parameters;

/// Why a request for a token is refused (RFC 6749 §5.2).
#[derive(Debug)]
pub enum OauthError {
    InvalidRequest(&'static str),
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    UnsupportedGrantType,
    /// A rate limit, or a fault.
    Other(ApiError),
}

impl From<Error> for OauthError {
    fn from(error: Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<Refusal> for OauthError {
    fn from(refusal: Refusal) -> Self {
        Self::Other(refusal.into())
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let (status, code, detail) = match self {
            Self::InvalidRequest(detail) => (400, "invalid_request", detail),
            Self::InvalidClient => (401, "invalid_client", "unknown client, or wrong secret"),
            Self::InvalidGrant => (
                400,
                "invalid_grant",
                "the code is wrong, used or expired, or its redirect_uri or code_verifier does not match",
            ),
            Self::InvalidScope => (
                400,
                "invalid_scope",
                "a scope is unknown, or the application has not registered it",
            ),
            Self::UnsupportedGrantType => (
                400,
                "unsupported_grant_type",
                "authorization_code or client_credentials",
            ),
            Self::Other(error) => return error.into_response(),
        };
        let body = json!({"error": code, "error_description": detail});
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let mut response = not_stored((status, Json(body)));
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"oauth\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Keeps a response with a secret, or about one, out of caches.
fn not_stored(response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// `POST /oauth/token`
pub async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Parameters,
) -> Result<Response, OauthError> {
    const ONCE: &[&str] = &[
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "client_id",
        "client_secret",
        "scope",
    ];
    if sent.repeats(ONCE) {
        return Err(OauthError::InvalidRequest("a parameter comes twice"));
    }
    let grant_type = sent.get("grant_type");
    let grant_type = grant_type.ok_or(OauthError::InvalidRequest("grant_type is missing"))?;
    let client = client::authenticate(&app, &headers, &sent).await?;
    app.limits()
        .count(RateLimit::Write, &format!("app {}", client.id))?;
    let token = secret::token();
    let digest = secret::digest(&token);
    let row = match grant_type {
        "authorization_code" => exchange(&app, &client, &sent, digest).await?,
        "client_credentials" => own(&app, &client, &sent, digest).await?,
        _ => return Err(OauthError::UnsupportedGrantType),
    };
    let mut body = json!({
        "access_token": token,
        "token_type": "Bearer",
        "scope": row.scopes,
        "created_at": row.created_at.unix_millis() / 1_000,
    });
    if let (Some(at), Some(map)) = (row.expires_at, body.as_object_mut()) {
        let seconds = (at.unix_millis() - row.created_at.unix_millis()) / 1_000;
        map.insert("expires_in".into(), seconds.into());
    }
    Ok(not_stored(Json(body)))
}

async fn exchange(
    app: &App,
    client: &OauthApp,
    sent: &Parameters,
    token_hash: String,
) -> Result<OauthToken, OauthError> {
    let code = sent
        .get("code")
        .ok_or(OauthError::InvalidRequest("code is missing"))?;
    let redirect = sent.get("redirect_uri");
    let by = Exchange {
        app: client.id,
        code_hash: secret::digest(code),
        redirect: redirect.unwrap_or_default().to_owned(),
        verifier: sent.get("code_verifier").map(str::to_owned),
        token_hash,
    };
    let made = app
        .ops()
        .write(move |tx| domain::oauth::exchange(tx, &by))
        .await?;
    made.ok_or(OauthError::InvalidGrant)
}

/// A token of the application itself, which only one with a secret gets.
async fn own(
    app: &App,
    client: &OauthApp,
    sent: &Parameters,
    token_hash: String,
) -> Result<OauthToken, OauthError> {
    if client.secret_hash.is_empty() {
        return Err(OauthError::InvalidClient);
    }
    let scopes = match sent.get("scope").map(Scopes::parse) {
        None => Scopes::standard(),
        Some(scopes) => scopes.map_err(|_unknown| OauthError::InvalidScope)?,
    };
    if !Scopes::stored(&client.scopes).cover(&scopes) {
        return Err(OauthError::InvalidScope);
    }
    let id = client.id;
    let verb =
        move |tx: &mut domain::Tx<'_>| domain::oauth::make_app_token(tx, id, &token_hash, &scopes);
    Ok(app.ops().write(verb).await?)
}

/// `POST /oauth/revoke` (RFC 7009): an unknown token is answered as one that has ended.
pub async fn revoke(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Parameters,
) -> Result<Response, OauthError> {
    let client = client::authenticate(&app, &headers, &sent).await?;
    let token = sent
        .get("token")
        .ok_or(OauthError::InvalidRequest("token is missing"))?;
    let (id, digest) = (client.id, secret::digest(token));
    app.ops()
        .write(move |tx| domain::oauth::revoke(tx, id, &digest))
        .await?;
    Ok(not_stored(Json(json!({}))))
}
