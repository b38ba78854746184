//! Announce: how a community passes on what happens in it. Only communities that somebody here
//! follows are listened to; a person's is a boost, which we do not keep.

use super::discussion::{known, publish};
use super::said::{How, Said};
use super::{Genuine, Stop, Verb, nothing, post, spoken, undo};
use crate::fetch::{self, Budget, Freshness};
use crate::identity::same_origin_text;
use crate::seam::Federation;
use model::ActorKind;
use vocab::Activity;

/// A community, or a person, announces something.
pub(super) async fn announce(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let group = fetch::actor(fed, said.actor, Freshness::Any).await?;
    match group.kind {
        ActorKind::Group => {}
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Application
        | ActorKind::Organization => {
            return Err(Stop::ignored("boost"));
        }
    }
    if !said
        .activity
        .readers(group.followers_url.as_deref())
        .is_open()
    {
        return Err(Stop::ignored("not public"));
    }
    if !post::followed_here(fed, group.id).await? {
        return Err(Stop::ignored("nobody here follows"));
    }
    let how = How::announced(group.id);
    if said.activity.wraps_activity() {
        let inner = said.activity.embedded_activity();
        return passed_on(
            fed,
            &inner.ok_or(Stop::rejected("no object"))?,
            said.actor,
            how,
        )
        .await;
    }
    thing(fed, said, how).await
}

/// An activity within the Announce, vouched for by the community's server as far as it may: the
/// words of authors elsewhere are fetched from them.
async fn passed_on(
    fed: &Federation,
    inner: &Activity,
    group: &str,
    how: How,
) -> Result<Verb, Stop> {
    let actor = inner.actor.as_deref().ok_or(Stop::rejected("no actor"))?;
    if fed.urls()?.is_ours(actor) {
        return Err(Stop::ignored("our own"));
    }
    let said = Said {
        activity: inner,
        actor,
        voucher: group,
        how,
    };
    match inner.kind.as_str() {
        "Undo" => undo(fed, &said).await,
        _ => spoken(fed, &said).await,
    }
}

/// A post, embedded or by its id.
async fn thing(fed: &Federation, said: &Said<'_>, how: How) -> Result<Verb, Stop> {
    let id = said.object_id()?;
    if known(fed, id).await?.is_some() {
        return Ok(nothing());
    }
    if fed.urls()?.is_ours(id) {
        return Err(Stop::ignored("unknown object"));
    }
    let mut budget = Budget::thread();
    let embedded = said
        .activity
        .embedded_value()
        .filter(|_| same_origin_text(id, said.actor));
    let found = match embedded.map(Genuine::read) {
        Some(Ok(found)) => found,
        Some(Err(_)) | None => fetch::genuine(fed, id, &mut budget).await?,
    };
    publish(fed, &found, &how, &mut budget).await
}
