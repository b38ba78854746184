//! Notices: writes those that the listener derives from facts, and marks them as seen.

use crate::listeners::notices::{About, NewNotice};
use crate::{Outcome, Tx};
use model::peer::policy::PeerStanding;
use model::{ActorId, NoticeId};
use store::row;

/// Writes a notice, unless its recipient is remote, caused it themselves, or is not notified
/// of this actor because of a rule about its peer.
pub(crate) fn write(tx: &mut Tx<'_>, new: &NewNotice) -> Outcome<()> {
    if new.to == new.from
        || !store::account::exists(tx.db, new.to)?
        || !is_notified(tx, new.to, new.from)?
    {
        return Ok(());
    }
    let row = row::Notice {
        id: tx.id::<NoticeId>(),
        actor_id: new.to,
        kind: new.kind,
        from_id: new.from,
        post_id: match new.about {
            About::Post(post) => Some(post),
            About::Recipient | About::Community(_) => None,
        },
        community_id: match new.about {
            About::Community(community) => Some(community),
            About::Recipient | About::Post(_) => None,
        },
        created_at: tx.now,
    };
    store::notice::insert(tx.db, &row)?;
    Ok(())
}

/// Whether `to` is notified of `from`: never of actors of a blocked peer, and only followers of those
/// of a silenced one.
fn is_notified(tx: &mut Tx<'_>, to: ActorId, from: ActorId) -> Outcome<bool> {
    if tx.policy().rules.is_empty() {
        return Ok(true);
    }
    let peer = store::raw::actor::by_id(tx.db, from)?.and_then(|from| from.peer_id);
    Ok(match store::peer::rule::stored_standing(tx.db, peer)? {
        PeerStanding::Open => true,
        PeerStanding::Blocked => false,
        PeerStanding::Silenced => store::follow::between(tx.db, to, from)?.is_some(),
    })
}

/// Marks a person's notices up to this one as seen.
///
/// # Errors
/// Faults only.
pub fn see(tx: &mut Tx<'_>, who: ActorId, seen: NoticeId) -> Outcome<()> {
    store::account::set_notices_seen(tx.db, who, seen)?;
    Ok(())
}
