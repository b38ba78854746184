//! Following people and communities.

use crate::ApiResult;
use crate::dto::{ActorDto, follow_word};
use crate::extract::{Path, Query, Writer, address};
use crate::page::{Page, Paging, page};
use axum::Json;
use axum::extract::State;
use domain::Error;
use httpkit::{ApiError, App, Bearer, paging};
use model::{ActorId, FollowId};
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a follow.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowDto {
    /// none, pending or accepted.
    pub follow: String,
}

async fn target(app: &App, me: ActorId, text: &str) -> Result<ActorId, ApiError> {
    let (handle, host) = address(text, app.urls()?.host());
    let sigil = text.chars().next();
    let row = app
        .read(Some(me), move |db, reader| {
            match query::actor::by_written(db, reader, sigil, &handle, &host)? {
                // Mastodon writes communities with `@` too.
                None if sigil == Some('@') => query::actor::by_address(db, reader, &handle, &host),
                found => Ok(found),
            }
        })
        .await?;
    Ok(row.ok_or(Error::not_found("actor"))?.id)
}

/// Follows a person or a community, by `handle` or `handle@host`; a remote one accepts later. Where
/// both share a name on another server, `!handle@host` is the community.
/// One not known here yet is looked up first, with `/lookup`.
#[utoipa::path(put, path = "/follows/{address}", tag = "follows", security(("oauth" = ["write:follows"])), params(("address" = String, Path)), responses((status = 200, body = FollowDto), (status = 404)))]
pub async fn follow(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<FollowDto> {
    let me = writer.id();
    let target = target(&app, me, &text).await?;
    let row = app
        .ops()
        .write(move |tx| domain::follow::follow(tx, me, target))
        .await?;
    Ok(Json(FollowDto {
        follow: follow_word(Some(&row)),
    }))
}

/// Unfollows, or cancels a pending follow.
#[utoipa::path(delete, path = "/follows/{address}", tag = "follows", security(("oauth" = ["write:follows"])), params(("address" = String, Path)), responses((status = 200, body = FollowDto), (status = 404)))]
pub async fn unfollow(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<FollowDto> {
    let me = writer.id();
    let target = target(&app, me, &text).await?;
    app.ops()
        .write(move |tx| domain::follow::unfollow(tx, me, target))
        .await?;
    Ok(Json(FollowDto {
        follow: follow_word(None),
    }))
}

/// An actor that the signed-in person follows or has asked to follow.
#[derive(Debug, Serialize, ToSchema)]
pub struct Followed {
    /// Whom.
    #[serde(flatten)]
    pub actor: ActorDto,
    /// pending or accepted.
    pub follow: String,
}

/// Lists followed people and communities, newest first.
#[utoipa::path(get, path = "/me/follows", tag = "me", security(("oauth" = ["read:follows"])), params(Paging), responses((status = 200, body = Page<Followed>), (status = 401)))]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> ApiResult<Page<Followed>> {
    let (me, urls, limit) = (bearer.signed_in()?.id(), app.urls()?, paging.limit());
    let before: FollowId = paging::read_id(paging.before.as_deref())?;
    let rows = app
        .read(Some(me), move |db, reader| {
            query::actor::following(db, reader, me, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |row| row.0.id.to_string(),
        |(follow, actor)| Followed {
            follow: follow_word(Some(&follow)),
            actor: ActorDto::of(actor, &urls),
        },
    )))
}
