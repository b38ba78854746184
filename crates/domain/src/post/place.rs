//! Where a post stands, and where else it is shown.

use crate::{Error, Outcome, Tx};
use model::{ActorId, PostId, PostState};
use store::row;

/// A community has announced a thread that stood in none: it stands there from now on, with its
/// replies. One that has its place keeps it, as does a reply. Returns whether it moved.
///
/// # Errors
/// `NotFound`.
pub fn adopt(tx: &mut Tx<'_>, thread: PostId, community: ActorId) -> Outcome<bool> {
    let post = store::raw::post::by_id(tx.db, thread)?.ok_or(Error::not_found("post"))?;
    if post.community_id.is_some() || post.parent_id.is_some() || post.state == PostState::Tombstone
    {
        return Ok(false);
    }
    let space = store::space::open_of(tx.db, community)?.ok_or(Error::not_found("community"))?;
    store::post::set_space(tx.db, thread, space, community)?;
    store::actor::add_posts(tx.db, community, 1)?;
    Ok(true)
}

/// Shows a thread in another community than its own, which announced it. Moderation stays with the
/// owning community. Sharing it again does nothing.
///
/// # Errors
/// `NotFound`.
pub fn share(
    tx: &mut Tx<'_>,
    thread: PostId,
    community: ActorId,
    announce_id: &str,
) -> Outcome<()> {
    let post = store::raw::post::by_id(tx.db, thread)?.ok_or(Error::not_found("post"))?;
    let shareable = post.parent_id.is_none()
        && post.state == PostState::Live
        && post.community_id.is_some_and(|owner| owner != community);
    if !shareable || store::raw::community::by_id(tx.db, community)?.is_none() {
        return Ok(());
    }
    let row = row::PostShare {
        community_id: community,
        post_id: thread,
        announce_id: announce_id.to_owned(),
        shared_by: community,
        shared_at: tx.now,
    };
    store::post::insert_share(tx.db, &row)?;
    Ok(())
}

/// A community takes back what it shared. Returns whether there was such a share.
///
/// # Errors
/// Faults only.
pub fn unshare(tx: &mut Tx<'_>, community: ActorId, announce_id: &str) -> Outcome<bool> {
    match store::post::share_by_announce(tx.db, announce_id)? {
        Some(share) if share.community_id == community => {
            Ok(store::post::delete_share(tx.db, community, share.post_id)?)
        }
        Some(_) | None => Ok(false),
    }
}
