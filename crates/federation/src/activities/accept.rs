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

/// Somebody says yes to a follow of ours.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    answered(fed, said, true).await
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
        let asked = domain::follow::answered_by_peer(tx, follower, target.id, yes)?;
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

/// The one followed says yes to `asked`.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, asked: &Activity) -> Outcome<Activity> {
    answer(&AcceptType::Accept.to_string(), id, asked)
}

/// By the object of what was asked, to whoever asked it.
pub(super) fn answer(kind: &str, id: &str, asked: &Activity) -> Outcome<Activity> {
    let (asker, asked_of) = (asked.actor.clone(), asked.object_id().unwrap_or_default());
    Ok(Activity {
        to: asker.into_iter().collect(),
        ..Activity::new(kind, id, asked_of, json::part(asked)?)
    })
}
