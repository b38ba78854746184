//! Relaying: a local community announces remote activities in it, bytes unchanged.

use crate::{Outcome, Tx};
use model::fact::Relay;
use model::{Fact, Origin, PostId};
use store::row;

/// Announces a new thread, by its activity and by its id.
pub(super) fn thread(tx: &mut Tx<'_>, origin: &Origin, post: &row::Post) -> Outcome<()> {
    announce(tx, origin, post, Some(post.id))
}

/// Announces a change of a post.
pub(super) fn change(tx: &mut Tx<'_>, origin: &Origin, post: &row::Post) -> Outcome<()> {
    announce(tx, origin, post, None)
}

/// Announces what only followers on other servers need to hear, a like or a correction. Where there
/// are none, nothing is left to do.
pub(crate) fn to_followers_elsewhere(
    tx: &mut Tx<'_>,
    origin: &Origin,
    post: &row::Post,
) -> Outcome<()> {
    if has_followers_elsewhere(tx, origin, post)? {
        announce(tx, origin, post, None)?;
    }
    Ok(())
}

/// Whether followers on other servers of the post's community, which is ours, need to hear of what came from a peer.
pub(crate) fn has_followers_elsewhere(
    tx: &mut Tx<'_>,
    origin: &Origin,
    post: &row::Post,
) -> Outcome<bool> {
    match post
        .community_id
        .filter(|_| origin.is_remote() && origin.is_news())
    {
        Some(group) => Ok(store::raw::actor::is_ours(tx.db, group)?
            && store::follow::has_remote_followers(tx.db, group)?),
        None => Ok(false),
    }
}

/// Announces a reply. Where nobody on another server follows the community, its announcement needs
/// no job: it is put into the outbox at once, if it was rendered before.
pub(super) fn reply(tx: &mut Tx<'_>, origin: &Origin, reply: &row::Post) -> Outcome<()> {
    if let Some(community) = reply.community_id
        && let Some(mut announcement) = tx.take_announcement()
        && announcement.actor_id == community
        && origin.is_news()
        && !store::follow::has_remote_followers(tx.db, community)?
    {
        announcement.once_key = format!("post {} {}", reply.id, announcement.once_key);
        announcement.post_id = Some(reply.id);
        store::queue::activity::freeze(tx.db, &announcement)?;
        return Ok(());
    }
    announce(tx, origin, reply, None)
}

fn announce(
    tx: &mut Tx<'_>,
    origin: &Origin,
    post: &row::Post,
    new_thread: Option<PostId>,
) -> Outcome<()> {
    let (
        Origin::Remote {
            activity: Some(activity),
            ..
        },
        true,
        Some(community),
    ) = (origin, origin.is_news(), post.community_id)
    else {
        return Ok(());
    };
    if store::raw::actor::is_ours(tx.db, community)? {
        tx.record(Fact::PeerActed {
            relay: Relay {
                community,
                thread: post.root_id,
                activity: activity.clone(),
            },
            new_thread,
        });
    }
    Ok(())
}
