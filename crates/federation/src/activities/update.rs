//! Update of a post or an actor.

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

/// Applies an Update. The Update of a post that is not stored is applied as its Create.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = received.object_id()?;
    if id == received.actor || actor::is_kind(received.activity.object_type()) {
        return actor::updated(fed, received).await;
    }
    let mut budget = Budget::thread();
    match stored_post(fed, id).await? {
        Some(known) if known.peer_id.is_none() => {
            Err(ReceiveError::rejected("not allowed: not-ours"))
        }
        Some(known) => {
            let object = new_version(fed, received, &known, &mut budget).await?;
            Ok(post::edit_verb(fed, &object, &received.provenance, &known).await?)
        }
        None => {
            let object = received.verified_object(fed, &mut budget).await?;
            publish(fed, &object, &received.provenance, &mut budget).await
        }
    }
}

/// Returns the new version of a post: from its author's Update, or fetched from its origin where the
/// Update is a moderator's.
async fn new_version(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    known: &row::Post,
    budget: &mut Budget,
) -> Result<VerifiedObject, ReceiveError> {
    let author = post::stored_author(fed, known).await?;
    if author.ap_id == received.actor || !may_moderate(fed, received, known).await? {
        return received.verified_object(fed, budget).await;
    }
    let object = fetch::verified_object(fed, &known.ap_id, budget).await?;
    if object.author == author.ap_id {
        Ok(object)
    } else {
        Err(ReceiveError::rejected("the author is somebody else"))
    }
}

/// Whether the actor moderates the community that the post is in.
async fn may_moderate(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    known: &row::Post,
) -> Result<bool, ReceiveError> {
    if known.community_id.is_none() {
        return Ok(false);
    }
    let who = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let origin = received.provenance.origin(&received.ap_id(), &who, None)?;
    let post = known.clone();
    let reader = Reader {
        viewer: Viewer::Person(who.id),
        now: fed.ops().now(),
    };
    let read = move |db: &mut store::Db| domain::access::can_moderate(db, reader, &post, &origin);
    Ok(fed.store().read(read).await?)
}

/// Builds the Update of a post.
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

/// Builds the Update of an actor.
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
