//! Posts: threads and replies.

use crate::ApiResult;
use crate::actor::ActorDto;
use crate::community::{CommunityDto, dto, read_kind};
use crate::extract::{Body, Path, Query, Writer, id};
use crate::site::Text;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use httpkit::compose::{TypedPost, TypedWording};
use httpkit::{ApiError, App, Bearer, compose};
use model::lang::UNKNOWN;
use model::{ActorId, LangText, Origin, PostId, Urls};
use query::discussion::ThreadCard;
use query::post::PostItem;
use query::row::CommunityWithActor;
use serde::{Deserialize, Serialize};
use std::iter;
use utoipa::{IntoParams, ToSchema};

/// A thread in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadDto {
    /// Id here.
    pub id: String,
    /// The `id` of the ActivityPub object.
    pub ap_id: String,
    /// Its page on its own server.
    pub url: String,
    /// discussion, question, tip, story or announcement.
    pub kind: String,
    /// Language tag.
    pub lang: String,
    pub title: String,
    /// Title in the second language.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub second_title: String,
    /// The community it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<InCommunity>,
    /// Who wrote it.
    pub author: ActorDto,
    /// When it was written, RFC 3339.
    pub published: String,
    /// Time of the last post, RFC 3339.
    pub active: String,
    /// How many replies.
    pub replies: i32,
    /// Number of likes.
    pub likes: i32,
    /// The newest post in it, the thread itself where nobody has replied: up to which it is read.
    pub last_post: String,
    /// Whether the signed-in person has unread posts in it.
    pub unread: bool,
}

impl ThreadDto {
    /// Converts its rows.
    pub fn of(card: ThreadCard, urls: &Urls) -> Self {
        let mut titles = card.head.title.iter();
        let (lang, title) = titles.next().unwrap_or((UNKNOWN, ""));
        let second_title = titles.next().map_or("", |(_, title)| title);
        Self {
            id: card.head.id.to_string(),
            ap_id: card.head.ap_id,
            url: card.head.url,
            kind: card.head.kind.to_string(),
            lang: lang.to_owned(),
            title: title.to_owned(),
            second_title: second_title.to_owned(),
            community: card.community.map(|place| InCommunity::of(&place)),
            author: ActorDto::of((*card.author).clone(), urls),
            published: card.head.published_at.to_rfc3339(),
            active: card.head.active_at.to_rfc3339(),
            replies: card.head.reply_count,
            likes: card.head.like_count,
            last_post: card.head.last_post_id.to_string(),
            unread: card.unread,
        }
    }
}

/// The community a thread is in, as far as a list names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InCommunity {
    /// `handle` of ours or `handle@host`, as paths take it.
    pub address: String,
    /// Its name.
    pub name: Text,
}

impl InCommunity {
    fn of(place: &CommunityWithActor) -> Self {
        let actor = &place.actor;
        Self {
            name: Text(place.community.name.clone()),
            address: if actor.host.is_empty() {
                actor.handle.clone()
            } else {
                format!("{}@{}", actor.handle, actor.host)
            },
        }
    }
}

/// A text in a further language.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Wording {
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    #[serde(default)]
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostDto {
    /// Id here.
    pub id: String,
    /// The `id` of the ActivityPub object.
    pub ap_id: String,
    /// Its page on its own server.
    pub url: String,
    /// The thread it is in.
    pub thread: String,
    /// What it replies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// discussion, question, tip, story or announcement.
    pub kind: String,
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    pub title: String,
    /// Markdown as typed, where it is known.
    pub body: String,
    /// Clean HTML.
    pub body_html: String,
    /// The second language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Wording>,
    /// The languages after the second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Wording>,
    /// Who wrote it.
    pub author: ActorDto,
    /// When, RFC 3339.
    pub published: String,
    /// When it was last changed, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    /// Time of deletion, RFC 3339; the rest is empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    /// Replies in the thread; 0 for a reply.
    pub replies: i32,
    /// Number of likes.
    pub likes: i32,
    /// Whether the signed-in person likes it.
    pub liked: bool,
}

impl PostDto {
    /// Converts its rows.
    pub fn of(item: PostItem, urls: &Urls) -> Self {
        let post = item.post;
        let text = |text: &LangText, lang: &str| text.get(lang).unwrap_or_default().to_owned();
        let described = if post.html.is_empty() {
            &post.title
        } else {
            &post.html
        };
        let mut wordings = described.tags().map(|lang| Wording {
            lang: lang.to_owned(),
            title: text(&post.title, lang),
            body: text(&post.source, lang),
        });
        let first = wordings.next().unwrap_or_default();
        let second = wordings.next();
        let more = wordings.collect();
        Self {
            id: post.id.to_string(),
            ap_id: post.ap_id,
            url: post.url,
            thread: post.root_id.to_string(),
            parent: post.parent_id.map(|id| id.to_string()),
            kind: post.kind.to_string(),
            lang: first.lang,
            title: first.title,
            body: first.body,
            body_html: first_text(&post.html),
            second,
            more,
            author: ActorDto::of((*item.author).clone(), urls),
            published: post.published_at.to_rfc3339(),
            edited: post.edited_at.map(|at| at.to_rfc3339()),
            deleted: post.deleted_at.map(|at| at.to_rfc3339()),
            replies: post.reply_count,
            likes: post.like_count,
            liked: item.liked,
        }
    }

