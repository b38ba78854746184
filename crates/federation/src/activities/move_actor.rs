//! Move of an actor (FEP-7628): applied where both documents confirm it now, the old one by `movedTo`, the
//! new one by `alsoKnownAs`. The new actor may be local.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch;
use crate::fetch::stored::stored_actor;
use crate::import::post;
use crate::kinds::address::to_followers;
use crate::verb::{Verb, nothing};
use activitypub_federation::kinds::activity::MoveType;
use client::same_origin_text;
use model::{ActorId, Audience, Time};
use serde_json::Value;
use store::row;
use vocab::Activity;

/// Applies a Move.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let target = received.activity.target.as_deref();
    let target = target.ok_or(ReceiveError::rejected("no target"))?;
    if received.object_id()? != received.actor {
        return Err(ReceiveError::rejected("moves somebody else"));
    }
    if target == received.actor || !same_origin_text(target, target) {
        return Err(ReceiveError::rejected("moves nowhere"));
    }
    let stored = stored_actor(fed, received.actor).await?;
    let stored = stored.ok_or(ReceiveError::ignored("unknown actor"))?;
    if !post::is_followed_here(fed, stored.id).await? {
        return Err(ReceiveError::ignored("nobody here follows"));
    }
    let (old, new) = if fed.urls()?.is_ours(target) {
        // A local target is checked before anything is fetched.
        let new = local_target(fed, target, received.actor).await?;
        (old_actor(fed, received.actor, target).await?, new)
    } else {
        let old = old_actor(fed, received.actor, target).await?;
        (old, remote_target(fed, target, received.actor).await?)
    };
    while fed
        .ops()
        .write(move |tx| domain::follow::moved(tx, old, new))
        .await?
    {}
    Ok(nothing())
}

/// Fetches the old actor, whose document must name the new one.
async fn old_actor(fed: &Federation, old: &str, target: &str) -> Result<ActorId, ReceiveError> {
    let (row, document) = fetch::fetch_document(fed, old).await?;
    if document.moved_to.as_deref() != Some(target) {
        return Err(ReceiveError::rejected(
            "the old address does not say that it moved",
        ));
    }
    Ok(row.id)
}

/// Fetches the new actor from its server.
async fn remote_target(fed: &Federation, target: &str, old: &str) -> Result<ActorId, ReceiveError> {
    let (row, document) = fetch::fetch_document(fed, target).await?;
    require_alias(&document.also_known_as, old)?;
    Ok(row.id)
}

/// Reads the new actor, which is local.
async fn local_target(fed: &Federation, target: &str, old: &str) -> Result<ActorId, ReceiveError> {
    let row = fetch::local_actor(fed, target).await?;
    let id = row
        .ok_or(ReceiveError::rejected("nobody here has the new address"))?
        .id;
    require_alias(&fetch::also_known_as(fed, id).await?, old)?;
    Ok(id)
}

fn require_alias(names: &[String], old: &str) -> Result<(), ReceiveError> {
    if names.iter().any(|name| name == old) {
        return Ok(());
    }
    Err(ReceiveError::rejected(
        "the new address does not know the old one",
    ))
}

/// Builds the Move of an actor (FEP-7628).
#[must_use]
pub(crate) fn build(id: &str, old: &row::Actor, new: &row::Actor, now: Time) -> Activity {
    let (to, cc) = to_followers(old, Audience::Public);
    Activity {
        to,
        cc,
        target: Some(new.ap_id.clone()),
        published: Some(now.utc()),
        ..Activity::new(
            &MoveType::Move.to_string(),
            id,
            &old.ap_id,
            Value::from(old.ap_id.as_str()),
        )
    }
}
