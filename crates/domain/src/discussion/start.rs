//! Starting a thread.

use crate::access::PlaceAccess;
use crate::post::{Draft, NewPost, known, publish};
use crate::{Outcome, Tx, access, actor, poll};
use model::access::{Action, Denied};
use model::{ActorId, Origin, PostId, PostKind};

/// Starts a thread in a community, or (a peer's post that somebody here follows) in none. A post
/// that is here already, by its ActivityPub id or the form it was sent with, is answered as it is.
///
/// # Errors
/// `Invalid` with the fields at fault, `NotFound`, `NotAllowed(ActiveAccount | Banned | Facilitator)`.
pub fn start(
    tx: &mut Tx<'_>,
    author: ActorId,
    community: Option<ActorId>,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<PostId> {
    let target = community.map_or(0, |community| community.0);
    if let Some(known) = known(tx, author, target, draft, origin)? {
        return Ok(known);
    }
    actor::active(tx, author)?;
    if *origin == Origin::Local {
        draft.check(true)?;
        if draft.kind == PostKind::Poll {
            poll::check_new(tx, draft.details.as_ref())?;
        }
    }
    let mut held = false;
    let (place, by_moderator, kind) = match community {
        Some(community) => {
            actor::active(tx, community)?;
            let (space, access) = match draft.space {
                Some(space) if *origin == Origin::Local => {
                    let at = (community, space);
                    let found = access::require_in_space(tx, author, Action::Post, at)?;
                    (space, found.1)
                }
                Some(_) | None => access::require_in(tx, author, Action::Post, community)?,
            };
            let kind = kind_in(&access, draft.kind, origin)?;
            held = access.waits(tx.db, community)?;
            (Some((space, community)), access.is_moderator(), kind)
        }
        None => (None, false, downgraded(draft.kind)),
    };
    publish(
        tx,
        &NewPost {
            author,
            place,
            by_moderator,
            held,
            parent: None,
            kind,
            draft,
            origin,
        },
    )
}

/// The kind of a thread in a community. An announcement that a peer sends of somebody who may not make one
/// is a discussion.
fn kind_in(access: &PlaceAccess, kind: PostKind, origin: &Origin) -> Outcome<PostKind> {
    if kind != PostKind::Announcement {
        return Ok(kind);
    }
    match (access.may(Action::Announce), origin) {
        (Ok(()), _) => Ok(kind),
        (Err(_), Origin::Remote { .. }) => Ok(PostKind::Discussion),
        (Err(denied @ (Denied::Hidden | Denied::Gone | Denied::Rule(_))), Origin::Local) => {
            Err(denied.refusal("community").into())
        }
    }
}

/// What is in no community is no announcement of one.
fn downgraded(kind: PostKind) -> PostKind {
    match kind {
        PostKind::Announcement => PostKind::Discussion,
        other => other,
    }
}
