//! Like, and its Undo. An EmojiReact counts as a Like.

use super::outcome::ReceiveError;
use super::received::{ReceivedActivity, object_id};
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

/// Applies a Like.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let post = target_post(fed, received, received.object_id()?).await?;
    let actor = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let origin = received.provenance.origin(
        &received.ap_id(),
        &actor,
        received.activity.published.map(Time::new),
    )?;
    Ok(Box::new(move |tx| {
        domain::post::like(tx, actor.id, post.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Applies the Undo of a Like.
pub(super) async fn undo(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    let id = object_id(inner)?;
    let post = target_post(fed, received, id).await?;
    unlike(fed, received, post).await
}

/// Applies an Undo that only names the id of a Like.
pub(super) async fn undo_by_id(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = received.object_id()?.to_owned();
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
    unlike(fed, received, check_announcer(received, post)?).await
}

async fn unlike(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    post: row::Post,
) -> Result<Verb, ReceiveError> {
    let actor = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let origin = received
        .provenance
        .origin(&received.ap_id(), &actor, None)?;
    Ok(Box::new(move |tx| {
        domain::post::unlike(tx, actor.id, post.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Returns the post that a Like, or a ChooseAnswer, is about. A Like cannot be fetched for verification
/// (Mastodon's have no URL): through a community it counts on that community's own posts only.
pub(super) async fn target_post(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    id: &str,
) -> Result<row::Post, ReceiveError> {
    let post = fetch::recent_cache::post(fed, id).await?;
    let post = post.ok_or(ReceiveError::ignored("unknown object"))?;
    check_announcer(received, (*post).clone())
}

fn check_announcer(
    received: &ReceivedActivity<'_>,
    post: row::Post,
) -> Result<row::Post, ReceiveError> {
    if received.provenance.announcer.is_some() && received.provenance.announcer != post.community_id
    {
        return Err(ReceiveError::rejected("announced by another community"));
    }
    Ok(post)
}

/// Builds a Like.
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
