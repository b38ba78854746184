//! Somebody has moved to another address (FEP-7628): whoever follows them here follows them there.

use super::{follow, unfollow};
use crate::notice::About;
use crate::{Error, Outcome, Tx, actor, notice};
use model::ActorId;
use model::notice::NoticeKind;
use model::refusal::Rule;

/// Follows moved in one transaction.
const CHUNK: i64 = 200;

/// A peer's actor has moved, as both its addresses say: its followers here ask to follow the new
/// one, no longer follow the old one, and are told; at most 200 of them at a time. Answers whether
/// some are left, for another call.
///
/// # Errors
/// `NotFound`, `NotAllowed(ActiveAccount)` where the new one is gone, `NotAllowed(NotOurs)` for one
/// of ours, which does not move by a peer's word, `NotAllowed(Oneself)`.
pub fn moved(tx: &mut Tx<'_>, old: ActorId, new: ActorId) -> Outcome<bool> {
    if old == new {
        return Err(Error::not_allowed(Rule::Oneself));
    }
    if actor::get(tx, old)?.peer_id.is_none() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    actor::active(tx, new)?;
    store::actor::set_moved_to(tx.db, old, new)?;
    let followers = store::follow::local_followers(tx.db, old, CHUNK)?;
    for who in &followers {
        // Somebody who follows their own former address stops doing so.
        if *who != new {
            follow(tx, *who, new)?;
            notice::tell(tx, *who, NoticeKind::Moved, new, About::You)?;
        }
        unfollow(tx, *who, old)?;
    }
    Ok(i64::try_from(followers.len()).unwrap_or(0) == CHUNK)
}
