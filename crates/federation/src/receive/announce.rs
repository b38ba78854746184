//! Announce: how a community passes on what happens in it, one by one or several at once
//! (FEP-1a11). Only communities that somebody here follows are listened to; a person's is a boost,
//! which we do not keep.

use super::discussion::{again, known, publish};
use super::said::{How, Said};
use super::unspoken::TAKEN_BACK;
use super::{Applied, Genuine, Stop, Verb, nothing, post, spoken, undo};
use crate::fetch::{self, Budget, Freshness};
use crate::seam::Federation;
use client::same_origin_text;
use domain::Outcome;
use model::ActorKind;
use vocab::Activity;

/// Things taken from one Announce.
const BATCH: usize = 50;

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
    let how = How::announced(group.id, said.ap_id());
    let each = said.activity.each(BATCH);
    if each.is_empty() {
        return one(fed, said, how).await;
    }
    several(fed, said, &each, &how).await
}

/// One thing: what somebody did, or a post.
async fn one(fed: &Federation, said: &Said<'_>, how: How) -> Result<Verb, Stop> {
    if !said.activity.wraps_activity() {
        return thing(fed, said, how).await;
    }
    let inner = said.activity.embedded_activity();
    let inner = inner.ok_or(Stop::rejected("no object"))?;
    passed_on(fed, &inner, said.actor, how).await
}

/// Several things, each written on its own: one that is no use keeps none of the others out. What
/// may come later brings the whole list again, of which nothing is taken in twice.
async fn several(
    fed: &Federation,
    said: &Said<'_>,
    each: &[Activity],
    how: &How,
) -> Result<Verb, Stop> {
    let (mut taken, mut left) = (false, None);
    for activity in each {
        let alone = Said {
            activity,
            actor: said.actor,
            voucher: said.voucher,
            how: how.clone(),
        };
        let ended = match one(fed, &alone, how.clone()).await {
            Ok(verb) => fed.ops().write(verb).await.map_err(Stop::from),
            Err(stop) => Err(stop),
        };
        match ended {
            Ok(Applied::Done) => taken = true,
            Ok(Applied::Ignored(why)) => left = left.or(Some(Stop::ignored(why))),
            Err(stop) if stop.may_pass() => return Err(stop),
            Err(stop) => left = left.or(Some(stop)),
        }
    }
    match left {
        Some(stop) if !taken => Err(stop),
        Some(_) | None => Ok(nothing()),
    }
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
    if fed.refuses(actor) {
        return Err(Stop::blocked());
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

/// A community takes back its announcement of a thread that it does not own; any other
/// announcement was not kept.
pub(super) async fn unannounced(
    fed: &Federation,
    said: &Said<'_>,
    announce_id: &str,
) -> Result<Verb, Stop> {
    if !said.is_delivered() || !is_share(fed, announce_id).await? {
        return Err(Stop::ignored(TAKEN_BACK));
    }
    let group = fetch::actor(fed, said.actor, Freshness::Any).await?.id;
    let announce_id = announce_id.to_owned();
    Ok(Box::new(move |tx| {
        let shared = domain::post::unshare(tx, group, &announce_id)?;
        Ok(if shared {
            Applied::Done
        } else {
            Applied::Ignored(TAKEN_BACK)
        })
    }))
}

/// Whether an Announce of this id shows a thread in a community that does not own it.
pub(super) async fn is_share(fed: &Federation, announce_id: &str) -> Outcome<bool> {
    let id = announce_id.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<bool> {
        Ok(store::post::share_by_announce(db, &id)?.is_some())
    };
    fed.store().read(read).await
}

/// A post, embedded or by its id.
async fn thing(fed: &Federation, said: &Said<'_>, how: How) -> Result<Verb, Stop> {
    let id = said.object_id()?;
    if fed.refuses(id) {
        return Err(Stop::blocked());
    }
    if let Some(known) = known(fed, id).await? {
        return Ok(again(&known, &how));
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
