//! Communities and their threads.

use crate::ApiResult;
use crate::details::post_kind;
use crate::dto::{
    ActorDto, CommunityDto, NewPost, PostDto, SpaceDto, TagDto, ThreadDto, follow_word, read_kind,
};
use crate::extract::{Body, Path, Query, Writer, address};
use crate::page::{Page, Paging, page};
use crate::post_body::{NewPostForm, PostBody};
use crate::site::Text;
use axum::extract::State;
use axum::{Extension, Json};
use domain::Error;
use domain::community::stage;
use http::StatusCode;
use httpkit::{ApiError, App, Bearer, compose, paging};
use media::Media;
use model::community::{Charter, Purpose, Purposes, Stage};
use model::{ActorId, FollowId, Handle, Origin, Urls, Why};
use query::community::{CommunityView, Detail, Narrow};
use query::discussion::ThreadCard;
use query::row::{Tag, ThreadList, Within};
use query::tag::TagCount;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most threads marked as seen by one request.
const SEEN_AT_ONCE: i64 = 300;

/// A community in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommunityPage {
    /// In short.
    #[serde(flatten)]
    pub community: CommunityDto,
    /// What we care about, in Markdown.
    pub domain: Text,
    /// Who we are, in Markdown.
    pub who: Text,
    /// What we do together, in Markdown.
    pub practice: Text,
    /// Language tags.
    pub languages: Vec<String>,
    /// Posts of one person of another server within an hour; 0 is no limit.
    pub posts_per_hour: i64,
    /// Its facilitators.
    pub facilitators: Vec<ActorDto>,
    /// Questions without an accepted answer, counted up to 99.
    pub unanswered: i64,
    /// Follow of the signed-in person: none, pending or accepted.
    pub follow: String,
    /// Where it has moved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<ActorDto>,
}

/// The description of a community.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CharterDto {
    /// The name before the `@`; only when founding.
    #[serde(default)]
    pub handle: String,
    /// Its name, at least in one language.
    pub name: Text,
    /// One sentence: what it is for.
    pub purpose: Text,
    /// What we care about, in Markdown.
    #[serde(default)]
    pub domain: Text,
    /// Who we are, in Markdown.
    #[serde(default)]
    pub who: Text,
    /// What we do together, in Markdown.
    #[serde(default)]
    pub practice: Text,
    /// Language tags, at least one.
    pub languages: Vec<String>,
    /// Posts of one person of another server within an hour; 0 is no limit. Unchanged where absent.
    pub posts_per_hour: Option<i64>,
    /// What its people come together for, at least one of `learn`, `align`, `act`. Unchanged where absent.
    pub purposes: Option<Vec<String>>,
    /// planned, incubating, active, dormant or archived. Unchanged where absent.
    pub stage: Option<String>,
    /// With the stage `planned`: the day on which it opens, `YYYY-MM-DD`.
    #[serde(default)]
    pub opens_on: String,
}

/// What a description changes beside the texts.
struct Settings {
    posts_per_hour: Option<i64>,
    purposes: Option<Purposes>,
    stage: Option<Stage>,
    opens_on: String,
}

impl CharterDto {
    fn charter(self) -> Charter {
        Charter {
            name: self.name.0,
            purpose: self.purpose.0,
            domain: self.domain.0,
            community: self.who.0,
            practice: self.practice.0,
            languages: self.languages,
            purposes: Purposes::default(),
            stage: Stage::Active,
        }
    }

    fn settings(&self) -> Result<Settings, Error> {
        let purpose = |word: &String| {
            let known = word.parse::<Purpose>();
            known.map_err(|_bad| Error::invalid("purposes", Why::NotAChoice))
        };
        let purposes = self.purposes.as_ref().map(|words| {
            let all: Result<Vec<Purpose>, Error> = words.iter().map(purpose).collect();
            all.map(|all| Purposes::new(&all))
        });
        let stage = self.stage.as_ref().map(|word| {
            let known = word.parse::<Stage>();
            known.map_err(|_bad| Error::invalid("stage", Why::NotAChoice))
        });
        Ok(Settings {
            posts_per_hour: self.posts_per_hour,
            purposes: purposes.transpose()?,
            stage: stage.transpose()?,
            opens_on: self.opens_on.clone(),
        })
    }
}

