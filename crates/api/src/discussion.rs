//! Posts: threads and replies.

use crate::ApiResult;
use crate::dto::{CommunityDto, NewPost, PostDto, cut_html, first_text};
use crate::extract::{Body, Path, Query, Writer, id};
use crate::page::{Page, Paging, page};
use crate::post_body::{NewPostForm, PostBody};
use axum::extract::State;
use axum::{Extension, Json};
use domain::{Outcome, Tx};
use http::StatusCode;
use httpkit::paging::read_id;
use httpkit::{ApiError, App, Bearer, compose};
use media::Media;
use model::limits::VERSIONS_PER_PAGE;
use model::notice::ThreadNotify;
use model::refusal::Checks;
use model::{ActorId, Origin, PostId, Why};
use query::Action;
use query::post::PostView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A page of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadPageDto {
    /// The thread.
    pub root: PostDto,
    /// The community it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityDto>,
    /// The accepted answers of a question, the first accepted first.
    pub answers: Vec<PostDto>,
    /// Up to 50 replies in reading order.
    pub replies: Vec<PostDto>,
    /// This page, from 1.
    pub page: i64,
    /// How many there are.
    pub pages: i64,
    /// How many posts are new to the signed-in person since they last read it, up to 99.
    pub new: i64,
    /// What the signed-in person is notified of: `usual` (replies to them, mentions), `watch` (every
    /// reply) or `mute` (nothing).
    pub notifications: String,
}

/// What somebody is notified of.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NotificationsDto {
    /// `usual`, `watch` or `mute`.
    pub notifications: String,
}

const USUAL: &str = "usual";

/// One post.
#[utoipa::path(get, path = "/posts/{id}", tag = "posts", security((), ("oauth" = ["read:statuses"])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 404)))]
pub async fn show(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    let post = id(&text, "post")?;
    Ok(Json(
        PostDto::load(&app, bearer.0.map(|me| me.id()), post).await?,
    ))
}

/// Which page of a thread.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichPage {
    /// From 1; where absent, the page the post is on.
    pub page: Option<i64>,
}

/// The thread a post is in.
#[utoipa::path(get, path = "/posts/{id}/thread", tag = "posts", security((), ("oauth" = ["read:statuses"])), params(("id" = String, Path), WhichPage), responses((status = 200, body = ThreadPageDto), (status = 404)))]
pub async fn thread(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(which): Query<WhichPage>,
) -> ApiResult<ThreadPageDto> {
    let (urls, post) = (app.urls()?, id(&text, "post")?);
    let me = bearer.0.map(|me| me.id());
    let page = app
        .read(me, move |db, reader| {
            query::discussion::thread(db, reader, post, which.page)
        })
        .await?;
    let listed = |views: Vec<PostView>| -> Vec<PostDto> {
        let views = views.into_iter();
        views
            .map(|view| PostDto::listed(view.into(), &urls))
            .collect()
    };
    Ok(Json(ThreadPageDto {
        root: PostDto::listed(page.root.into(), &urls),
        community: page.community.map(|place| CommunityDto::of(place, &urls)),
        answers: listed(page.answers),
        replies: listed(page.replies),
        page: page.page,
        pages: page.pages,
        new: page.new,
        notifications: page
            .notify
            .map_or_else(|| USUAL.to_owned(), |level| level.to_string()),
    }))
}

/// Replies to a post. With an `Idempotency-Key`, the same request again makes no second reply.
#[utoipa::path(post, path = "/posts/{id}/replies", tag = "posts", security(("oauth" = ["write:statuses"])), params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body(content((NewPost = "application/json"), (NewPostForm = "multipart/form-data"))), responses((status = 201, body = PostDto), (status = 410), (status = 422)))]
pub async fn reply(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    writer: Writer,
    Path(text): Path<String>,
    body: PostBody,
) -> Result<(StatusCode, Json<PostDto>), ApiError> {
    let (me, parent) = (writer.id(), id(&text, "post")?);
    // Before a picture is decoded.
    let may_reply =
        move |db: &mut query::Db, reader| query::post::require(db, reader, parent, Action::Reply);
    app.read(Some(me), may_reply).await?;
    let typed = body.typed(&media, &writer.idempotency_key).await?;
    let draft = compose::draft(&app, me, typed).await?.draft;
    let post = app
        .ops()
        .write(move |tx| domain::discussion::reply(tx, me, parent, &draft, &Origin::Local))
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(PostDto::load(&app, Some(me), post).await?),
    ))
}

