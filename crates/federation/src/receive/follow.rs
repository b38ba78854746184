//! Follows: asked of us, answered to us, and taken back. An answer is matched by the pair of
//! actors, since several servers give the Follow an id of their own.

use super::received::ReceivedActivity;
use super::{Applied, ReceiveError, Verb};
use crate::context::Federation;
use crate::fetch::{self, Freshness, local_actor};
use domain::Outcome;
use model::ActorId;
use model::urls::Local;
use vocab::Activity;

/// Somebody wants to follow one of ours.
pub(super) async fn follow(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let target = local_actor(fed, said.object_id()?).await?;
    let target = target.ok_or(ReceiveError::ignored("follows nobody of ours"))?;
    let follower = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let ap_id = said.ap_id();
    Ok(Box::new(move |tx| {
        domain::follow::asked_by_peer(tx, follower.id, target.id, &ap_id)?;
        Ok(Applied::Done)
    }))
}

/// Somebody no longer follows one of ours.
pub(super) async fn unfollow(
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
pub(super) async fn undone_by_id(
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

/// Somebody answers a follow of ours.
pub(super) async fn answered(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    yes: bool,
) -> Result<Verb, ReceiveError> {
    let target = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let follower = asker(fed, said, target.id).await?;
    Ok(Box::new(move |tx| {
        let asked = domain::follow::answered(tx, follower, target.id, yes)?;
        Ok(if asked {
            Applied::Done
        } else {
            Applied::Ignored("we had not asked")
        })
    }))
}

/// Who of us had asked: the Follow says, embedded or by an id of ours; else whom the answer is to.
async fn asker(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    target: ActorId,
) -> Result<ActorId, ReceiveError> {
    let nobody = || ReceiveError::ignored("we had not asked");
    if let Some(inner) = said.activity.embedded_activity() {
        if inner.kind != "Follow" {
            return Err(ReceiveError::not_supported(&format!(
                "{} of {}",
                said.activity.kind, inner.kind
            )));
        }
        if inner.object_id().is_some_and(|of| of != said.actor) {
            return Err(ReceiveError::rejected("answers for somebody else"));
        }
        if let Some(actor) = &inner.actor {
            return local_actor(fed, actor)
                .await?
                .map(|row| row.id)
                .ok_or_else(nobody);
        }
    }
    let urls = fed.urls()?;
    let path = said.activity.object_id().and_then(|id| urls.path(id));
    if let Some(Local::Follow(id)) = path.and_then(Local::parse) {
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::by_id(db, id)?) };
        let row = fed
            .store()
            .read(read)
            .await?
            .filter(|row| row.target_id == target);
        return row.map(|row| row.follower_id).ok_or_else(nobody);
    }
    for to in said
        .activity
        .to
        .iter()
        .filter(|to| urls.is_ours(to))
        .take(5)
    {
        if let Some(row) = local_actor(fed, to).await? {
            return Ok(row.id);
        }
    }
    Err(nobody())
}
