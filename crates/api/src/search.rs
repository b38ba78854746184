//! Search of local content, and lookup of remote actors and posts.

use crate::ApiResult;
use crate::details::post_kind;
use crate::dto::{ActorDto, CommunityDto, read_kind};
use crate::extract::{Body, Query, address};
use axum::Json;
use axum::extract::State;
use domain::Error;
use httpkit::rate_limits::RateLimit;
use httpkit::{ApiError, App, Bearer, ClientIp, RemoteObject};
use model::search::Segment;
use model::{Lang, Time, Urls, Why};
use query::search::{PostHit, SearchFilter, SearchOrder, SearchRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// Words, and phrases in quotation marks; 200 characters count. Without any, the newest posts that the other
    /// parameters name.
    #[serde(default)]
    #[param(required = false)]
    pub q: String,
    /// Only threads of a kind.
    #[param(schema_with = post_kind, required = false)]
    pub kind: Option<String>,
    /// Only in a community: `name@host`.
    pub community: Option<String>,
    /// Only in threads with a tag of this slug.
    pub tag: Option<String>,
    /// Only by a person: `name@host`.
    pub person: Option<String>,
    /// Only replies, or only threads.
    pub replies: Option<bool>,
    /// Only texts in a language, by its primary tag: `fr`.
    pub lang: Option<String>,
    /// Published at this time or later (RFC 3339).
    pub since: Option<String>,
    /// Published before this time (RFC 3339).
    pub until: Option<String>,
    /// Questions that have a reply, or that have none.
    pub answered: Option<bool>,
    /// Only what the owner of the token wrote.
    pub mine: Option<bool>,
    /// `newest` for what was published last; else what has the words in its title and is new.
    pub sort: Option<String>,
    /// The page of posts, from 1.
    pub page: Option<usize>,
}

impl Words {
    fn filter(&self, our_host: &str) -> Result<SearchFilter, ApiError> {
        let named = |text: &Option<String>| text.as_deref().map(|text| address(text, our_host));
        Ok(SearchFilter {
            community: named(&self.community),
            person: named(&self.person),
            tag: self.tag.clone(),
            kind: read_kind(self.kind.as_deref())?,
            replies: self.replies,
            lang: self.lang.as_deref().map(model::lang::primary),
            since: time(self.since.as_deref(), "since")?,
            until: time(self.until.as_deref(), "until")?,
            answered: self.answered,
            mine: self.mine == Some(true),
        })
    }
}

fn time(text: Option<&str>, field: &'static str) -> Result<Option<Time>, ApiError> {
    match text.map(Time::parse_rfc3339) {
        Some(None) => Err(Error::invalid(field, Why::Malformed).into()),
        Some(time) => Ok(time),
        None => Ok(None),
    }
}

/// A piece of a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentDto {
    /// Plain text.
    pub text: String,
    /// It is what was looked for.
    pub marked: bool,
}

/// A thread or reply that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostHitDto {
    pub id: String,
    /// What it is; a reply is a discussion.
    #[schema(schema_with = post_kind)]
    pub kind: String,
    pub is_reply: bool,
    /// The title of its thread.
    pub title: Vec<SegmentDto>,
    /// The part of its text that shows why it was found.
    pub excerpt: Vec<SegmentDto>,
    /// That is the warning about its content, in place of the text.
    pub is_warned: bool,
    /// The language of that text.
    pub lang: String,
    pub author: ActorDto,
    /// The community it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<CommunityDto>,
    /// RFC 3339.
    pub published: String,
}

fn segments(all: Vec<Segment>) -> Vec<SegmentDto> {
    let segment = |Segment { text, marked }| SegmentDto { text, marked };
    all.into_iter().map(segment).collect()
}

impl PostHitDto {
    fn of(hit: PostHit, urls: &Urls) -> Self {
        let community = hit.community.map(|place| (*place).clone());
        Self {
            id: hit.id.to_string(),
            kind: hit.kind.to_string(),
            is_reply: hit.is_reply,
            title: segments(hit.title),
            excerpt: segments(hit.excerpt),
            is_warned: hit.is_warned,
            lang: hit.lang,
            author: ActorDto::of((*hit.author).clone(), urls),
            community: community.map(|place| CommunityDto::of(place, urls)),
            published: hit.published_at.to_rfc3339(),
        }
    }
}

/// The results: at most 20 communities and people, which only a search without filters has, and a page of
/// posts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Results {
    pub communities: Vec<CommunityDto>,
    pub people: Vec<ActorDto>,
    pub posts: Vec<PostHitDto>,
    /// Posts in all, of the 400 that are considered at most.
    pub post_count: usize,
    /// This page of posts, from 1.
    pub page: usize,
    pub pages: usize,
    /// Nothing has the words as they were typed: these have similar ones.
    pub corrected: bool,
}

/// Finds communities, people, threads and replies here.
#[utoipa::path(get, path = "/search", tag = "search", security((), ("oauth" = ["read:search"])), params(Words), responses((status = 200, body = Results)))]
pub async fn search(
    State(app): State<App>,
    bearer: Bearer,
    ClientIp(ip): ClientIp,
    Query(words): Query<Words>,
) -> ApiResult<Results> {
    app.limits().count_ip(RateLimit::Search, ip)?;
    let (urls, me) = (app.urls()?, bearer.0.map(|me| me.id()));
    let filter = words.filter(urls.host())?;
    let found = app
        .read(me, move |db, reader| {
            let order = match words.sort.as_deref() {
                Some("newest") => SearchOrder::Newest,
                Some(_) | None => SearchOrder::Relevance,
            };
            let request = SearchRequest {
                filter: filter.clone(),
                order,
                page: words.page.unwrap_or(1),
                limit: 20,
                ..SearchRequest::new(&words.q, Lang::En)
            };
            query::search::find(db, reader, &request)
        })
        .await?;
    Ok(Json(Results {
        communities: found
            .communities
            .into_iter()
            .map(|place| CommunityDto::of(place, &urls))
            .collect(),
        people: found
            .people
            .into_iter()
            .map(|row| ActorDto::of(row, &urls))
            .collect(),
        posts: found
            .posts
            .into_iter()
            .map(|hit| PostHitDto::of(hit, &urls))
            .collect(),
        post_count: found.post_count,
        page: found.page,
        pages: found.pages,
        corrected: found.corrected,
    }))
}

/// An address to look up.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Name {
    /// `!name@host`, `@name@host`, or a URL.
    pub q: String,
}

/// The result of a lookup.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundDto {
    /// A person or community.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorDto>,
    /// The id of a thread or reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
}

/// Looks up a person, community or post of another server, and stores it.
#[utoipa::path(post, path = "/lookup", tag = "search", security(("oauth" = ["read:search"])), request_body = Name, responses((status = 200, body = FoundDto), (status = 404), (status = 502)))]
pub async fn look_up(
    State(app): State<App>,
    bearer: Bearer,
    Body(name): Body<Name>,
) -> ApiResult<FoundDto> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    app.limits().count_actor(RateLimit::LookUp, me)?;
    match app.look_up(me, &name.q).await? {
        RemoteObject::Post(id) => Ok(Json(FoundDto {
            actor: None,
            post: Some(id.to_string()),
        })),
        RemoteObject::Actor(id) => {
            let row = app
                .read(Some(me), move |db, reader| {
                    query::actor::by_id(db, reader, id)
                })
                .await?;
            Ok(Json(FoundDto {
                actor: Some(ActorDto::of(row, &urls)),
                post: None,
            }))
        }
    }
}
