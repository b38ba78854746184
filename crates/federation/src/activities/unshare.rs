//! Undo of a community's Announce.

use super::outcome::ReceiveError;
use super::received::{ReceivedActivity, object_id};
use super::unsupported::ANNOUNCE_NOT_STORED;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Freshness};
use crate::verb::Verb;
use delivery::inbound::Applied;
use domain::Outcome;
use vocab::Activity;

/// Applies the Undo of a community's Announce: a thread that it shared is no longer shown there, and one that it
/// owns leaves it (NodeBB, when a moderator deletes a topic). Any other Announce was not stored.
pub(super) async fn unshare(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    announce_id: &str,
    thread: Option<&str>,
) -> Result<Verb, ReceiveError> {
    let thread = match thread {
        Some(id) => stored_post(fed, id).await?.map(|post| post.id),
        None => None,
    };
    if !received.is_delivered() || (thread.is_none() && !is_share(fed, announce_id).await?) {
        return Err(ReceiveError::ignored(ANNOUNCE_NOT_STORED));
    }
    let group = fetch::actor(fed, received.actor, Freshness::Any).await?.id;
    let announce_id = announce_id.to_owned();
    Ok(Box::new(move |tx| {
        let mut ended = domain::post::unshare(tx, group, &announce_id)?;
        if let Some(thread) = thread.filter(|_| !ended) {
            ended = domain::post::withdraw(tx, thread, group)?;
        }
        Ok(if ended {
            Applied::Done
        } else {
            Applied::Ignored(ANNOUNCE_NOT_STORED)
        })
    }))
}

/// Returns the id of the post that an Announce is about: its object, or that of the announced Create.
pub(super) fn announced_post_id(announce: &Activity) -> Option<String> {
    if !announce.wraps_activity() {
        return object_id(announce).ok().map(str::to_owned);
    }
    let inner = announce.embedded_activity()?;
    let create = (inner.kind == "Create").then(|| object_id(&inner).ok());
    create.flatten().map(str::to_owned)
}

/// Whether the Announce with this id shared a thread with a community that does not own it.
pub(super) async fn is_share(fed: &Federation, announce_id: &str) -> Outcome<bool> {
    let id = announce_id.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<bool> { Ok(store::post::is_share(db, &id)?) };
    fed.store().read(read).await
}
