//! The REST API of our own, at `/api/hedgerow/v1`, described by OpenAPI. OAuth 2 tokens; ids are
//! strings; lists are paged by cursor; errors are `application/problem+json`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod account;
mod actor;
mod admin;
mod community;
mod details;
mod discussion;
mod docs;
mod dto;
mod extract;
mod follow;
mod invitation;
mod membership;
mod moderation;
mod notice;
mod oauth;
mod page;
mod poll;
mod post_body;
mod scopes;
mod search;
mod site;
#[cfg(test)]
mod tests;

pub use docs::routes;

use axum::Json;
use httpkit::ApiError;

/// The result of a handler.
type ApiResult<T> = Result<Json<T>, ApiError>;
