//! Likes. Reactions with an emoji count as likes; dislikes are not spoken.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Freshness};
use crate::verb::Verb;
use activitypub_federation::kinds::activity::LikeType;
use delivery::inbound::Applied;
use domain::Outcome;
use model::Time;
use serde_json::Value;
use store::row;
use vocab::Activity;

/// Somebody found a post helpful.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let post = liked(fed, said, said.object_id()?).await?;
    let by = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let origin = said
        .how
        .origin(&said.ap_id(), &by, said.activity.published.map(Time::new))?;
    Ok(Box::new(move |tx| {
        domain::post::like(tx, by.id, post.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Somebody took a like back.
pub(super) async fn undo(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    let id = inner
        .object_id()
        .ok_or(ReceiveError::rejected("no object"))?;
    let post = liked(fed, said, id).await?;
    taken_back(fed, said, post).await
}

/// Something was taken back that is only named: it can be a like.
pub(super) async fn undo_by_id(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<Option<row::Post>> {
        match store::raw::post::like_by_ap_id(db, &id)? {
            Some(like) => Ok(store::raw::post::by_id(db, like.post_id)?),
            None => Ok(None),
        }
    };
    let post = fed
        .store()
        .read(read)
        .await?
        .ok_or(ReceiveError::ignored("unknown object"))?;
    taken_back(fed, said, of_announcer(said, post)?).await
}

async fn taken_back(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    post: row::Post,
) -> Result<Verb, ReceiveError> {
    let by = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let origin = said.how.origin(&said.ap_id(), &by, None)?;
    Ok(Box::new(move |tx| {
        domain::post::unlike(tx, by.id, post.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// The post a like is about. Likes cannot be fetched to be confirmed (Mastodon's have no
/// address): through a community they count on its own posts only.
async fn liked(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    id: &str,
) -> Result<row::Post, ReceiveError> {
    let post = fetch::recent_cache::post(fed, id).await?;
    let post = post.ok_or(ReceiveError::ignored("unknown object"))?;
    of_announcer(said, (*post).clone())
}

fn of_announcer(said: &ReceivedActivity<'_>, post: row::Post) -> Result<row::Post, ReceiveError> {
    if said.how.announcer.is_some() && said.how.announcer != post.community_id {
        return Err(ReceiveError::rejected("announced by another community"));
    }
    Ok(post)
}

/// Somebody finds a post helpful; `id` is the like's own.
#[must_use]
pub(crate) fn build(
    id: &str,
    actor: &row::Actor,
    post: &row::Post,
    author: &row::Actor,
    community: Option<&row::Actor>,
) -> Activity {
    let community: Vec<String> = community.iter().map(|c| c.ap_id.clone()).collect();
    Activity {
        to: vec![author.ap_id.clone()],
        cc: community.clone(),
        audience: community,
        ..Activity::new(
            &LikeType::Like.to_string(),
            id,
            &actor.ap_id,
            Value::from(post.ap_id.as_str()),
        )
    }
}