fn full(view: CommunityView, unanswered: i64, urls: &Urls) -> CommunityPage {
    let charter = domain::community::charter(&view.place.community, &view.place.actor);
    CommunityPage {
        domain: Text(charter.domain),
        who: Text(charter.community),
        practice: Text(charter.practice),
        languages: charter.languages,
        posts_per_hour: view.place.community.posts_per_hour,
        facilitators: view
            .facilitators
            .into_iter()
            .map(|row| ActorDto::of(row, urls))
            .collect(),
        unanswered,
        follow: follow_word(view.follow.as_ref()),
        moved_to: view.moved.map(|to| ActorDto::of(to.actor, urls)),
        community: CommunityDto::of(view.place, urls),
    }
}

/// Which communities.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Scope {
    /// `local` (where absent) or `remote`: those of other servers that we know.
    pub scope: Option<String>,
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
    /// Only those of this stage: planned, incubating, active, dormant or archived; all but archived where absent.
    pub stage: Option<String>,
    /// Only those with this purpose: learn, align or act.
    pub purpose: Option<String>,
}

impl Scope {
    fn narrow(&self) -> Result<Narrow, Error> {
        let stage = self.stage.as_ref().map(|word| word.parse::<Stage>());
        let purpose = self.purpose.as_ref().map(|word| word.parse::<Purpose>());
        Ok(Narrow {
            stage: stage
                .transpose()
                .map_err(|_bad| Error::invalid("stage", Why::NotAChoice))?,
            purpose: purpose
                .transpose()
                .map_err(|_bad| Error::invalid("purpose", Why::NotAChoice))?,
        })
    }
}

/// Communities, newest first.
#[utoipa::path(get, path = "/communities", tag = "communities", security((), ("oauth" = ["read:accounts"])), params(Scope), responses((status = 200, body = Page<CommunityDto>)))]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    Query(scope): Query<Scope>,
) -> ApiResult<Page<CommunityDto>> {
    let (urls, me) = (app.urls()?, bearer.0.map(|me| me.id()));
    let local = match scope.scope.as_deref() {
        None | Some("local") => true,
        Some("remote") => false,
        Some(_) => return Err(Error::invalid("scope", Why::NotAChoice).into()),
    };
    let narrow = scope.narrow()?;
    let before: ActorId = paging::read_id(scope.before.as_deref())?;
    let limit = scope.limit.unwrap_or(30).clamp(1, 100);
    let rows = app
        .read(me, move |db, reader| {
            query::community::list(db, reader, local, narrow, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |place| place.id().to_string(),
        |place| CommunityDto::of(place, &urls),
    )))
}

/// Starts a community. Its founder facilitates and follows it.
#[utoipa::path(post, path = "/communities", tag = "communities", security(("oauth" = ["hedgerow:communities"])), request_body = CharterDto, responses((status = 201, body = CommunityPage), (status = 422)))]
pub async fn found(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<CharterDto>,
) -> Result<(StatusCode, Json<CommunityPage>), ApiError> {
    let me = writer.id();
    let handle = Handle::parse(&body.handle).map_err(|bad| Error::invalid("handle", bad.why()))?;
    let (settings, key) = (body.settings()?, app.new_key().await?);
    let (named, charter) = (handle.clone(), body.charter());
    app.ops()
        .write(move |tx| {
            let id = domain::community::found(tx, me, &named, &charter, &key)?;
            set(tx, me, id, &settings)
        })
        .await?;
    let page = load(&app, Some(me), handle.as_str()).await?;
    Ok((StatusCode::CREATED, Json(page)))
}

fn set(
    tx: &mut domain::Tx<'_>,
    by: ActorId,
    community: ActorId,
    settings: &Settings,
) -> domain::Outcome<()> {
    if let Some(posts) = settings.posts_per_hour {
        domain::community::set_posts_per_hour(tx, by, community, posts)?;
    }
    if let Some(purposes) = &settings.purposes {
        stage::set_purposes(tx, by, community, purposes)?;
    }
    match settings.stage {
        Some(stage) => stage::set_stage(tx, by, community, stage, &settings.opens_on),
        None => Ok(()),
    }
}

