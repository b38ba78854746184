//! Follow, and its Undo.

use super::outcome::ReceiveError;
use super::received::{ReceivedActivity, object_id};
use crate::context::Federation;
use crate::fetch::{self, Freshness, local_actor};
use crate::verb::Verb;
use activitypub_federation::kinds::activity::FollowType;
use delivery::inbound::Applied;
use domain::Outcome;
use serde_json::Value;
use store::row;
use vocab::Activity;

/// Applies a Follow of a local actor.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let target = local_actor(fed, received.object_id()?).await?;
    let target = target.ok_or(ReceiveError::ignored("follows nobody of ours"))?;
    let follower = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let ap_id = received.ap_id();
    Ok(Box::new(move |tx| {
        domain::follow::requested_by_peer(tx, follower.id, target.id, &ap_id)?;
        Ok(Applied::Done)
    }))
}

/// Applies the Undo of a Follow of a local actor.
pub(super) async fn undo(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    if received.provenance.announcer.is_some() {
        return Err(ReceiveError::ignored(
            "announced, not said by whoever follows",
        ));
    }
    let id = object_id(inner)?;
    let target = local_actor(fed, id)
        .await?
        .ok_or(ReceiveError::ignored("follows nobody of ours"))?;
    let follower = fetch::actor(fed, received.actor, Freshness::Any).await?;
    Ok(Box::new(move |tx| {
        let ended = domain::follow::withdrawn_by_peer(tx, follower.id, target.id)?;
        Ok(if ended {
            Applied::Done
        } else {
            Applied::Ignored("there was no such follow")
        })
    }))
}

/// Applies an Undo that only names an id; `None` where that is no Follow by the actor.
pub(super) async fn undo_by_id(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Option<Verb>, ReceiveError> {
    if received.provenance.announcer.is_some() {
        return Ok(None);
    }
    let (id, actor) = (received.object_id()?.to_owned(), received.actor.to_owned());
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let Some(row) = store::follow::by_ap_id(db, &id)? else {
            return Ok(None);
        };
        let follower = store::raw::actor::by_id(db, row.follower_id)?;
        let theirs = follower.is_some_and(|who| who.peer_id.is_some() && who.ap_id == actor);
        Ok(theirs.then_some(row))
    };
    let Some(row) = fed.store().read(read).await? else {
        return Ok(None);
    };
    Ok(Some(Box::new(move |tx| {
        domain::follow::withdrawn_by_peer(tx, row.follower_id, row.target_id)?;
        Ok(Applied::Done)
    })))
}

/// Builds a Follow.
#[must_use]
pub(crate) fn build(id: &str, follower: &row::Actor, target: &row::Actor) -> Activity {
    Activity {
        to: vec![target.ap_id.clone()],
        ..Activity::new(
            &FollowType::Follow.to_string(),
            id,
            &follower.ap_id,
            Value::from(target.ap_id.as_str()),
        )
    }
}
