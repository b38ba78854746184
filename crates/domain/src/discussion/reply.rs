//! Replying.

use crate::post::{Draft, NewPost, known, publish};
use crate::{Error, Outcome, Tx, access, actor};
use model::access::Action;
use model::{ActorId, Origin, PostId, PostKind, Refusal};
use store::row;

/// Replies to a thread or to a reply. A post that is here already, by its ActivityPub id or the form it
/// was sent with, is answered as it is.
///
/// # Errors
/// `Gone` where the parent is a tombstone, `NotFound`, `Invalid`, `NotAllowed(ActiveAccount | Banned)`.
pub fn reply(
    tx: &mut Tx<'_>,
    author: ActorId,
    parent: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<PostId> {
    if let Some(known) = known(tx, author, parent.0, draft, origin)? {
        return Ok(known);
    }
    if *origin == Origin::Local {
        draft.check(false)?;
    }
    let (parent, by_moderator, held) = parent_of(tx, author, parent, origin)?;
    publish(
        tx,
        &NewPost {
            author,
            place: parent.space_id.zip(parent.community_id),
            by_moderator,
            held,
            parent: Some(&parent),
            kind: PostKind::Discussion,
            draft,
            origin,
        },
    )
}

/// The post that is replied to, whether the author moderates there, and whether what they write waits for a moderator. A
/// peer may not know yet that it was removed; its reply still belongs there.
fn parent_of(
    tx: &mut Tx<'_>,
    author: ActorId,
    parent: PostId,
    origin: &Origin,
) -> Outcome<(row::Post, bool, bool)> {
    match access::require_with_access(tx, author, Action::Reply, parent, origin) {
        Ok((post, access)) => {
            let held = match post.community_id {
                Some(community) => access.waits(tx.db, community)?,
                None => false,
            };
            Ok((post, access.is_moderator(), held))
        }
        Err(Error::Refused(Refusal::Gone(_))) if origin.is_remote() => {
            actor::active(tx, author)?;
            let post = store::raw::post::by_id(tx.db, parent)?.ok_or(Error::not_found("post"))?;
            Ok((post, false, false))
        }
        Err(other) => Err(other),
    }
}
