//! Serves inboxes, discovery, and the documents at our URLs. Documents need no signature (except a server's own
//! part of a followers collection), contain only what is public or unlisted, and are never another server's.

mod accept;
mod activity;
mod actor;
mod answer;
mod discovery;
mod discussion;
mod inbox;
mod outbox;
mod synchronization;
mod tag;
#[cfg(test)]
mod tests;

pub use accept::wants_activity_json;
pub use inbox::Caller;

use crate::ap_traits;
use crate::context::Federation;
use activitypub_federation::config::FederationMiddleware;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::peer::policy::Mode;

/// Returns the routes for peers. Documents have the same paths as pages: the server chooses between them with
/// [`wants_activity_json`].
pub fn routes(federation: Federation) -> Router {
    Router::new()
        .route("/inbox", post(inbox::receive))
        .route("/u/{handle}/inbox", post(inbox::receive))
        .route("/c/{handle}/inbox", post(inbox::receive))
        .route("/.well-known/webfinger", get(discovery::webfinger))
        .route("/.well-known/host-meta", get(discovery::host_meta))
        .route("/.well-known/nodeinfo", get(discovery::nodeinfo_links))
        .route("/nodeinfo/2.1", get(discovery::nodeinfo))
        .merge(documents(&federation))
        .fallback(|| async { answer::DocumentError::NOT_FOUND })
        .layer(from_fn_with_state(federation.clone(), unless_closed))
        .with_state(federation)
}

/// Refuses every request if the instance does not federate.
async fn unless_closed(
    State(federation): State<Federation>,
    request: Request,
    next: Next,
) -> Response {
    match federation.ops().policy().settings.mode {
        Mode::Open | Mode::AllowList => next.run(request).await,
        Mode::Closed => {
            let mut closed = answer::DocumentError::CLOSED.into_response();
            closed
                .headers_mut()
                .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            closed
        }
    }
}

fn documents(federation: &Federation) -> Router<Federation> {
    let routes = document_routes();
    match ap_traits::config(federation) {
        Ok(config) => routes.layer(FederationMiddleware::new(config)),
        Err(error) => {
            tracing::error!(%error, "the federation library refused its configuration");
            routes
        }
    }
}

fn document_routes() -> Router<Federation> {
    Router::new()
        .route("/", get(actor::instance))
        .route("/outbox", get(outbox::instance))
        .route("/u/{handle}", get(actor::person))
        .route("/u/{handle}/outbox", get(outbox::person))
        .route("/u/{handle}/followers", get(actor::person_followers))
        .route("/u/{handle}/following", get(actor::person_following))
        .route("/u/{handle}/featured", get(actor::person_featured))
        .route(
            "/u/{handle}/followers_synchronization",
            get(synchronization::person),
        )
        .route("/c/{handle}", get(actor::community))
        .route("/c/{handle}/outbox", get(outbox::community))
        .route("/c/{handle}/followers", get(actor::community_followers))
        .route("/c/{handle}/following", get(actor::community_following))
        .route("/c/{handle}/featured", get(actor::community_featured))
        .route(
            "/c/{handle}/followers_synchronization",
            get(synchronization::community),
        )
        .route("/c/{handle}/moderators", get(actor::moderators))
        .route("/c/{handle}/tags/{id}", get(tag::tag))
        .route("/p/{id}", get(discussion::post))
        .route("/p/{id}/context", get(discussion::context))
        .route("/activities/{id}", get(activity::activity))
        .route("/follows/{id}", get(activity::follow))
        .route("/likes/{id}", get(activity::like))
}
