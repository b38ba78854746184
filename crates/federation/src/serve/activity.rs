//! Activities behind their own URLs: the public ones that were frozen, and follows and likes as
//! long as they stand.

use super::answer::{Answer, No, document};
use super::discussion::anybody;
use super::outbox::{Carried, of_today};
use crate::activities;
use crate::context::Federation;
use crate::kinds;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::Outcome;
use model::{ActivityId, ActorState, FollowId, LikeId, PostState};
use std::num::ParseIntError;
use store::Db;
use vocab::Activity;

fn unknown(_: ParseIntError) -> No {
    No::NOT_FOUND
}

/// `GET /activities/{id}`.
pub(super) async fn activity(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id: ActivityId = id.parse().map_err(unknown)?;
    let (urls, reader) = (federation.urls()?, anybody(&federation));
    let read = move |db: &mut Db| -> Outcome<_> {
        let row = store::queue::activity::by_id(db, id)?.filter(|row| row.public);
        row.map(|row| of_today(db, reader, &urls, &row)).transpose()
    };
    match federation.store().read(read).await? {
        Some(Carried::Shown(activity)) => document(&headers, activity),
        Some(Carried::Removed) => Err(No::GONE),
        Some(Carried::Hidden) | None => Err(No::NOT_FOUND),
    }
}

/// `GET /follows/{id}`: a follow by one of ours.
pub(super) async fn follow(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id: FollowId = id.parse().map_err(unknown)?;
    let read = move |db: &mut Db| -> Outcome<Option<Activity>> {
        let Some(row) = store::follow::by_id(db, id)? else {
            return Ok(None);
        };
        let follower = store::raw::actor::by_id(db, row.follower_id)?;
        let target = store::raw::actor::by_id(db, row.target_id)?;
        let ours = follower.filter(|f| f.peer_id.is_none() && f.state == ActorState::Active);
        Ok(ours
            .zip(target)
            .map(|(follower, target)| activities::follow::build(&row.ap_id, &follower, &target)))
    };
    let found = federation.store().read(read).await?;
    document(&headers, found.ok_or(No::NOT_FOUND)?)
}

/// `GET /likes/{id}`: a like by one of ours, of a post that stands.
pub(super) async fn like(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id: LikeId = id.parse().map_err(unknown)?;
    let (ap_id, reader) = (federation.urls()?.like(id), anybody(&federation));
    let read = move |db: &mut Db| -> Outcome<Option<Activity>> {
        let Some(row) = store::raw::post::like_by_ap_id(db, &ap_id)? else {
            return Ok(None);
        };
        let who = store::raw::actor::by_id(db, row.actor_id)?;
        let written = kinds::visible_post_data(db, reader, row.post_id)?;
        let written = written.filter(|w| w.post.state != PostState::Tombstone);
        let ours = who.filter(|who| who.peer_id.is_none() && who.state == ActorState::Active);
        Ok(ours.zip(written).map(|(who, w)| {
            activities::like::build(&row.ap_id, &who, &w.post, &w.author, w.community.as_ref())
        }))
    };
    let found = federation.store().read(read).await?;
    document(&headers, found.ok_or(No::NOT_FOUND)?)
}
