//! Create of posts, from their author or through a community.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Budget};
use crate::import;
use crate::import::post;
use crate::import::provenance::Provenance;
use crate::json;
use crate::kinds::VerifiedObject;
use crate::kinds::address::of_object;
use crate::outgoing::builder::announced_at_once;
use crate::verb::{Verb, nothing};
use activitypub_federation::kinds::activity::CreateType;
use client::same_origin_text;
use delivery::inbound::Applied;
use domain::Outcome;
use model::Time;
use store::row;
use vocab::{Activity, Object, id_of};

/// Somebody published something.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    // Whether a reply is here already is looked at when it is published.
    if !is_embedded_reply(said)
        && let Some(known) = stored_post(fed, id).await?
    {
        return Ok(post::known_again(&known, &said.how).unwrap_or_else(nothing));
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

/// Takes a new post in, with what is above it.
pub(crate) async fn publish(
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
        import::around(fed, found, how, budget).await?;
    }
    let parent = import::parent(fed, found, how, budget).await?;
    let verb = post::under(fed, found, how, parent.as_ref(), budget).await?;
    let announcement = match &parent {
        Some(parent) => announcement(fed, how, parent).await?,
        None => None,
    };
    Ok(Box::new(move |tx| {
        if let Some(announcement) = &announcement {
            tx.set_announcement(announcement.clone());
        }
        verb(tx).map(|_| Applied::Done)
    }))
}

/// What our community will say of a reply that was sent to it, if that is where it belongs.
async fn announcement(
    fed: &Federation,
    how: &Provenance,
    parent: &row::Post,
) -> Outcome<Option<row::Activity>> {
    let (Some(raw), Some(community)) = (&how.raw, parent.community_id) else {
        return Ok(None);
    };
    let group = fetch::recent_cache::place(fed, community).await?;
    let Some(group) = group.filter(|group| group.peer_id.is_none()) else {
        return Ok(None);
    };
    let audience = fetch::recent_cache::thread_audience(fed, parent).await?;
    announced_at_once(fed, &group, parent.root_id, audience, raw).map(Some)
}

/// An author has said something new.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, object: &Object, now: Time) -> Outcome<Activity> {
    Ok(of_object(
        &CreateType::Create.to_string(),
        id,
        object,
        json::part(object)?,
        now,
    ))
}
