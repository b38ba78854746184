//! A thread that stood outside of any community finds its place.

use crate::{Error, Outcome, Tx};
use model::{ActorId, PostId};

/// A community has announced a thread that stood outside of any: it stands there from now on, with
/// its replies. One that has its place keeps it, as does a reply. Answers whether it moved.
///
/// # Errors
/// `NotFound`.
pub fn adopt(tx: &mut Tx<'_>, thread: PostId, community: ActorId) -> Outcome<bool> {
    let post = store::discussion::by_id(tx.db, thread)?.ok_or(Error::not_found("post"))?;
    if post.community_id.is_some() || post.parent_id.is_some() || post.deleted_at.is_some() {
        return Ok(false);
    }
    store::discussion::set_community(tx.db, thread, community)?;
    store::actor::add_posts(tx.db, community, 1)?;
    Ok(true)
}