    /// Reads a post for a reader.
    pub async fn load(app: &App, me: Option<ActorId>, post: PostId) -> Result<Self, ApiError> {
        let urls = app.urls()?;
        let view = app
            .read(me, move |db, reader| query::post::view(db, reader, post))
            .await?;
        Ok(Self::of(view.into(), &urls))
    }
}

/// The author's text.
fn first_text(text: &LangText) -> String {
    text.first().map_or("", |(_, text)| text).to_owned()
}

/// A page of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadPageDto {
    /// The thread.
    pub root: PostDto,
    /// The community it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityDto>,
    /// Up to 50 replies in reading order.
    pub replies: Vec<PostDto>,
    /// This page, from 1.
    pub page: i64,
    /// How many there are.
    pub pages: i64,
}

/// The text of a new or edited post.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPost {
    /// discussion (where absent), question, tip, story or announcement; of a thread.
    pub kind: Option<String>,
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    #[serde(default)]
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The same in a second language.
    pub second: Option<Wording>,
    /// The same in further languages.
    #[serde(default)]
    pub more: Vec<Wording>,
}

impl NewPost {
    /// Converts it to the input of a draft.
    pub fn typed(self) -> Result<TypedPost, ApiError> {
        let first = Wording {
            lang: self.lang,
            title: self.title,
            body: self.body,
        };
        let wordings = iter::once(first).chain(self.second).chain(self.more);
        Ok(TypedPost {
            kind: read_kind(self.kind.as_deref())?,
            wordings: wordings.map(TypedWording::from).collect(),
        })
    }
}

impl From<Wording> for TypedWording {
    fn from(wording: Wording) -> Self {
        Self {
            lang: wording.lang,
            title: wording.title,
            body: wording.body,
        }
    }
}

/// One post.
#[utoipa::path(get, path = "/posts/{id}", tag = "posts", params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 404)))]
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
#[utoipa::path(get, path = "/posts/{id}/thread", tag = "posts", params(("id" = String, Path), WhichPage), responses((status = 200, body = ThreadPageDto), (status = 404)))]
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
    Ok(Json(ThreadPageDto {
        root: PostDto::of(page.root.into(), &urls),
        community: page.community.map(|place| dto(place, &urls)),
        replies: page
            .replies
            .into_iter()
            .map(|view| PostDto::of(view.into(), &urls))
            .collect(),
        page: page.page,
        pages: page.pages,
    }))
}

/// Replies to a post.
#[utoipa::path(post, path = "/posts/{id}/replies", tag = "posts", security(("bearer" = [])), params(("id" = String, Path)), request_body = NewPost, responses((status = 201, body = PostDto), (status = 410), (status = 422)))]
pub async fn reply(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<NewPost>,
) -> Result<(StatusCode, Json<PostDto>), ApiError> {
    let (me, parent) = (writer.id(), id(&text, "post")?);
    let draft = compose::draft(&app, me, body.typed()?).await?;
    let post = app
        .ops()
        .write(move |tx| domain::discussion::reply(tx, me, parent, &draft, &Origin::Local))
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(PostDto::load(&app, Some(me), post).await?),
    ))
}

/// Changes a post; only its author may. The old text is kept.
#[utoipa::path(put, path = "/posts/{id}", tag = "posts", security(("bearer" = [])), params(("id" = String, Path)), request_body = NewPost, responses((status = 200, body = PostDto), (status = 403), (status = 410), (status = 422)))]
pub async fn edit(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<NewPost>,
) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    let draft = compose::draft(&app, me, body.typed()?).await?;
    app.ops()
        .write(move |tx| domain::post::edit(tx, me, post, &draft, &Origin::Local))
        .await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}

/// Deletes a post; a tombstone stays.
#[utoipa::path(delete, path = "/posts/{id}", tag = "posts", security(("bearer" = [])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 403), (status = 404)))]
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
    /// Clean HTML.
    pub body_html: String,
    /// When it was written, RFC 3339.
    pub written: String,
}

/// Lists former versions of a post, oldest first.
#[utoipa::path(get, path = "/posts/{id}/history", tag = "posts", params(("id" = String, Path)), responses((status = 200, body = Vec<RevisionDto>), (status = 404)))]
pub async fn history(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<Vec<RevisionDto>> {
    let post: PostId = id(&text, "post")?;
    let me = bearer.0.map(|me| me.id());
    let rows = app
        .read(me, move |db, reader| {
            query::post::revisions(db, reader, post)
        })
        .await?;
    let shown = rows.into_iter().map(|row| RevisionDto {
        title: first_text(&row.title),
        body_html: first_text(&row.html),
        written: row.written_at.to_rfc3339(),
    });
    Ok(Json(shown.collect()))
}

/// Likes a post ("found helpful").
#[utoipa::path(put, path = "/posts/{id}/like", tag = "posts", security(("bearer" = [])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 404)))]
pub async fn like(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    app.ops()
        .write(move |tx| domain::post::like(tx, me, post, &Origin::Local))
        .await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}

/// Removes the like.
#[utoipa::path(delete, path = "/posts/{id}/like", tag = "posts", security(("bearer" = [])), params(("id" = String, Path)), responses((status = 200, body = PostDto), (status = 404)))]
pub async fn unlike(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id(&text, "post")?);
    app.ops()
        .write(move |tx| domain::post::unlike(tx, me, post, &Origin::Local))
        .await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}

/// Marks the thread a post is in as read up to this post: what came later stays unread.
#[utoipa::path(put, path = "/posts/{id}/read", tag = "posts", security(("bearer" = [])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
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
