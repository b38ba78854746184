//! OAuth 2 for applications: they register as with Mastodon, exchange codes for tokens, and revoke them.
//! People grant codes on a page, which `web` has.

mod app;
mod client;
mod metadata;
mod parameters;
mod token;

use axum::Router;
use axum::routing::{get, post};
use httpkit::App;

pub fn router() -> Router<App> {
    Router::new()
        .route("/api/v1/apps", post(app::register))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::metadata),
        )
}
