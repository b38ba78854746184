//! Announce: a community forwards the activities in it, one or several at once (FEP-1a11). Only
//! communities that somebody here follows are accepted; a person's Announce is a boost, which is not
//! stored.

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
use domain::Outcome;
use model::{ActorId, ActorKind, Time};
use serde_json::Value;
use store::row;
use vocab::Activity;

/// The most activities or posts that are read from one Announce.
const BATCH: usize = 50;

/// Applies an Announce.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let group = fetch::actor(fed, received.actor, Freshness::Any).await?;
    match group.kind {
        ActorKind::Group => {}
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Application
        | ActorKind::Organization => {
            return Err(ReceiveError::ignored("boost"));
        }
    }
    if !received
        .activity
        .readers(group.followers_url.as_deref())
        .is_open()
    {
        return Err(ReceiveError::ignored("not public"));
    }
    if !post::is_followed_here(fed, group.id).await?
        && !accepts_by_announcing(fed, group.id).await?
    {
        return Err(ReceiveError::ignored("nobody here follows"));
    }
    let provenance = Provenance::announced(group.id, received.ap_id());
    let activities = received.activity.each(BATCH);
    if activities.is_empty() {
        return apply_one(fed, received, provenance).await;
    }
    apply_each(fed, received, &activities, &provenance).await
}

/// Takes an Announce as the Accept of a follow that was asked for: Lemmy (1.0-beta) loses the Accept of a
/// server's first contact. Returns whether there is such a follow.
async fn accepts_by_announcing(fed: &Federation, group: ActorId) -> Outcome<bool> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::only_pending(db, group)?) };
    let Some(follower) = fed.store().read(read).await? else {
        return Ok(false);
    };
    let accept =
        move |tx: &mut domain::Tx<'_>| domain::follow::answered_by_peer(tx, follower, group, true);
    fed.ops().write(accept).await
}

/// Applies one announced activity or post.
async fn apply_one(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    provenance: Provenance,
) -> Result<Verb, ReceiveError> {
    if !received.activity.wraps_activity() {
        return apply_announced_post(fed, received, provenance).await;
    }
    let inner = received.activity.embedded_activity();
    let inner = inner.ok_or(ReceiveError::rejected("no object"))?;
    relayed(fed, &inner, received.actor, provenance).await
}

/// Applies several announced activities or posts, each in its own transaction, so that one that fails does
/// not prevent the others. After a transient failure the whole list is retried; what was applied has no
/// effect the second time.
async fn apply_each(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    activities: &[Activity],
    provenance: &Provenance,
) -> Result<Verb, ReceiveError> {
    let (mut any_applied, mut first_failure) = (false, None);
    for activity in activities {
        let element = ReceivedActivity {
            activity,
            actor: received.actor,
            signer: received.signer,
            provenance: provenance.clone(),
        };
        let result = match apply_one(fed, &element, provenance.clone()).await {
            Ok(verb) => fed.ops().write(verb).await.map_err(ReceiveError::from),
            Err(error) => Err(error),
        };
        match result {
            Ok(Applied::Done) => any_applied = true,
            Ok(Applied::Ignored(why)) => {
                first_failure = first_failure.or(Some(ReceiveError::ignored(why)))
            }
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => first_failure = first_failure.or(Some(error)),
        }
    }
    match first_failure {
        Some(error) if !any_applied => Err(error),
        Some(_) | None => Ok(nothing()),
    }
}

/// Applies an announced activity. The community's signature verifies objects of its own server only;
/// others are fetched from their origin.
async fn relayed(
    fed: &Federation,
    inner: &Activity,
    group: &str,
    provenance: Provenance,
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
    let received = ReceivedActivity {
        activity: inner,
        actor,
        signer: group,
        provenance,
    };
    receive_relayable(fed, &received).await
}

/// Applies an announced post, embedded or named by its id.
async fn apply_announced_post(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    provenance: Provenance,
) -> Result<Verb, ReceiveError> {
    let id = received.object_id()?;
    if fed.refuses(id) {
        return Err(ReceiveError::blocked());
    }
    if let Some(known) = stored_post(fed, id).await? {
        return Ok(post::already_stored_verb(&known, &provenance).unwrap_or_else(nothing));
    }
    if fed.urls()?.is_ours(id) {
        return Err(ReceiveError::ignored("unknown object"));
    }
    let mut budget = Budget::thread();
    let embedded = received
        .activity
        .embedded_value()
        .filter(|_| same_origin_text(id, received.actor));
    let object = match embedded.map(VerifiedObject::read) {
        Some(Ok(object)) => object,
        Some(Err(_)) | None => fetch::verified_object(fed, id, &mut budget).await?,
    };
    publish(fed, &object, &provenance, &mut budget).await
}

/// Builds the Announce of a thread by its id, which Mastodon shows as a boost. `at` is when it was announced;
/// the copy in an `Undo` does without.
#[must_use]
pub(crate) fn build(
    id: &str,
    community: &row::Actor,
    post: &row::Post,
    at: Option<Time>,
) -> Activity {
    let (to, cc) = to_followers(community, post.audience);
    Activity {
        to,
        cc,
        published: at.map(Time::utc),
        audience: vec![community.ap_id.clone()],
        ..Activity::new(
            &AnnounceType::Announce.to_string(),
            id,
            &community.ap_id,
            Value::from(post.ap_id.as_str()),
        )
    }
}
