//! Create, Update and Delete of posts, from their author or through a community.

use super::said::Said;
use super::{Applied, Genuine, How, Stop, Verb, actor, nothing, post};
use crate::fetch::{self, Budget, Freshness};
use crate::identity::same_origin_text;
use crate::seam::Federation;
use domain::Outcome;
use store::row;

/// Somebody published something.
pub(super) async fn create(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let id = said.object_id()?;
    if known(fed, id).await?.is_some() {
        return Ok(nothing());
    }
    let mut budget = Budget::thread();
    let found = said.genuine(fed, &mut budget).await?;
    publish(fed, &found, &said.how, &mut budget).await
}

/// Takes a new post in, with what is above it.
pub(super) async fn publish(
    fed: &Federation,
    found: &Genuine,
    how: &How,
    budget: &mut Budget,
) -> Result<Verb, Stop> {
    found.check_audience()?;
    if let Some(parent) = &found.object.in_reply_to
        && known(fed, parent).await?.is_none()
        && !post::concerns_us(fed, found, how).await?
    {
        return Err(Stop::ignored("nobody here follows"));
    }
    let parent = fetch::parent(fed, found, how, budget).await?;
    let verb = post::under(fed, found, how, parent.as_ref(), budget).await?;
    Ok(Box::new(move |tx| verb(tx).map(|_| Applied::Done)))
}

/// Somebody changed something: a post's words, or what an actor says of itself. Of a post that
/// never came it is as good as its Create.
pub(super) async fn update(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let id = said.object_id()?;
    if id == said.actor || actor::is_kind(said.activity.object_type()) {
        return actor::changed(fed, said).await;
    }
    let mut budget = Budget::thread();
    match known(fed, id).await? {
        Some(known) if known.peer_id.is_none() => Err(Stop::rejected("not allowed: not-ours")),
        Some(known) => {
            let found = said.genuine(fed, &mut budget).await?;
            post::edited(fed, &found, &said.how, &known).await
        }
        None => {
            let found = said.genuine(fed, &mut budget).await?;
            publish(fed, &found, &said.how, &mut budget).await
        }
    }
}

/// Somebody took something away: a post, or themselves.
pub(super) async fn delete(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let id = said.object_id()?;
    if id == said.actor || actor::is_kind(said.activity.object_type()) {
        return actor::deleted(fed, id).await;
    }
    match known(fed, id).await? {
        Some(known) => deleted(fed, said, known).await,
        None if said.is_delivered() && same_origin_text(id, said.actor) => {
            let id = id.to_owned();
            Ok(Box::new(move |tx| {
                domain::discussion::bury_unseen(tx, &id)?;
                Ok(Applied::Done)
            }))
        }
        None => Err(Stop::ignored("unknown object")),
    }
}

/// A post that is here is taken away by whoever it can be shown to be: the domain decides whether
/// that hand may.
async fn deleted(fed: &Federation, said: &Said<'_>, known: row::Post) -> Result<Verb, Stop> {
    let hand = if said.is_delivered() || same_origin_text(said.actor, said.voucher) {
        fetch::actor(fed, said.actor, Freshness::Any).await?
    } else if known.peer_id.is_some() && fetch::is_gone(fed, &known.ap_id).await? {
        author_of(fed, &known).await?
    } else {
        // The community removes it: that much its announcement does show.
        fetch::actor(fed, said.voucher, Freshness::Any).await?
    };
    let origin = said.how.origin(&said.ap_id(), &hand, None)?;
    Ok(Box::new(move |tx| {
        domain::discussion::delete(tx, hand.id, known.id, &origin)?;
        Ok(Applied::Done)
    }))
}

/// Who wrote a post that is here.
pub(super) async fn author_of(fed: &Federation, known: &row::Post) -> Outcome<row::Actor> {
    let id = known.author_id;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        store::actor::by_id(db, id)?.ok_or(domain::Error::not_found("actor"))
    };
    fed.store().read(read).await
}

/// The post the world knows by this name, if it is here.
pub(super) async fn known(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Post>> {
    let ap_id = ap_id.to_owned();
    fed.store()
        .read(move |db| -> Outcome<_> { Ok(store::discussion::by_ap_id(db, &ap_id)?) })
        .await
}
