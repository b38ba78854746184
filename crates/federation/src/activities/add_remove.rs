//! Add and Remove: what a community puts on its lists. Of those only the moderators' is kept, and
//! what stands on it the community's own list says, now: the activity is no more than a hint to
//! look.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Budget};
use crate::verb::{Verb, nothing};
use domain::Outcome;
use model::ActorKind;
use store::row;

/// Something was put on one of a community's lists, or taken off it.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let target = said.activity.target.as_deref();
    let target = target.ok_or(ReceiveError::rejected("no target"))?;
    let group = group(fed, said).await?;
    let group = group.ok_or(ReceiveError::ignored("its community will announce it"))?;
    if group.moderators_url.as_deref() != Some(target) {
        return Err(ReceiveError::ignored("pins and other lists are not kept"));
    }
    let mut budget = Budget::thread();
    fetch::moderators(fed, &group, &mut budget).await?;
    Ok(nothing())
}

/// The community that says so, by an announcement or of itself.
async fn group(fed: &Federation, said: &ReceivedActivity<'_>) -> Outcome<Option<row::Actor>> {
    let (announcer, actor) = (said.how.announcer, said.actor.to_owned());
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
