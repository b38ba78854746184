//! Announce: how a community passes on what happens in it, one by one or several at once
//! (FEP-1a11). Only communities that somebody here follows are listened to; a person's is a boost,
//! which we do not keep.

use super::create::publish;
use super::dispatch::receive_relayable;
use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Budget, Freshness};
use crate::import::post;
use crate::import::provenance::Provenance;
use crate::kinds::VerifiedObject;
use crate::kinds::address::to_followers;
use crate::verb::{Verb, nothing};
use activitypub_federation::kinds::activity::AnnounceType;
use client::same_origin_text;
use delivery::inbound::Applied;
use model::ActorKind;
use serde_json::Value;
use store::row;
use vocab::Activity;

/// Things taken from one Announce.
const BATCH: usize = 50;

/// A community, or a person, announces something.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let group = fetch::actor(fed, said.actor, Freshness::Any).await?;
    match group.kind {
        ActorKind::Group => {}
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Application
        | ActorKind::Organization => {
            return Err(ReceiveError::ignored("boost"));
        }
    }
    if !said
        .activity
        .readers(group.followers_url.as_deref())
        .is_open()
    {
        return Err(ReceiveError::ignored("not public"));
    }
    if !post::followed_here(fed, group.id).await? {
        return Err(ReceiveError::ignored("nobody here follows"));
    }
    let how = Provenance::announced(group.id, said.ap_id());
    let each = said.activity.each(BATCH);
    if each.is_empty() {
        return one(fed, said, how).await;
    }
    several(fed, said, &each, &how).await
}

/// One thing: what somebody did, or a post.
async fn one(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    how: Provenance,
) -> Result<Verb, ReceiveError> {
    if !said.activity.wraps_activity() {
        return thing(fed, said, how).await;
    }
    let inner = said.activity.embedded_activity();
    let inner = inner.ok_or(ReceiveError::rejected("no object"))?;
    passed_on(fed, &inner, said.actor, how).await
}

/// Several things, each written on its own: one that is no use keeps none of the others out. What
/// may come later brings the whole list again, of which nothing is taken in twice.
async fn several(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    each: &[Activity],
    how: &Provenance,
) -> Result<Verb, ReceiveError> {
    let (mut taken, mut left) = (false, None);
    for activity in each {
        let alone = ReceivedActivity {
            activity,
            actor: said.actor,
            voucher: said.voucher,
            how: how.clone(),
        };
        let ended = match one(fed, &alone, how.clone()).await {
            Ok(verb) => fed.ops().write(verb).await.map_err(ReceiveError::from),
            Err(stop) => Err(stop),
        };
        match ended {
            Ok(Applied::Done) => taken = true,
            Ok(Applied::Ignored(why)) => left = left.or(Some(ReceiveError::ignored(why))),
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
    how: Provenance,
) -> Result<Verb, ReceiveError> {
    let actor = inner
        .actor
        .as_deref()
        .ok_or(ReceiveError::rejected("no actor"))?;
    if fed.urls()?.is_ours(actor) {
        return Err(ReceiveError::ignored("our own"));
    }
    if fed.refuses(actor) {
        return Err(ReceiveError::blocked());
    }
    let said = ReceivedActivity {
        activity: inner,
        actor,
        voucher: group,
        how,
    };
    receive_relayable(fed, &said).await
}

/// A post, embedded or by its id.
async fn thing(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    how: Provenance,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if fed.refuses(id) {
        return Err(ReceiveError::blocked());
    }
    if let Some(known) = stored_post(fed, id).await? {
        return Ok(post::known_again(&known, &how).unwrap_or_else(nothing));
    }
    if fed.urls()?.is_ours(id) {
        return Err(ReceiveError::ignored("unknown object"));
    }
    let mut budget = Budget::thread();
    let embedded = said
        .activity
        .embedded_value()
        .filter(|_| same_origin_text(id, said.actor));
    let found = match embedded.map(VerifiedObject::read) {
        Some(Ok(found)) => found,
        Some(Err(_)) | None => fetch::verified_object(fed, id, &mut budget).await?,
    };
    publish(fed, &found, &how, &mut budget).await
}

/// A community announces a thread by its id: what Mastodon shows as a boost.
#[must_use]
pub(crate) fn build(id: &str, community: &row::Actor, post: &row::Post) -> Activity {
    let (to, cc) = to_followers(community, post.audience);
    Activity {
        to,
        cc,
        audience: vec![community.ap_id.clone()],
        ..Activity::new(
            &AnnounceType::Announce.to_string(),
            id,
            &community.ap_id,
            Value::from(post.ap_id.as_str()),
        )
    }
}
