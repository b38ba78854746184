//! Notices: telling local people what concerns them.

use crate::{Outcome, Tx};
use model::notice::NoticeKind;
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

/// Tells a local person; remote actors and oneself are not told.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    who: ActorId,
    kind: NoticeKind,
    from: ActorId,
    about: About,
) -> Outcome<()> {
    if who == from || store::account::by_id(tx.db, who)?.is_none() {
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

/// Notices up to this one were seen.
///
/// # Errors
/// Faults only.
pub fn see(tx: &mut Tx<'_>, who: ActorId, seen: NoticeId) -> Outcome<()> {
    store::account::set_notices_seen(tx.db, who, seen)?;
    Ok(())
}