/// Changes a post; only its author may, 30 times within an hour. The old text is kept.
#[utoipa::path(put, path = "/posts/{id}", tag = "posts", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), request_body(content((NewPost = "application/json"), (NewPostForm = "multipart/form-data"))), responses((status = 200, body = PostDto), (status = 403), (status = 410), (status = 422), (status = 429)))]
pub async fn edit(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    writer: Writer,
    Path(text): Path<String>,
    body: PostBody,
) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    let may_edit = move |db: &mut query::Db, reader| query::post::require_edit(db, reader, post);
    let found = app.read(Some(me), may_edit).await?;
    let mut typed = body.typed(&media, "").await?;
    typed.keep_warnings(&found.view.post);
    let draft = compose::draft(&app, me, typed).await?.draft;
    app.ops()
        .write(move |tx| domain::post::edit(tx, me, post, &draft, &Origin::Local))
        .await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}

/// Deletes a post; a tombstone stays.
#[utoipa::path(delete, path = "/posts/{id}", tag = "posts", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 403), (status = 404)))]
pub async fn delete(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    app.ops()
        .write(move |tx| domain::post::remove(tx, me, post, &Origin::Local))
        .await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}

/// A former version of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionDto {
    pub title: String,
    /// The warning about the content, plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Clean HTML, at most 20 KB of it.
    pub body_html: String,
    /// When it was written, RFC 3339.
    pub written: String,
}

/// Lists former versions of a post, newest first; at most 20 a page.
#[utoipa::path(get, path = "/posts/{id}/history", tag = "posts", security((), ("oauth" = ["read:statuses"])), params(("id" = String, Path), Paging), responses((status = 200, body = Page<RevisionDto>), (status = 404)))]
pub async fn history(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(paging): Query<Paging>,
) -> ApiResult<Page<RevisionDto>> {
    let post: PostId = id(&text, "post")?;
    let me = bearer.0.map(|me| me.id());
    let limit = paging.limit().min(VERSIONS_PER_PAGE);
    let before = read_id(paging.before.as_deref())?;
    let read = move |db: &mut query::Db, reader| {
        query::post::revisions(db, reader, post, before, limit + 1)
    };
    let rows = app.read(me, read).await?;
    let show = |row: query::row::Revision| {
        let mut body_html = first_text(&row.html);
        cut_html(&mut body_html);
        RevisionDto {
            title: first_text(&row.title),
            warning: row.warning.first().map(|(_, text)| text.to_owned()),
            body_html,
            written: row.written_at.to_rfc3339(),
        }
    };
    Ok(Json(page(rows, limit, |row| row.id.to_string(), show)))
}

/// A verb that changes a post and needs nothing but who acts.
type PostVerb = fn(&mut Tx<'_>, ActorId, PostId, &Origin) -> Outcome<()>;

/// Applies a verb to a post; answers the post as it is then.
async fn change(app: &App, writer: &Writer, text: &str, verb: PostVerb) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id(text, "post")?);
    app.ops()
        .write(move |tx| verb(tx, me, post, &Origin::Local))
        .await?;
    Ok(Json(PostDto::load(app, Some(me), post).await?))
}

/// Likes a post ("found helpful").
#[utoipa::path(put, path = "/posts/{id}/like", tag = "posts", security(("oauth" = ["write:favourites"])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 404)))]
pub async fn like(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    change(&app, &writer, &text, domain::post::like).await
}

/// Removes the like.
#[utoipa::path(delete, path = "/posts/{id}/like", tag = "posts", security(("oauth" = ["write:favourites"])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 404)))]
pub async fn unlike(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    change(&app, &writer, &text, domain::post::unlike).await
}

/// Accepts a reply as an answer to its question; the asker and the community's moderators may.
#[utoipa::path(put, path = "/posts/{id}/accepted", tag = "posts", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 403), (status = 404), (status = 410)))]
pub async fn accept(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    change(&app, &writer, &text, domain::post::accept).await
}

/// Takes the acceptance of an answer back.
#[utoipa::path(delete, path = "/posts/{id}/accepted", tag = "posts", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 403), (status = 404), (status = 410)))]
pub async fn unaccept(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    change(&app, &writer, &text, domain::post::unaccept).await
}

/// Marks the thread a post is in as read up to this post: what came later stays unread.
#[utoipa::path(put, path = "/posts/{id}/read", tag = "posts", security(("oauth" = ["write:notifications"])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn read(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    app.ops()
        .write(move |tx| domain::post::mark_read(tx, me, post, post))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Watches or mutes the thread a post is in, or neither.
#[utoipa::path(put, path = "/posts/{id}/notifications", tag = "posts", security(("oauth" = ["write:notifications"])), params(("id" = String, Path)), request_body = NotificationsDto, responses((status = 204), (status = 404), (status = 422)))]
pub async fn notifications(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<NotificationsDto>,
) -> Result<StatusCode, ApiError> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    let level: Option<ThreadNotify> = body.notifications.parse().ok();
    let known = level.is_some() || body.notifications == USUAL;
    let mut checks = Checks::default();
    checks
        .that(known, "notifications", Why::NotAChoice)
        .done()?;
    app.ops()
        .write(move |tx| domain::notice::set_notification_level(tx, me, post, level))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
