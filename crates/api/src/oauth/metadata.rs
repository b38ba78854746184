//! What applications find out about this server (RFC 8414).

use axum::Json;
use axum::extract::State;
use httpkit::{ApiError, App};
use model::oauth::SCOPES;
use serde_json::{Value, json};

/// `GET /.well-known/oauth-authorization-server`
pub async fn metadata(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let site = app.site()?;
    let at = |path: &str| format!("{}{path}", site.url);
    Ok(Json(json!({
        "issuer": site.url,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "app_registration_endpoint": at("/api/v1/apps"),
        "service_documentation": at("/api"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })))
}
