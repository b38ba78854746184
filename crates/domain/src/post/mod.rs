//! Posts: what every kind of content shares. Publishing, editing, removing, restoring, reacting,
//! sharing, and what is announced of it. What only one kind does is in its own module (`discussion`).

mod answer;
mod draft;
mod edit;
mod erase;
mod picture;
mod place;
mod publish;
mod rate_limit;
mod react;
mod recount;
mod relay;
mod remove;
mod restore;
#[cfg(test)]
mod tests;

pub use answer::{accept, accept_as_marked, unaccept};
pub use draft::{Draft, Wording, once};
pub(crate) use edit::{Edited, apply_edit};
pub use edit::{edit, is_older};
pub use erase::{at_address, erase, is_erased};
pub use picture::{KeptPicture, NewPicture, Pictures};
pub use place::{announced, unshare, withdraw};
pub(crate) use publish::{NewPost, known, publish, tell_of_released};
pub(crate) use rate_limit::require_edit;
pub use rate_limit::require_edit_left;
pub use react::{like, unlike};
pub use recount::{Recount, recount};
pub(crate) use relay::{has_followers_elsewhere, to_followers_elsewhere};
pub(crate) use remove::remove_for;
pub use remove::{remove, remove_unseen};
pub(crate) use restore::put_back;
pub use restore::{reinstate, restore, restore_unseen};

use crate::{Error, Outcome, Tx};
use model::{ActorId, PostId};

/// Records that somebody has read several threads, each up to a post, see [`mark_read`].
///
/// # Errors
/// `NotFound`, also where they may not see one of the threads.
pub fn mark_all_read(tx: &mut Tx<'_>, who: ActorId, threads: &[(PostId, PostId)]) -> Outcome<()> {
    let mut threads = threads.iter();
    threads.try_for_each(|(thread, seen)| mark_read(tx, who, *thread, *seen))
}

/// Records how far somebody has read a thread: up to `seen`. A reply that came later stays unread; the
/// notices about those before it are seen.
///
/// # Errors
/// `NotFound`, also where they may not see the thread.
pub fn mark_read(tx: &mut Tx<'_>, who: ActorId, thread: PostId, seen: PostId) -> Outcome<()> {
    let reader = tx.reader(who);
    let post = store::post::by_id(tx.db, reader, thread)?.ok_or(Error::not_found("post"))?;
    let newest = store::raw::post::newest_in(tx.db, post.root_id)?;
    let seen = seen.min(newest);
    store::post::mark_read(tx.db, who, post.root_id, seen)?;
    store::notice::see_thread(tx.db, who, post.root_id, seen)?;
    Ok(())
}
