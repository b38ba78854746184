//! People.

use crate::ApiResult;
use crate::dto::{ActorDto, CommunityDto, PostDto, follow_word};
use crate::extract::{Path, Query, address};
use crate::page::{Page, Paging, page};
use axum::Json;
use axum::extract::State;
use httpkit::{App, Bearer, paging};
use model::profile::{EntryKind, PeopleFilter};
use model::{ActorId, PostId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A person in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonDto {
    /// In short.
    #[serde(flatten)]
    pub actor: ActorDto,
    /// Biography, clean HTML.
    pub biography_html: String,
    /// Language tags.
    pub languages: Vec<String>,
    /// What others may ask them about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// The systems and tools they use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<String>,
    /// Where they work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How many follow them, as far as we know.
    pub followers: i32,
    /// Follow of the signed-in person: none, pending or accepted.
    pub follow: String,
    /// The communities they follow; absent where they do not show that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communities: Option<Vec<CommunityDto>>,
    /// Where they have moved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<ActorDto>,
}

/// What the list of people is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// What they may be asked about.
    ask: Option<String>,
    /// A system or tool that they use.
    system: Option<String>,
    /// Where they work.
    region: Option<String>,
    /// Their organization.
    organization: Option<String>,
    /// The tag of a language that they read.
    lang: Option<String>,
}

impl PeopleQuery {
    fn filter(self) -> PeopleFilter {
        let lang = self.lang.filter(|tag| model::lang::is_tag(tag));
        PeopleFilter {
            lang: lang
                .as_deref()
                .map(model::lang::primary)
                .unwrap_or_default(),
            ask: self.ask.unwrap_or_default(),
            system: self.system.unwrap_or_default(),
            region: self.region.unwrap_or_default(),
            organization: self.organization.unwrap_or_default(),
        }
    }
}

/// Local people whom the reader may find.
#[utoipa::path(get, path = "/people", tag = "people", security((), ("oauth" = ["read:accounts"])), params(Paging, PeopleQuery), responses((status = 200, body = Page<ActorDto>)))]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
    Query(narrow): Query<PeopleQuery>,
) -> ApiResult<Page<ActorDto>> {
    let filter = narrow.filter();
    let (urls, limit) = (app.urls()?, paging.limit());
    let before: ActorId = paging::read_id(paging.before.as_deref())?;
    let rows = app
        .read(bearer.0.map(|me| me.id()), move |db, reader| {
            query::actor::local_people(db, reader, &filter, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |row| row.id.to_string(),
        |row| ActorDto::of(row, &urls),
    )))
}

/// A person, by `handle` or `handle@host`.
#[utoipa::path(get, path = "/people/{address}", tag = "people", security((), ("oauth" = ["read:accounts"])), params(("address" = String, Path)), responses((status = 200, body = PersonDto), (status = 404), (status = 410)))]
pub async fn show(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<PersonDto> {
    let urls = app.urls()?;
    let (handle, host) = address(&text, urls.host());
    let me = bearer.0.map(|me| me.id());
    let (row, follow, moved, communities, entries) = app
        .read(me, move |db, reader| {
            let row = query::actor::person(db, reader, &handle, &host)?;
            let follow = query::actor::follow_of(db, reader, row.id)?;
            let moved = query::actor::moved_to(db, reader, &row)?;
            let communities = query::actor::communities_of(db, reader, &row)?;
            let entries = query::actor::entries(db, reader, &row)?;
            Ok((row, follow, moved, communities, entries))
        })
        .await?;
    let of = |kind: EntryKind| -> Vec<String> {
        let own = entries.iter().filter(|entry| entry.kind == kind);
        own.map(|entry| entry.text.clone()).collect()
    };
    Ok(Json(PersonDto {
        ask: of(EntryKind::Ask),
        systems: of(EntryKind::System),
        region: of(EntryKind::Region).pop(),
        moved_to: moved.map(|to| ActorDto::of(to, &urls)),
        biography_html: row.summary_html.clone(),
        languages: row
            .languages
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        followers: row.follower_count,
        follow: follow_word(follow.as_ref()),
        communities: communities.map(|places| {
            let shown = places.into_iter();
            shown.map(|place| CommunityDto::of(place, &urls)).collect()
        }),
        actor: ActorDto::of(row, &urls),
    }))
}

/// Lists the posts of a person.
#[utoipa::path(get, path = "/people/{address}/posts", tag = "people", security((), ("oauth" = ["read:statuses"])), params(("address" = String, Path), Paging), responses((status = 200, body = Page<PostDto>), (status = 404), (status = 410)))]
pub async fn posts(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(paging): Query<Paging>,
) -> ApiResult<Page<PostDto>> {
    let (urls, limit) = (app.urls()?, paging.limit());
    let (handle, host) = address(&text, urls.host());
    let before: PostId = paging::read_id(paging.before.as_deref())?;
    let me = bearer.0.map(|me| me.id());
    let items = app
        .read(me, move |db, reader| {
            let author = query::actor::person(db, reader, &handle, &host)?.id;
            query::post::by_author(db, reader, author, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        items,
        limit,
        |item| item.post.id.to_string(),
        |item| PostDto::listed(item, &urls),
    )))
}
