//! Activities at their own URLs: those of outboxes, those about a post that guests may see, and follows and
//! likes that are not undone.

use super::answer::{DocumentError, DocumentResult, document};
use super::discussion::guest_reader;
use super::outbox::{OutboxItem, current_item, item_about_post};
use crate::activities;
use crate::context::Federation;
use crate::kinds;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::Outcome;
use model::{ActivityId, ActorState, FollowId, LikeId, PostState};
use std::num::ParseIntError;
use store::{Db, row};
use vocab::Activity;

fn unknown(_: ParseIntError) -> DocumentError {
    DocumentError::NOT_FOUND
}

/// `GET /activities/{id}`.
pub(super) async fn activity(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let id: ActivityId = id.parse().map_err(unknown)?;
    let (urls, reader) = (federation.urls()?, guest_reader(&federation));
    let read = move |db: &mut Db| -> Outcome<_> {
        Ok(match store::queue::activity::by_id(db, id)? {
            Some(row) if row.public => Some(current_item(db, reader, &urls, &row)?),
            Some(row) => Some(item_about_post(db, reader, &urls, &row)?),
            None => None,
        })
    };
    match federation.store().read(read).await? {
        Some(OutboxItem::Shown(activity)) => document(&headers, activity),
        Some(OutboxItem::Removed) => Err(DocumentError::GONE),
        Some(OutboxItem::Hidden) | None => Err(DocumentError::NOT_FOUND),
    }
}

/// `GET /follows/{id}`: the follow of a local actor who shows whom they follow.
pub(super) async fn follow(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let id: FollowId = id.parse().map_err(unknown)?;
    let read = move |db: &mut Db| -> Outcome<Option<Activity>> {
        let Some(row) = store::follow::by_id(db, id)? else {
            return Ok(None);
        };
        let follower = store::raw::actor::by_id(db, row.follower_id)?;
        let target = store::raw::actor::by_id(db, row.target_id)?;
        let shown = |f: &row::Actor| f.state == ActorState::Active && f.show_follows;
        let ours = follower.filter(|f| f.peer_id.is_none() && shown(f));
        Ok(ours
            .zip(target)
            .map(|(follower, target)| activities::follow::build(&row.ap_id, &follower, &target)))
    };
    let found = federation.store().read(read).await?;
    document(&headers, found.ok_or(DocumentError::NOT_FOUND)?)
}

/// `GET /likes/{id}`: a local actor's like of a post that is not deleted.
pub(super) async fn like(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let id: LikeId = id.parse().map_err(unknown)?;
    let (ap_id, reader) = (federation.urls()?.like(id), guest_reader(&federation));
    let read = move |db: &mut Db| -> Outcome<Option<Activity>> {
        let Some(row) = store::raw::post::like_by_ap_id(db, &ap_id)? else {
            return Ok(None);
        };
        let actor = store::raw::actor::by_id(db, row.actor_id)?;
        let data = kinds::visible_post_data(db, reader, row.post_id)?;
        let data = data.filter(|data| data.post.state != PostState::Tombstone);
        let ours =
            actor.filter(|actor| actor.peer_id.is_none() && actor.state == ActorState::Active);
        Ok(ours.zip(data).map(|(actor, data)| {
            activities::like::build(
                &row.ap_id,
                &actor,
                &data.post,
                &data.author,
                data.community.as_ref(),
            )
        }))
    };
    let found = federation.store().read(read).await?;
    document(&headers, found.ok_or(DocumentError::NOT_FOUND)?)
}
