//! Applications register, as with Mastodon.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::oauth::NewApp;
use domain::{Error, secret};
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::{ApiError, App, ClientIp};
use model::Refusal;
use model::oauth::Scopes;
use serde_json::json;

use super::parameters::Parameters;

/// `POST /api/v1/apps`: `client_name`, `redirect_uris`, `scopes`, `website`; with
/// `token_endpoint_auth_method` `none` (RFC 7591) the application gets no secret, and needs PKCE.
pub async fn register(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    sent: Parameters,
) -> Result<Response, ApiError> {
    app.limits().count_ip(RateLimit::RegisterApp, ip)?;
    let scopes = match sent.get("scopes").map(Scopes::parse) {
        None => Scopes::standard(),
        Some(Ok(scopes)) => scopes,
        Some(Err(unknown)) => return Ok(invalid(&unknown.to_string())),
    };
    let is_public = sent.get("token_endpoint_auth_method") == Some("none");
    let own_secret = (!is_public).then(secret::token);
    let new = NewApp {
        client_id: secret::token(),
        secret_hash: own_secret.as_deref().map(secret::digest),
        name: sent.get("client_name").unwrap_or_default().to_owned(),
        website: sent.get("website").unwrap_or_default().to_owned(),
        redirects: sent.list("redirect_uris"),
        scopes: scopes.clone(),
    };
    let redirects = new.redirects.clone();
    let made = app
        .ops()
        .write(move |tx| domain::oauth::register_app(tx, &new))
        .await;
    let row = match made {
        Ok(row) => row,
        Err(Error::Refused(refusal @ Refusal::Invalid(_))) => {
            return Ok(invalid(&refusal.to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    let key = app.ops().store().read(query::notice_push::key).await?;
    let key = key.and_then(|key| key.public().ok());
    let mut body = json!({
        "id": row.id,
        "name": row.name,
        "website": Some(row.website).filter(|text| !text.is_empty()),
        "scopes": scopes.to_string().split(' ').collect::<Vec<_>>(),
        "redirect_uri": redirects.join("\n"),
        "redirect_uris": redirects,
        "client_id": row.client_id,
        "client_secret_expires_at": 0,
    });
    if let (Some(key), Some(map)) = (key, body.as_object_mut()) {
        map.insert("vapid_key".into(), key.into());
    }
    if let (Some(own), Some(map)) = (own_secret, body.as_object_mut()) {
        map.insert("client_secret".into(), own.into());
    }
    Ok(Json(body).into_response())
}

/// A refusal in the form that Mastodon's clients show.
fn invalid(detail: &str) -> Response {
    let body = json!({"error": format!("Validation failed: {detail}")});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