async fn load(app: &App, me: Option<ActorId>, text: &str) -> Result<CommunityPage, ApiError> {
    let urls = app.urls()?;
    let (handle, host) = address(text, urls.host());
    let (view, unanswered) = app
        .read(me, move |db, reader| {
            let view = query::community::view(db, reader, &handle, &host, Detail::Full)?;
            let unanswered = query::discussion::count_unanswered(db, reader, view.place.id())?;
            Ok((view, unanswered))
        })
        .await?;
    Ok(full(view, unanswered, &urls))
}

/// A community, by `handle` or `handle@host`.
#[utoipa::path(get, path = "/communities/{address}", tag = "communities", security((), ("oauth" = ["read:accounts"])), params(("address" = String, Path)), responses((status = 200, body = CommunityPage), (status = 404), (status = 410)))]
pub async fn show(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<CommunityPage> {
    Ok(Json(load(&app, bearer.0.map(|me| me.id()), &text).await?))
}

/// Edits the description of a community; only its facilitators may.
#[utoipa::path(put, path = "/communities/{address}", tag = "communities", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), request_body = CharterDto, responses((status = 200, body = CommunityPage), (status = 403), (status = 422)))]
pub async fn describe(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<CharterDto>,
) -> ApiResult<CommunityPage> {
    let me = writer.id();
    let id = community_id(&app, Some(me), &text).await?;
    let (settings, charter) = (body.settings()?, body.charter());
    app.ops()
        .write(move |tx| {
            domain::community::describe(tx, me, id, &charter)?;
            set(tx, me, id, &settings)
        })
        .await?;
    Ok(Json(load(&app, Some(me), &text).await?))
}

/// The id of a community that the reader sees, by its address.
pub(crate) async fn community_id(
    app: &App,
    me: Option<ActorId>,
    text: &str,
) -> Result<ActorId, ApiError> {
    let (handle, host) = address(text, app.urls()?.host());
    let place = app
        .read(me, move |db, reader| {
            query::community::find(db, reader, &handle, &host)
        })
        .await?;
    Ok(place.id())
}

/// Which threads.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThreadsOf {
    /// Only threads of this kind.
    #[param(schema_with = post_kind, required = false)]
    pub kind: Option<String>,
    /// Only threads with this tag, by its slug; one that it had before will do.
    pub tag: Option<String>,
    /// Only questions without an accepted answer.
    #[serde(default)]
    pub unanswered: bool,
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

/// A community's threads, most recently active first.
#[utoipa::path(get, path = "/communities/{address}/threads", tag = "communities", security((), ("oauth" = ["read:statuses"])), params(("address" = String, Path), ThreadsOf), responses((status = 200, body = Page<ThreadDto>), (status = 404), (status = 410)))]
pub async fn threads(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(params): Query<ThreadsOf>,
) -> ApiResult<Page<ThreadDto>> {
    let urls = app.urls()?;
    let me = bearer.0.map(|me| me.id());
    let id = community_id(&app, me, &text).await?;
    let kind = read_kind(params.kind.as_deref())?;
    let paging = Paging {
        before: params.before,
        limit: params.limit,
    };
    let limit = paging.limit();
    let below = paging::read_thread_cursor(paging.before.as_deref())?;
    let cursor = |card: &ThreadCard| paging::thread_cursor(card.head.active_at, card.head.id);
    let show = |card: ThreadCard| ThreadDto::of(card, &urls);
    let tag = match &params.tag {
        Some(slug) => match tag_by_slug(&app, me, id, slug.trim()).await? {
            Some(tag) => Some(tag.id),
            None => return Ok(Json(page(Vec::new(), limit, cursor, show))),
        },
        None => None,
    };
    let list = ThreadList {
        kind,
        tag,
        unanswered: params.unanswered,
        below,
        ..ThreadList::new(Within::Community(id), limit + 1)
    };
    let cards = app
        .read(me, move |db, reader| {
            query::discussion::list(db, reader, &list)
        })
        .await?;
    Ok(Json(page(cards, limit, cursor, show)))
}

/// The tag of a community that has a slug, or had it before.
async fn tag_by_slug(
    app: &App,
    me: Option<ActorId>,
    community: ActorId,
    slug: &str,
) -> domain::Outcome<Option<Tag>> {
    let slug = slug.to_owned();
    let found = app
        .read(me, move |db, _| query::tag::by_slug(db, community, &slug))
        .await?;
    Ok(found.tag().cloned())
}

/// A tag of a community, and how many threads that the reader may see have it, up to 99.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagCountDto {
    #[serde(flatten)]
    pub tag: TagDto,
    pub threads: i64,
}

