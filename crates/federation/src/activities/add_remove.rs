//! Add and Remove: changes of a community's collections. Only the moderators are stored, and the activity
//! only causes a fetch of their collection.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Budget};
use crate::verb::{Verb, nothing};
use domain::Outcome;
use model::ActorKind;
use store::row;

/// Applies an Add to, or Remove from, a community's collection.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let group = group(fed, received).await?;
    let group = group.ok_or(ReceiveError::ignored("its community will announce it"))?;
    // PieFed (1.6) names no target where its API has made the community.
    let target = received.activity.target.as_deref();
    if target.is_some_and(|target| group.moderators_url.as_deref() != Some(target)) {
        return Err(ReceiveError::ignored("pins and other lists are not kept"));
    }
    let mut budget = Budget::thread();
    fetch::moderators(fed, &group, &mut budget).await?;
    Ok(nothing())
}

/// Returns the community that announced or sent the activity, if somebody here follows it.
async fn group(fed: &Federation, received: &ReceivedActivity<'_>) -> Outcome<Option<row::Actor>> {
    let (announcer, actor) = (received.provenance.announcer, received.actor.to_owned());
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let group = match announcer {
            Some(id) => store::raw::actor::by_id(db, id)?,
            None => store::raw::actor::by_ap_id(db, &actor)?,
        };
        let Some(group) = group.filter(|group| group.kind == ActorKind::Group) else {
            return Ok(None);
        };
        Ok(store::follow::has_local_followers(db, group.id)?.then_some(group))
    };
    fed.store().read(read).await
}
