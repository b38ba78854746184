//! Accept of a Follow, and what it shares with its Reject. An answer is matched by the pair of actors,
//! since several servers give the Follow an id of their own.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Freshness, local_actor};
use crate::json;
use crate::verb::Verb;
use activitypub_federation::kinds::activity::AcceptType;
use delivery::inbound::Applied;
use domain::Outcome;
use model::ActorId;
use model::urls::Local;
use vocab::Activity;

/// Applies an Accept of a local actor's Follow.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    apply_answer(fed, received, true).await
}

/// Applies an Accept or Reject of a local actor's Follow.
pub(super) async fn apply_answer(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    is_accepted: bool,
) -> Result<Verb, ReceiveError> {
    let target = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let follower = find_follower(fed, received, target.id).await?;
    Ok(Box::new(move |tx| {
        let was_requested = domain::follow::answered_by_peer(tx, follower, target.id, is_accepted)?;
        Ok(if was_requested {
            Applied::Done
        } else {
            Applied::Ignored("we had not asked")
        })
    }))
}

/// Finds the local actor whose Follow is answered: the actor of the embedded Follow, or of the one that
/// is named by an id of ours; else the one that the answer is addressed to, or the only one that waits for one.
async fn find_follower(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    target: ActorId,
) -> Result<ActorId, ReceiveError> {
    let unrequested = || ReceiveError::ignored("we had not asked");
    let inner = received.activity.embedded_activity();
    // An object without a type only names an id.
    if let Some(inner) = inner.filter(|inner| !inner.kind.is_empty()) {
        if inner.kind != "Follow" {
            return Err(ReceiveError::not_supported(&format!(
                "{} of {}",
                received.activity.kind, inner.kind
            )));
        }
        if inner.object_id().is_some_and(|of| of != received.actor) {
            return Err(ReceiveError::rejected("answers for somebody else"));
        }
        if let Some(actor) = &inner.actor {
            return local_actor(fed, actor)
                .await?
                .map(|row| row.id)
                .ok_or_else(unrequested);
        }
    }
    let urls = fed.urls()?;
    let path = received.activity.object_id().and_then(|id| urls.path(id));
    if let Some(Local::Follow(id)) = path.and_then(Local::parse) {
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::by_id(db, id)?) };
        let row = fed
            .store()
            .read(read)
            .await?
            .filter(|row| row.target_id == target);
        return row.map(|row| row.follower_id).ok_or_else(unrequested);
    }
    for to in received
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
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::only_pending(db, target)?) };
    fed.store().read(read).await?.ok_or_else(unrequested)
}

/// Builds the Accept of a Follow.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, follow: &Activity) -> Outcome<Activity> {
    build_answer(&AcceptType::Accept.to_string(), id, follow)
}

/// Builds an answer from the target of a Follow to its actor.
pub(super) fn build_answer(kind: &str, id: &str, follow: &Activity) -> Outcome<Activity> {
    let (follower, target) = (follow.actor.clone(), follow.object_id().unwrap_or_default());
    Ok(Activity {
        to: follower.into_iter().collect(),
        ..Activity::new(kind, id, target, json::part(follow)?)
    })
}
