//! Move of an actor (FEP-7628): believed where both addresses say so now, the old one by
//! `movedTo`, the new one by `alsoKnownAs`. The new one may be one of ours.

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

/// Somebody has moved.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let target = said.activity.target.as_deref();
    let target = target.ok_or(ReceiveError::rejected("no target"))?;
    if said.object_id()? != said.actor {
        return Err(ReceiveError::rejected("moves somebody else"));
    }
    if target == said.actor || !same_origin_text(target, target) {
        return Err(ReceiveError::rejected("moves nowhere"));
    }
    let known = stored_actor(fed, said.actor).await?;
    let known = known.ok_or(ReceiveError::ignored("unknown actor"))?;
    if !post::followed_here(fed, known.id).await? {
        return Err(ReceiveError::ignored("nobody here follows"));
    }
    let (old, new) = if fed.urls()?.is_ours(target) {
        // What we know ourselves is looked at before anybody is asked.
        let new = here(fed, target, said.actor).await?;
        (left(fed, said.actor, target).await?, new)
    } else {
        let old = left(fed, said.actor, target).await?;
        (old, elsewhere(fed, target, said.actor).await?)
    };
    while fed
        .ops()
        .write(move |tx| domain::follow::moved(tx, old, new))
        .await?
    {}
    Ok(nothing())
}

/// The old address, as it describes itself now: it must name the new one.
async fn left(fed: &Federation, old: &str, target: &str) -> Result<ActorId, ReceiveError> {
    let (row, told) = fetch::described(fed, old).await?;
    if told.moved_to.as_deref() != Some(target) {
        return Err(ReceiveError::rejected(
            "the old address does not say that it moved",
        ));
    }
    Ok(row.id)
}

/// The new address at a peer, as it describes itself now.
async fn elsewhere(fed: &Federation, target: &str, old: &str) -> Result<ActorId, ReceiveError> {
    let (row, told) = fetch::described(fed, target).await?;
    knows(&told.also_known_as, old)?;
    Ok(row.id)
}

/// The new address among ours.
async fn here(fed: &Federation, target: &str, old: &str) -> Result<ActorId, ReceiveError> {
    let row = fetch::local_actor(fed, target).await?;
    let id = row
        .ok_or(ReceiveError::rejected("nobody here has the new address"))?
        .id;
    knows(&fetch::also_known_as(fed, id).await?, old)?;
    Ok(id)
}

fn knows(names: &[String], old: &str) -> Result<(), ReceiveError> {
    if names.iter().any(|name| name == old) {
        return Ok(());
    }
    Err(ReceiveError::rejected(
        "the new address does not know the old one",
    ))
}

/// An actor has moved to another address (FEP-7628).
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
