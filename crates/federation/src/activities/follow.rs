//! Follows: asked of us, answered to us, and taken back. An answer is matched by the pair of
//! actors, since several servers give the Follow an id of their own.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Freshness, local_actor};
use crate::verb::Verb;
use activitypub_federation::kinds::activity::FollowType;
use delivery::inbound::Applied;
use domain::Outcome;
use serde_json::Value;
use store::row;
use vocab::Activity;

/// Somebody wants to follow one of ours.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let target = local_actor(fed, said.object_id()?).await?;
    let target = target.ok_or(ReceiveError::ignored("follows nobody of ours"))?;
    let follower = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let ap_id = said.ap_id();
    Ok(Box::new(move |tx| {
        domain::follow::requested_by_peer(tx, follower.id, target.id, &ap_id)?;
        Ok(Applied::Done)
    }))
}

/// Somebody no longer follows one of ours.
pub(super) async fn undo(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    if said.how.announcer.is_some() {
        return Err(ReceiveError::ignored(
            "announced, not said by whoever follows",
        ));
    }
    let id = inner
        .object_id()
        .ok_or(ReceiveError::rejected("no object"))?;
    let target = local_actor(fed, id)
        .await?
        .ok_or(ReceiveError::ignored("follows nobody of ours"))?;
    let follower = fetch::actor(fed, said.actor, Freshness::Any).await?;
    Ok(Box::new(move |tx| {
        let ended = domain::follow::withdrawn_by_peer(tx, follower.id, target.id)?;
        Ok(if ended {
            Applied::Done
        } else {
            Applied::Ignored("there was no such follow")
        })
    }))
}

/// Something was taken back that is only named; answers nothing where it is no follow of theirs.
pub(super) async fn undo_by_id(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Option<Verb>, ReceiveError> {
    if said.how.announcer.is_some() {
        return Ok(None);
    }
    let (id, actor) = (said.object_id()?.to_owned(), said.actor.to_owned());
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

/// Somebody asks to follow; `id` is the follow's own.
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
