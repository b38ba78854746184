//! Create of posts, from their author or through a community.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use super::vote;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Budget};
use crate::import;
use crate::import::post;
use crate::import::provenance::Provenance;
use crate::json;
use crate::kinds::address::of_object;
use crate::kinds::{self, VerifiedObject};
use crate::outgoing::builder::prepared_announcement;
use crate::verb::{Verb, nothing};
use activitypub_federation::kinds::activity::CreateType;
use client::same_origin_text;
use delivery::inbound::Applied;
use domain::Outcome;
use model::Time;
use store::row;
use vocab::{Activity, Object, id_of};

/// Applies a Create.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    if let Some(vote) = received.activity.embedded_value().and_then(kinds::vote) {
        return vote::receive(fed, received, vote).await;
    }
    let id = received.object_id()?;
    // Whether a reply is stored already is checked when it is published.
    if !is_embedded_reply(received)
        && let Some(known) = stored_post(fed, id).await?
    {
        return Ok(post::already_stored_verb(&known, &received.provenance).unwrap_or_else(nothing));
    }
    let mut budget = Budget::thread();
    let object = received.verified_object(fed, &mut budget).await?;
    publish(fed, &object, &received.provenance, &mut budget).await
}

/// Whether it embeds a reply whose author's server signed it.
fn is_embedded_reply(received: &ReceivedActivity<'_>) -> bool {
    let object = received.activity.embedded_value();
    let Some(id) = received.activity.object_id() else {
        return false;
    };
    object.is_some_and(|object| object.get("inReplyTo").and_then(id_of).is_some())
        && same_origin_text(id, received.signer)
}

/// Returns the verb that publishes a new post, after importing the thread above it.
pub(crate) async fn publish(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<Verb, ReceiveError> {
    post.audience()?;
    if let Some(parent) = &post.object.in_reply_to
        && fetch::recent_cache::post(fed, parent).await?.is_none()
    {
        if !post::is_relevant(fed, post, provenance).await? {
            return Err(ReceiveError::ignored("nobody here follows"));
        }
        import::import_conversation(fed, post, provenance, budget).await?;
    }
    let parent = import::parent(fed, post, provenance, budget).await?;
    let verb = post::publish_verb(fed, post, provenance, parent.as_ref(), budget).await?;
    let announcement = match &parent {
        Some(parent) => announcement(fed, provenance, parent).await?,
        None => None,
    };
    Ok(Box::new(move |tx| {
        if let Some(announcement) = &announcement {
            tx.set_announcement(announcement.clone());
        }
        verb(tx).map(|_| Applied::Done)
    }))
}

/// Builds the Announce of a reply by the local community that it belongs to, if it was sent to us.
async fn announcement(
    fed: &Federation,
    provenance: &Provenance,
    parent: &row::Post,
) -> Outcome<Option<row::Activity>> {
    let (Some(raw), Some(community)) = (&provenance.raw, parent.community_id) else {
        return Ok(None);
    };
    let group = fetch::recent_cache::community(fed, community).await?;
    let Some(group) = group.filter(|group| group.peer_id.is_none()) else {
        return Ok(None);
    };
    let audience = fetch::recent_cache::thread_audience(fed, parent).await?;
    prepared_announcement(fed, &group, parent.root_id, audience, raw).map(Some)
}

/// Builds the Create of a post.
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
