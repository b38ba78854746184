//! Search of local content, and lookup of remote actors and posts.

use crate::ApiResult;
use crate::dto::{ActorDto, CommunityDto, ThreadDto};
use crate::extract::{Body, Query};
use axum::Json;
use axum::extract::State;
use httpkit::rate_limits::RateLimit;
use httpkit::{App, Bearer, ClientIp, RemoteObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// A part of a name or title.
    pub q: String,
}

/// The results, at most 20 of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Results {
    pub communities: Vec<CommunityDto>,
    pub people: Vec<ActorDto>,
    pub threads: Vec<ThreadDto>,
}

/// Finds communities, people and threads here.
#[utoipa::path(get, path = "/search", tag = "search", params(Words), responses((status = 200, body = Results)))]
pub async fn search(
    State(app): State<App>,
    bearer: Bearer,
    ClientIp(ip): ClientIp,
    Query(words): Query<Words>,
) -> ApiResult<Results> {
    app.limits().count_ip(RateLimit::Search, ip)?;
    let (urls, me) = (app.urls()?, bearer.0.map(|me| me.id()));
    let found = app
        .read(me, move |db, reader| {
            query::search::find(db, reader, &words.q, 20)
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
        threads: found
            .threads
            .into_iter()
            .map(|card| ThreadDto::of(card, &urls))
            .collect(),
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
#[utoipa::path(post, path = "/lookup", tag = "search", security(("bearer" = [])), request_body = Name, responses((status = 200, body = FoundDto), (status = 404), (status = 502)))]
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