/// The spaces of a community that the signed-in person reads, at most 30; the first is the common one.
#[utoipa::path(get, path = "/communities/{address}/spaces", tag = "communities", security((), ("oauth" = ["read:statuses"])), params(("address" = String, Path)), responses((status = 200, body = Vec<SpaceDto>), (status = 404), (status = 410)))]
pub async fn spaces(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<Vec<SpaceDto>> {
    let me = bearer.0.map(|me| me.id());
    let id = community_id(&app, me, &text).await?;
    let rows = app
        .read(me, move |db, reader| {
            query::community::space::list(db, reader, id)
        })
        .await?;
    let spaces = rows.into_iter().map(|view| SpaceDto::from(view.space));
    Ok(Json(spaces.collect()))
}

/// The tags of a community, at most 50.
#[utoipa::path(get, path = "/communities/{address}/tags", tag = "communities", security((), ("oauth" = ["read:statuses"])), params(("address" = String, Path)), responses((status = 200, body = Vec<TagCountDto>), (status = 404), (status = 410)))]
pub async fn tags(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<Vec<TagCountDto>> {
    let me = bearer.0.map(|me| me.id());
    let id = community_id(&app, me, &text).await?;
    let rows = app
        .read(me, move |db, reader| query::tag::counted(db, reader, id))
        .await?;
    let tag = |row: TagCount| TagCountDto {
        tag: TagDto::from(row.tag),
        threads: row.threads,
    };
    Ok(Json(rows.into_iter().map(tag).collect()))
}

/// Starts a thread.
#[utoipa::path(post, path = "/communities/{address}/threads", tag = "communities", security(("oauth" = ["write:statuses"])), params(("address" = String, Path)), request_body(content((NewPost = "application/json"), (NewPostForm = "multipart/form-data"))), responses((status = 201, body = PostDto), (status = 422)))]
pub async fn start(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    writer: Writer,
    Path(text): Path<String>,
    body: PostBody,
) -> Result<(StatusCode, Json<PostDto>), ApiError> {
    let me = writer.id();
    let id = community_id(&app, Some(me), &text).await?;
    // Before a picture is decoded.
    app.read(Some(me), move |db, reader| {
        query::community::require_post(db, reader, id)
    })
    .await?;
    let typed = body.typed(&media, &writer.idempotency_key).await?;
    let draft = compose::draft(&app, me, typed).await?.draft;
    let post = app
        .ops()
        .write(move |tx| domain::discussion::start(tx, me, Some(id), &draft, &Origin::Local))
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(PostDto::load(&app, Some(me), post).await?),
    ))
}

/// Lists the followers of a community, newest first: for its followers and facilitators; everybody reads
/// in the community how many there are.
#[utoipa::path(get, path = "/communities/{address}/followers", tag = "communities", security(("oauth" = ["read:accounts"])), params(("address" = String, Path), Paging), responses((status = 200, body = Page<ActorDto>), (status = 401), (status = 403), (status = 404), (status = 410)))]
pub async fn followers(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(paging): Query<Paging>,
) -> ApiResult<Page<ActorDto>> {
    let (urls, limit) = (app.urls()?, paging.limit());
    let me = bearer.0.map(|me| me.id());
    let id = community_id(&app, me, &text).await?;
    let before: FollowId = paging::read_id(paging.before.as_deref())?;
    let rows = app
        .read(me, move |db, reader| {
            query::community::followers(db, reader, id, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |row| row.0.id.to_string(),
        |row| ActorDto::of(row.1, &urls),
    )))
}

/// Marks the latest threads of a community as seen.
#[utoipa::path(put, path = "/communities/{address}/seen", tag = "communities", security(("oauth" = ["write:notifications"])), params(("address" = String, Path)), responses((status = 204), (status = 404), (status = 410)))]
pub async fn see(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let me = writer.id();
    let id = community_id(&app, Some(me), &text).await?;
    let unread = app
        .read(Some(me), move |db, reader| {
            query::discussion::unread(db, reader, id, SEEN_AT_ONCE)
        })
        .await?;
    app.ops()
        .write(move |tx| domain::post::mark_all_read(tx, me, &unread))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
