//! Delete of posts and of actors, and the Undo of it.

use super::actor::{self, DeletionSigner};
use super::create::publish;
use super::outcome::ReceiveError;
use super::received::{ReceivedActivity, object_id};
use crate::context::Federation;
use crate::fetch::stored::{stored_actor, stored_post};
use crate::fetch::{self, Budget, Freshness};
use crate::import::post;
use crate::kinds::address::of_object;
use crate::verb::{Verb, nothing};
use activitypub_federation::kinds::activity::DeleteType;
use client::same_origin_text;
use delivery::inbound::Applied;
use domain::Outcome;
use model::{DeletedBy, PostState, Time};
use serde_json::Value;
use store::row;
use vocab::{Activity, Object};

/// The reason of a removal, for moderation logs of other servers; Lemmy takes a `Delete` without one for
/// the author's own.
const REMOVED: &str = "Removed by a moderator · Retiré par la modération";

/// Applies a Delete of a post, or of the actor itself.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = received.object_id()?;
    if id == received.actor || actor::is_kind(received.activity.object_type()) {
        return actor::deleted(fed, id, DeletionSigner::of(received, id)).await;
    }
    match stored_post(fed, id).await? {
        Some(known) => deleted(fed, received, known).await,
        None if received.is_delivered() && same_origin_text(id, received.actor) => {
            let id = id.to_owned();
            Ok(Box::new(move |tx| {
                domain::post::remove_unseen(tx, &id)?;
                Ok(Applied::Done)
            }))
        }
        // A community that its server has deleted (Lemmy 1.0-beta, PieFed 1.6).
        None => match actor::deleted(fed, id, DeletionSigner::of(received, id)).await {
            Err(ReceiveError::Ignored(_)) if stored_actor(fed, id).await?.is_none() => {
                Err(ReceiveError::ignored("unknown object"))
            }
            other => other,
        },
    }
}

/// Returns the verb that removes a stored post on the authority of an actor; the domain checks whether
/// that actor may.
async fn deleted(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    known: row::Post,
) -> Result<Verb, ReceiveError> {
    if known.state == PostState::Tombstone {
        return Ok(nothing());
    }
    let needs_confirmation = !is_authenticated(received) && known.peer_id.is_some();
    let authority = if needs_confirmation && fetch::is_gone(fed, &known.ap_id).await? {
        post::stored_author(fed, &known).await?
    } else {
        authority(fed, received, &known).await?
    };
    let origin = received
        .provenance
        .origin(&received.ap_id(), &authority, None)?;
    Ok(Box::new(move |tx| {
        domain::post::remove(tx, authority.id, known.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Whether the signature proves that the activity is its actor's.
fn is_authenticated(received: &ReceivedActivity<'_>) -> bool {
    received.is_delivered() || same_origin_text(received.actor, received.signer)
}

/// Returns the actor on whose authority a post is removed or restored: the activity's actor where the
/// signature proves it, else the community that announced the activity.
async fn authority(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    known: &row::Post,
) -> Result<row::Actor, ReceiveError> {
    if !is_authenticated(received) {
        return Ok(fetch::actor(fed, received.signer, Freshness::Any).await?);
    }
    let actor = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let remote = known.community_id.filter(|_| actor.id != known.author_id);
    if let (true, Some(id)) = (received.is_delivered(), remote) {
        // The stored list of moderators may be outdated: fetch it again if it is old.
        let read =
            move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
        let group = fed.store().read(read).await?;
        if let Some(group) = group.filter(|group| group.peer_id.is_some()) {
            fetch::actor(fed, &group.ap_id, Freshness::Day).await?;
        }
    }
    Ok(actor)
}

/// Applies the Undo of a Delete: the post is fetched from its own server and restored.
pub(super) async fn undo(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    let id = object_id(inner)?;
    let mut budget = Budget::thread();
    let Some(known) = stored_post(fed, id).await? else {
        return undo_unknown(fed, received, id, &mut budget).await;
    };
    if known.deleted_at.is_none() {
        return Ok(nothing());
    }
    if known.peer_id.is_none() {
        return reinstated(fed, received, known).await;
    }
    let object = fetch::verified_object(fed, &known.ap_id, &mut budget).await?;
    let author = post::stored_author(fed, &known).await?;
    if object.author != author.ap_id {
        return Err(ReceiveError::rejected("the author is somebody else"));
    }
    // The author's server has it again, which is the author's authority.
    let was_deleted_by_author = known.deleted_by == Some(DeletedBy::Author);
    let authority = if was_deleted_by_author && !is_authenticated(received) {
        author
    } else {
        authority(fed, received, &known).await?
    };
    let origin = received
        .provenance
        .origin(&received.ap_id(), &authority, None)?;
    Ok(post::restore_verb(fed, &object, authority.id, origin, &known).await?)
}

/// A community takes back that it removed what somebody here wrote.
async fn reinstated(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    known: row::Post,
) -> Result<Verb, ReceiveError> {
    if known.state == PostState::Tombstone {
        return Err(ReceiveError::ignored("its words were not kept"));
    }
    let authority = authority(fed, received, &known).await?;
    let origin = received
        .provenance
        .origin(&received.ap_id(), &authority, None)?;
    Ok(Box::new(move |tx| {
        domain::post::reinstate(tx, authority.id, known.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Applies the Undo of a Delete whose post was never stored.
async fn undo_unknown(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    id: &str,
    budget: &mut Budget,
) -> Result<Verb, ReceiveError> {
    if !same_origin_text(id, received.actor) {
        return Err(ReceiveError::ignored("unknown object"));
    }
    let object = fetch::verified_object(fed, id, budget).await?;
    let publish = publish(fed, &object, &received.provenance, budget).await?;
    let id = object.id;
    Ok(Box::new(move |tx| {
        domain::post::restore_unseen(tx, &id)?;
        publish(tx)
    }))
}

/// Builds the Delete of a post by its author, addressed as `object` is. It contains the id only.
#[must_use]
pub(crate) fn build(id: &str, object: &Object, now: Time) -> Activity {
    let object_id = Value::from(object.id.clone());
    of_object(&DeleteType::Delete.to_string(), id, object, object_id, now)
}

/// Builds the Delete of a post by a moderator, with a reason.
#[must_use]
pub(crate) fn build_removal(id: &str, by: &row::Actor, object: &Object, now: Time) -> Activity {
    Activity {
        actor: Some(by.ap_id.clone()),
        summary: Some(REMOVED.to_owned()),
        ..build(id, object, now)
    }
}
