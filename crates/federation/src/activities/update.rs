//! Update: new words of a post, or what an actor says of itself.

use super::actor;
use super::create::publish;
use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Budget, Freshness};
use crate::import::post;
use crate::json;
use crate::kinds::VerifiedObject;
use crate::kinds::address::{of_object, to_followers};
use crate::verb::Verb;
use activitypub_federation::kinds::activity::UpdateType;
use domain::Outcome;
use model::access::{Reader, Viewer};
use model::{Audience, Time};
use store::row;
use vocab::{Activity, Actor, Object};

/// Somebody changed something: a post's words, or what an actor says of itself. Of a post that
/// never came it is as good as its Create.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if id == said.actor || actor::is_kind(said.activity.object_type()) {
        return actor::changed(fed, said).await;
    }
    let mut budget = Budget::thread();
    match stored_post(fed, id).await? {
        Some(known) if known.peer_id.is_none() => {
            Err(ReceiveError::rejected("not allowed: not-ours"))
        }
        Some(known) => {
            let found = reworded(fed, said, &known, &mut budget).await?;
            Ok(post::edited(fed, &found, &said.how, &known).await?)
        }
        None => {
            let found = said.verified_object(fed, &mut budget).await?;
            publish(fed, &found, &said.how, &mut budget).await
        }
    }
}

/// A post's new words: from its author; or from its own origin, where the community or one of its
/// moderators says that there are some.
async fn reworded(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: &row::Post,
    budget: &mut Budget,
) -> Result<VerifiedObject, ReceiveError> {
    let author = post::author_of(fed, known).await?;
    if author.ap_id == said.actor || !may_moderate(fed, said, known).await? {
        return said.verified_object(fed, budget).await;
    }
    let found = fetch::verified_object(fed, &known.ap_id, budget).await?;
    if found.author == author.ap_id {
        Ok(found)
    } else {
        Err(ReceiveError::rejected("the author is somebody else"))
    }
}

/// Whoever says it looks after the community the post is in.
async fn may_moderate(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: &row::Post,
) -> Result<bool, ReceiveError> {
    if known.community_id.is_none() {
        return Ok(false);
    }
    let who = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let origin = said.how.origin(&said.ap_id(), &who, None)?;
    let post = known.clone();
    let reader = Reader {
        viewer: Viewer::Person(who.id),
        now: fed.ops().now(),
    };
    let read = move |db: &mut store::Db| domain::access::can_moderate(db, reader, &post, &origin);
    Ok(fed.store().read(read).await?)
}

/// An author has changed something.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, object: &Object, now: Time) -> Outcome<Activity> {
    Ok(of_object(
        &UpdateType::Update.to_string(),
        id,
        object,
        json::part(object)?,
        now,
    ))
}

/// An actor says anew what it is.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build_for_actor(
    id: &str,
    row: &row::Actor,
    actor: &Actor,
    now: Time,
) -> Outcome<Activity> {
    let (to, cc) = to_followers(row, Audience::Public);
    Ok(Activity {
        to,
        cc,
        published: Some(now.utc()),
        ..Activity::new(
            &UpdateType::Update.to_string(),
            id,
            &row.ap_id,
            json::part(actor)?,
        )
    })
}
