//! Discussions: threads, replies, edits, tombstones, likes. One verb each for people here and for
//! peers; what differs is the origin.

mod delete;
mod edit;
mod like;
mod publish;
#[cfg(test)]
mod tests;

pub use delete::{bury_unseen, delete};
pub use edit::edit;
pub use like::{like, unlike};
pub use publish::{Draft, SecondText, publish_reply as reply, publish_thread as start};

use crate::{Error, Outcome, Tx};
use model::fact::Relay;
use model::{ActorId, Fact, Origin, PostId};
use store::row;

/// A post that is there.
///
/// # Errors
/// `NotFound`, `Gone` for a tombstone.
pub(crate) fn standing(tx: &mut Tx<'_>, id: PostId) -> Outcome<row::Post> {
    let post = store::discussion::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if post.deleted_at.is_some() {
        return Err(model::Refusal::Gone("post").into());
    }
    Ok(post)
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
    let ours = store::actor::by_id(tx.db, community)?.is_some_and(|c| c.peer_id.is_none());
    if ours {
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
