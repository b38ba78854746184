//! Move of an actor (FEP-7628): believed where both addresses say so now, the old one by
//! `movedTo`, the new one by `alsoKnownAs`.

use super::said::Said;
use super::{Stop, Verb, nothing, post};
use crate::fetch;
use crate::identity::same_origin_text;
use crate::seam::Federation;
use domain::Outcome;

/// Somebody has moved.
pub(super) async fn moved(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let target = said.activity.target.as_deref();
    let target = target.ok_or(Stop::rejected("no target"))?;
    if said.object_id()? != said.actor {
        return Err(Stop::rejected("moves somebody else"));
    }
    if target == said.actor || !same_origin_text(target, target) {
        return Err(Stop::rejected("moves nowhere"));
    }
    let actor = said.actor.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::actor::by_ap_id(db, &actor)?) };
    let known = fed.store().read(read).await?;
    let known = known.ok_or(Stop::ignored("unknown actor"))?;
    if !post::followed_here(fed, known.id).await? {
        return Err(Stop::ignored("nobody here follows"));
    }
    if fed.urls()?.is_ours(target) {
        return Err(Stop::ignored("nobody moves to an account here yet"));
    }
    let (old, told) = fetch::described(fed, said.actor).await?;
    if told.moved_to.as_deref() != Some(target) {
        return Err(Stop::rejected("the old address does not say that it moved"));
    }
    let (new, told) = fetch::described(fed, target).await?;
    if !told.also_known_as.iter().any(|name| name == said.actor) {
        return Err(Stop::rejected("the new address does not know the old one"));
    }
    let (old, new) = (old.id, new.id);
    while fed
        .ops()
        .write(move |tx| domain::follow::moved(tx, old, new))
        .await?
    {}
    Ok(nothing())
}
