//! Discussions: threads, replies, edits, tombstones, likes. One verb each for people here and for
//! peers; what differs is the origin.

mod adopt;
mod delete;
mod edit;
mod like;
mod publish;
mod restore;
#[cfg(test)]
mod tests;

pub use adopt::adopt;
pub use delete::{bury_unseen, delete};
pub use edit::edit;
pub use like::{like, unlike};
pub use publish::{Draft, SecondText, publish_reply as reply, publish_thread as start};
pub use restore::{restore, unbury_unseen};

use crate::{Error, Outcome, Tx, community};
use model::fact::Relay;
use model::peer::policy::Standing;
use model::{ActorId, Fact, Origin, PostId, Via};
use store::{Db, row};

/// Loads a post that is neither deleted nor a blocked peer's.
///
/// # Errors
/// `NotFound`, also for a post of a blocked peer; `Gone` for a tombstone.
pub(crate) fn live_post(tx: &mut Tx<'_>, id: PostId) -> Outcome<row::Post> {
    let post = store::discussion::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if store::peer::rule::standing(tx.db, post.peer_id)? == Standing::Blocked {
        return Err(Error::not_found("post"));
    }
    if post.deleted_at.is_some() {
        return Err(model::Refusal::Gone("post").into());
    }
    Ok(post)
}

/// Returns whether somebody may moderate in the community a post is in: one of its moderators, a
/// peer's community itself, or the actor of an activity that such a community announced.
///
/// # Errors
/// Faults only.
pub fn can_moderate(db: &mut Db, who: ActorId, post: &row::Post, origin: &Origin) -> Outcome<bool> {
    let Some(community) = post.community_id else {
        return Ok(false);
    };
    if community::moderates(db, who, community)? {
        return Ok(true);
    }
    let announced = matches!(
        origin,
        Origin::Remote { via: Via::Announced, announcer: Some(group), .. } if *group == community
    );
    if !announced && who != community {
        return Ok(false);
    }
    let group = store::actor::by_id(db, community)?;
    Ok(group.is_some_and(|group| group.peer_id.is_some()))
}

/// What a peer did in a community of ours is announced by it, bytes unchanged.
fn relay(
    tx: &mut Tx<'_>,
    origin: &Origin,
    community: Option<ActorId>,
    thread: PostId,
    new_thread: Option<PostId>,
) -> Outcome<()> {
    let (
        Origin::Remote {
            activity: Some(activity),
            ..
        },
        true,
        Some(community),
    ) = (origin, origin.is_news(), community)
    else {
        return Ok(());
    };
    if store::actor::is_ours(tx.db, community)? {
        tx.record(Fact::PeerActed {
            relay: Relay {
                community,
                thread,
                activity: activity.clone(),
            },
            new_thread,
        });
    }
    Ok(())
}

/// The same for what only those elsewhere who follow the community need to hear: a vote, a
/// correction. Where there are none, nothing is left to do.
fn relay_afar(
    tx: &mut Tx<'_>,
    origin: &Origin,
    community: Option<ActorId>,
    thread: PostId,
) -> Outcome<()> {
    match community.filter(|_| origin.is_remote()) {
        Some(group) if store::follow::is_followed_afar(tx.db, group)? => {
            relay(tx, origin, community, thread, None)
        }
        Some(_) | None => Ok(()),
    }
}

/// The same for a reply. Where nobody elsewhere follows the community, its announcement needs no
/// job: it stands in the outbox at once, if it was rendered before.
fn relay_reply(tx: &mut Tx<'_>, origin: &Origin, reply: &row::Post) -> Outcome<()> {
    if let Some(community) = reply.community_id
        && let Some(mut announcement) = tx.take_offer()
        && announcement.actor_id == community
        && origin.is_news()
        && !store::follow::is_followed_afar(tx.db, community)?
    {
        announcement.once_key = format!("post {} {}", reply.id, announcement.once_key);
        store::queue::activity::freeze(tx.db, &announcement)?;
        return Ok(());
    }
    relay(tx, origin, reply.community_id, reply.root_id, None)
}

/// Somebody here has seen a thread up to the post `seen`, which was its newest when it was shown:
/// a reply that came since stays unread.
///
/// # Errors
/// `NotFound`.
pub fn mark_read(tx: &mut Tx<'_>, who: ActorId, thread: PostId, seen: PostId) -> Outcome<()> {
    let post = store::discussion::by_id(tx.db, thread)?.ok_or(Error::not_found("post"))?;
    let newest = store::discussion::newest_in(tx.db, post.root_id)?;
    store::discussion::mark_read(tx.db, who, post.root_id, seen.min(newest))?;
    Ok(())
}
