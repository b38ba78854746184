//! Following people and communities.

use crate::Answer;
use crate::actor::follow_word;
use crate::extract::address;
use axum::Json;
use axum::extract::{Path, State};
use domain::Error;
use httpkit::limits::Act;
use httpkit::{App, Bearer, Trouble};
use model::ActorId;
use serde::Serialize;
use utoipa::ToSchema;

/// How a follow stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowDto {
    /// none, pending or accepted.
    pub follow: String,
}

async fn target(app: &App, text: &str) -> Result<ActorId, Trouble> {
    let (handle, host) = address(text, app.urls()?.host());
    let row = app
        .store()
        .read(move |db| store::actor::by_address(db, &handle, &host).map_err(Error::from))
        .await?;
    Ok(row.ok_or(Error::not_found("actor"))?.id)
}

/// Follows a person or a community, by `handle` or `handle@host`; one elsewhere answers later.
/// One not known here yet is looked up first, with `/lookup`.
#[utoipa::path(put, path = "/follows/{address}", tag = "follows", security(("bearer" = [])), params(("address" = String, Path)), responses((status = 200, body = FollowDto), (status = 404)))]
pub async fn follow(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Answer<FollowDto> {
    let me = bearer.signed_in()?.id();
    app.limits().count_actor(Act::Write, me)?;
    let target = target(&app, &text).await?;
    let row = app
        .ops()
        .write(move |tx| domain::follow::follow(tx, me, target))
        .await?;
    Ok(Json(FollowDto {
        follow: follow_word(Some(&row)),
    }))
}

/// No longer follows, or takes back what was asked.
#[utoipa::path(delete, path = "/follows/{address}", tag = "follows", security(("bearer" = [])), params(("address" = String, Path)), responses((status = 200, body = FollowDto), (status = 404)))]
pub async fn unfollow(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Answer<FollowDto> {
    let me = bearer.signed_in()?.id();
    let target = target(&app, &text).await?;
    app.ops()
        .write(move |tx| domain::follow::unfollow(tx, me, target))
        .await?;
    Ok(Json(FollowDto {
        follow: follow_word(None),
    }))
}
