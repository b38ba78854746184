//! Create, Update and Delete of posts, from their author or through a community.

use super::received::ReceivedActivity;
use super::{Applied, Provenance, ReceiveError, Verb, VerifiedObject, actor, nothing, post};
use crate::context::Federation;
use crate::fetch::{self, Budget, Freshness};
use client::same_origin_text;
use domain::Outcome;
use model::access::{Reader, Viewer};
use model::{DeletedBy, Via};
use store::row;
use vocab::{Activity, id_of};

/// Somebody published something.
pub(super) async fn create(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    // Whether a reply is here already is looked at when it is published.
    if !is_embedded_reply(said)
        && let Some(known) = known(fed, id).await?
    {
        return Ok(again(&known, &said.how));
    }
    let mut budget = Budget::thread();
    let found = said.verified_object(fed, &mut budget).await?;
    publish(fed, &found, &said.how, &mut budget).await
}

/// It came with its words, from whoever may say them, and answers something.
fn is_embedded_reply(said: &ReceivedActivity<'_>) -> bool {
    let object = said.activity.embedded_value();
    let Some(id) = said.activity.object_id() else {
        return false;
    };
    object.is_some_and(|object| object.get("inReplyTo").and_then(id_of).is_some())
        && same_origin_text(id, said.voucher)
}

/// What is here already changes nothing, but where a community announces a thread: one that stands
/// in no community stands in this one from now on, and one that stands in another is shared by it.
pub(super) fn again(known: &row::Post, how: &Provenance) -> Verb {
    let (thread, owner) = (known.id, known.community_id);
    let announced = how.via == Via::Announced && known.parent_id.is_none();
    match (how.announcer.filter(|_| announced), &how.announce_id) {
        (Some(group), _) if owner.is_none() => Box::new(move |tx| {
            domain::post::adopt(tx, thread, group)?;
            Ok(Applied::Done)
        }),
        (Some(group), Some(announce)) if owner != Some(group) => {
            let announce = announce.clone();
            Box::new(move |tx| {
                domain::post::share(tx, thread, group, &announce)?;
                Ok(Applied::Done)
            })
        }
        (Some(_) | None, _) => nothing(),
    }
}

/// Takes a new post in, with what is above it.
pub(super) async fn publish(
    fed: &Federation,
    found: &VerifiedObject,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<Verb, ReceiveError> {
    found.audience()?;
    if let Some(parent) = &found.object.in_reply_to
        && fetch::recent_cache::post(fed, parent).await?.is_none()
    {
        if !post::concerns_us(fed, found, how).await? {
            return Err(ReceiveError::ignored("nobody here follows"));
        }
        fetch::around(fed, found, how, budget).await?;
    }
    let parent = fetch::parent(fed, found, how, budget).await?;
    let verb = post::under(fed, found, how, parent.as_ref(), budget).await?;
    Ok(Box::new(move |tx| verb(tx).map(|_| Applied::Done)))
}

/// Somebody changed something: a post's words, or what an actor says of itself. Of a post that
/// never came it is as good as its Create.
pub(super) async fn update(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if id == said.actor || actor::is_kind(said.activity.object_type()) {
        return actor::changed(fed, said).await;
    }
    let mut budget = Budget::thread();
    match known(fed, id).await? {
        Some(known) if known.peer_id.is_none() => {
            Err(ReceiveError::rejected("not allowed: not-ours"))
        }
        Some(known) => {
            let found = reworded(fed, said, &known, &mut budget).await?;
            post::edited(fed, &found, &said.how, &known).await
        }
        None => {
            let found = said.verified_object(fed, &mut budget).await?;
            publish(fed, &found, &said.how, &mut budget).await
        }
    }
}

/// A post's new words: from its author; or from its own origin, where the community or one of its
/// moderators says that there are some.
async fn reworded(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: &row::Post,
    budget: &mut Budget,
) -> Result<VerifiedObject, ReceiveError> {
    let author = author_of(fed, known).await?;
    if author.ap_id == said.actor || !tends(fed, said, known).await? {
        return said.verified_object(fed, budget).await;
    }
    let found = fetch::verified_object(fed, &known.ap_id, budget).await?;
    if found.author == author.ap_id {
        Ok(found)
    } else {
        Err(ReceiveError::rejected("the author is somebody else"))
    }
}

/// Whoever says it looks after the community the post is in.
async fn tends(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    known: &row::Post,
) -> Result<bool, ReceiveError> {
    if known.community_id.is_none() {
        return Ok(false);
    }
    let who = fetch::actor(fed, said.actor, Freshness::Any).await?;
    let origin = said.how.origin(&said.ap_id(), &who, None)?;
    let post = known.clone();
    let reader = Reader {
        viewer: Viewer::Person(who.id),
        now: fed.ops().now(),
    };
    let read = move |db: &mut store::Db| domain::access::can_moderate(db, reader, &post, &origin);
    Ok(fed.store().read(read).await?)
}

/// A removal is taken back by whoever made it: the post comes back from its own server.
pub(super) async fn undeleted(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    let id = inner
        .object_id()
        .ok_or(ReceiveError::rejected("no object"))?;
    let mut budget = Budget::thread();
    let Some(known) = known(fed, id).await? else {
        return unburied(fed, said, id, &mut budget).await;
    };
    if known.deleted_at.is_none() {
        return Ok(nothing());
    }
    if known.peer_id.is_none() {
        return Err(ReceiveError::ignored("its words were not kept"));
    }
    let found = fetch::verified_object(fed, &known.ap_id, &mut budget).await?;
    let author = author_of(fed, &known).await?;
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
    post::restored(fed, &found, hand.id, origin, &known).await
}

/// What was taken away before it came may come in after all.
async fn unburied(
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

/// Somebody took something away: a post, or themselves.
pub(super) async fn delete(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if id == said.actor || actor::is_kind(said.activity.object_type()) {
        let own_word = said.is_delivered() && id == said.actor;
        return actor::deleted(fed, id, own_word).await;
    }
    match known(fed, id).await? {
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
    if known.deleted_at.is_some() {
        return Ok(nothing());
    }
    let gone = !is_believed(said) && known.peer_id.is_some();
    let hand = if gone && fetch::is_gone(fed, &known.ap_id).await? {
        author_of(fed, &known).await?
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

/// Who wrote a post that is here.
pub(super) async fn author_of(fed: &Federation, known: &row::Post) -> Outcome<row::Actor> {
    let id = known.author_id;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        store::raw::actor::by_id(db, id)?.ok_or(domain::Error::not_found("actor"))
    };
    fed.store().read(read).await
}

/// The post the world knows by this name, if it is here.
pub(super) async fn known(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Post>> {
    let ap_id = ap_id.to_owned();
    fed.store()
        .read(move |db| -> Outcome<_> { Ok(store::raw::post::by_ap_id(db, &ap_id)?) })
        .await
}
