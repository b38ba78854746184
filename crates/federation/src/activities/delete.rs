//! Delete of posts and of actors, and the Undo of it.

use super::actor;
use super::create::publish;
use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
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

/// The reason of a removal, for logs of moderation elsewhere; Lemmy takes a `Delete` without any
/// for the author's own.
const REMOVED: &str = "Removed by a moderator · Retiré par la modération";

/// Somebody took something away: a post, or themselves.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if id == said.actor || actor::is_kind(said.activity.object_type()) {
        let own_word = said.is_delivered() && id == said.actor;
        return actor::deleted(fed, id, own_word).await;
    }
    match stored_post(fed, id).await? {
        Some(known) => deleted(fed, said, known).await,
        None if said.is_delivered() && same_origin_text(id, said.actor) => {
            let id = id.to_owned();
            Ok(Box::new(move |tx| {
                domain::post::remove_unseen(tx, &id)?;
                Ok(Applied::Done)
            }))
        }
        None => Err(ReceiveError::ignored("unknown object")),
    }
}

/// A post that is here is taken away by whoever it can be shown to be: the domain decides whether
/// that hand may.
async fn deleted(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: row::Post,
) -> Result<Verb, ReceiveError> {
    if known.state == PostState::Tombstone {
        return Ok(nothing());
    }
    let gone = !is_believed(said) && known.peer_id.is_some();
    let hand = if gone && fetch::is_gone(fed, &known.ap_id).await? {
        post::author_of(fed, &known).await?
    } else {
        hand(fed, said, &known).await?
    };
    let origin = said.how.origin(&said.ap_id(), &hand, None)?;
    Ok(Box::new(move |tx| {
        domain::post::remove(tx, hand.id, known.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Whoever said it can be believed to have said it.
fn is_believed(said: &ReceivedActivity<'_>) -> bool {
    said.is_delivered() || same_origin_text(said.actor, said.voucher)
}

/// Whose hand it was: the actor's where that can be believed; else the community's, which by its
/// announcement makes the removal its own.
async fn hand(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: &row::Post,
) -> Result<row::Actor, ReceiveError> {
    if !is_believed(said) {
        return Ok(fetch::actor(fed, said.voucher, Freshness::Any).await?);
    }
    let who = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let remote = known.community_id.filter(|_| who.id != known.author_id);
    if let (true, Some(id)) = (said.is_delivered(), remote) {
        // A stranger's word against an old list of moderators: the list is looked at again.
        let read =
            move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
        let group = fed.store().read(read).await?;
        if let Some(group) = group.filter(|group| group.peer_id.is_some()) {
            fetch::actor(fed, &group.ap_id, Freshness::Day).await?;
        }
    }
    Ok(who)
}

/// A removal is taken back by whoever made it: the post comes back from its own server.
pub(super) async fn undo(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    let id = inner
        .object_id()
        .ok_or(ReceiveError::rejected("no object"))?;
    let mut budget = Budget::thread();
    let Some(known) = stored_post(fed, id).await? else {
        return undo_unseen(fed, said, id, &mut budget).await;
    };
    if known.deleted_at.is_none() {
        return Ok(nothing());
    }
    if known.peer_id.is_none() {
        return reinstated(fed, said, known).await;
    }
    let found = fetch::verified_object(fed, &known.ap_id, &mut budget).await?;
    let author = post::author_of(fed, &known).await?;
    if found.author != author.ap_id {
        return Err(ReceiveError::rejected("the author is somebody else"));
    }
    // That it stands there again is the author's server's word for the author.
    let by_author = known.deleted_by == Some(DeletedBy::Author);
    let hand = if by_author && !is_believed(said) {
        author
    } else {
        hand(fed, said, &known).await?
    };
    let origin = said.how.origin(&said.ap_id(), &hand, None)?;
    Ok(post::restored(fed, &found, hand.id, origin, &known).await?)
}

/// A community takes back that it removed what somebody here wrote.
async fn reinstated(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: row::Post,
) -> Result<Verb, ReceiveError> {
    if known.state == PostState::Tombstone {
        return Err(ReceiveError::ignored("its words were not kept"));
    }
    let hand = hand(fed, said, &known).await?;
    let origin = said.how.origin(&said.ap_id(), &hand, None)?;
    Ok(Box::new(move |tx| {
        domain::post::reinstate(tx, hand.id, known.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// What was taken away before it came may come in after all.
async fn undo_unseen(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    id: &str,
    budget: &mut Budget,
) -> Result<Verb, ReceiveError> {
    if !same_origin_text(id, said.actor) {
        return Err(ReceiveError::ignored("unknown object"));
    }
    let found = fetch::verified_object(fed, id, budget).await?;
    let publish = publish(fed, &found, &said.how, budget).await?;
    let id = found.id;
    Ok(Box::new(move |tx| {
        domain::post::restore_unseen(tx, &id)?;
        publish(tx)
    }))
}

/// An author has taken something away; `object` as it would be addressed. Only its id is told.
#[must_use]
pub(crate) fn build(id: &str, object: &Object, now: Time) -> Activity {
    let gone = Value::from(object.id.clone());
    of_object(&DeleteType::Delete.to_string(), id, object, gone, now)
}

/// A moderator has taken away what somebody else wrote: a `Delete` with a reason.
#[must_use]
pub(crate) fn build_removal(id: &str, by: &row::Actor, object: &Object, now: Time) -> Activity {
    Activity {
        actor: Some(by.ap_id.clone()),
        summary: Some(REMOVED.to_owned()),
        ..build(id, object, now)
    }
}
