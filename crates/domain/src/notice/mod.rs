//! Notices: telling local people what concerns them.

use crate::{Outcome, Tx};
use model::notice::NoticeKind;
use model::peer::policy::Standing;
use model::{ActorId, NoticeId, PostId};
use store::row;

/// What a notice is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About {
    /// Who is told.
    You,
    /// A post.
    Post(PostId),
    /// A community they look after.
    Community(ActorId),
}

/// Tells a local person; remote actors and oneself are not told, and nobody of a stranger on a
/// server that is silenced, or of anybody on one that is blocked.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    who: ActorId,
    kind: NoticeKind,
    from: ActorId,
    about: About,
) -> Outcome<()> {
    if who == from || store::account::by_id(tx.db, who)?.is_none() || !is_heard(tx, who, from)? {
        return Ok(());
    }
    let row = row::Notice {
        id: tx.id::<NoticeId>(),
        actor_id: who,
        kind,
        from_id: from,
        post_id: match about {
            About::Post(post) => Some(post),
            About::You | About::Community(_) => None,
        },
        community_id: match about {
            About::Community(community) => Some(community),
            About::You | About::Post(_) => None,
        },
        created_at: tx.now,
    };
    store::notice::insert(tx.db, &row)?;
    Ok(())
}

/// Whether somebody here is told what this one does.
fn is_heard(tx: &mut Tx<'_>, who: ActorId, from: ActorId) -> Outcome<bool> {
    if tx.policy().rules.is_empty() {
        return Ok(true);
    }
    let peer = store::actor::by_id(tx.db, from)?.and_then(|from| from.peer_id);
    Ok(match store::peer::rule::standing(tx.db, peer)? {
        Standing::Open => true,
        Standing::Blocked => false,
        Standing::Silenced => store::follow::between(tx.db, who, from)?.is_some(),
    })
}

/// Notices up to this one were seen.
///
/// # Errors
/// Faults only.
pub fn see(tx: &mut Tx<'_>, who: ActorId, seen: NoticeId) -> Outcome<()> {
    store::account::set_notices_seen(tx.db, who, seen)?;
    Ok(())
}
