//! Whether what came from another server may be read: nobody reads what is blocked, and guests read
//! of what is silenced only what stands in a community of ours.

use domain::{Error, Outcome};
use model::peer::policy::Standing;
use model::{ActorId, ActorState, PeerId};
use store::Db;
use store::row::{Actor, Post};

/// Something of a peer's that is asked for by name: `what` it is.
///
/// # Errors
/// `NotFound` where the reader may not see it.
pub fn check(
    db: &mut Db,
    reader: Option<ActorId>,
    peer: Option<PeerId>,
    what: &'static str,
) -> Outcome<()> {
    match (store::peer::rule::standing(db, peer)?, reader) {
        (Standing::Open, _) | (Standing::Silenced, Some(_)) => Ok(()),
        (Standing::Silenced, None) | (Standing::Blocked, _) => Err(Error::not_found(what)),
    }
}

/// Where an actor has moved to, where it may be shown.
///
/// # Errors
/// Faults.
pub fn moved_to(db: &mut Db, reader: Option<ActorId>, row: &Actor) -> Outcome<Option<Actor>> {
    let Some(to) = row.moved_to else {
        return Ok(None);
    };
    let to = store::actor::by_id(db, to)?.filter(|to| to.state == ActorState::Active);
    Ok(to.filter(|to| check(db, reader, to.peer_id, "actor").is_ok()))
}

/// A post that is asked for by name. In a community of ours silenced authors are read like others.
///
/// # Errors
/// `NotFound` where the reader may not see it.
pub fn check_post(db: &mut Db, reader: Option<ActorId>, post: &Post) -> Outcome<()> {
    let place = match post.community_id {
        Some(id) => store::actor::by_id(db, id)?,
        None => None,
    };
    let ours = place.as_ref().is_some_and(|place| place.peer_id.is_none());
    let everybody = Some(post.author_id);
    check(
        db,
        if ours { everybody } else { reader },
        post.peer_id,
        "post",
    )?;
    check(db, reader, place.and_then(|place| place.peer_id), "post")
}
