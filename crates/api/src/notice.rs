//! Notices of the signed-in person.

use crate::ApiResult;
use crate::details::notice_kind;
use crate::dto::ActorDto;
use crate::extract::{Query, Writer};
use crate::page::{Page, Paging, page};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use httpkit::{ApiError, App, Bearer, paging};
use model::NoticeId;
use serde::Serialize;
use utoipa::ToSchema;

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeDto {
    pub id: String,
    #[schema(schema_with = notice_kind)]
    pub kind: String,
    /// The person who caused it.
    pub from: ActorDto,
    /// The post it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// The community that was followed, where it was not the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<ActorDto>,
    /// When, RFC 3339.
    pub created: String,
    /// Not seen yet.
    pub new: bool,
}

/// Notices, newest first.
#[utoipa::path(get, path = "/me/notices", tag = "me", security(("oauth" = ["read:notifications"])), params(Paging), responses((status = 200, body = Page<NoticeDto>)))]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> ApiResult<Page<NoticeDto>> {
    let (me, urls, limit) = (bearer.signed_in()?, app.urls()?, paging.limit());
    let before: NoticeId = paging::read_id(paging.before.as_deref())?;
    let rows = app
        .read(Some(me.id()), move |db, reader| {
            query::notice::list(db, me.id(), reader.now, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |view| view.notice.id.to_string(),
        |view| NoticeDto {
            id: view.notice.id.to_string(),
            kind: view.notice.kind.to_string(),
            from: ActorDto::of(view.from, &urls),
            post: view.notice.post_id.map(|id| id.to_string()),
            community: view.community.map(|place| ActorDto::of(place.actor, &urls)),
            created: view.notice.created_at.to_rfc3339(),
            new: view.new,
        },
    )))
}

/// Marks every notice as seen.
#[utoipa::path(put, path = "/me/notices/seen", tag = "me", security(("oauth" = ["write:notifications"])), responses((status = 204)))]
pub async fn see(State(app): State<App>, writer: Writer) -> Result<StatusCode, ApiError> {
    let me = writer.id();
    let newest = app
        .read(Some(me), move |db, reader| {
            query::notice::newest(db, me, reader.now)
        })
        .await?;
    if let Some(newest) = newest {
        app.ops()
            .write(move |tx| domain::notice::see(tx, me, newest))
            .await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
