//! What somebody who moves an account or a community is shown.

use crate::actor::moved_to;
use crate::row::{Actor, CommunityWithActor};
use domain::{Error, Outcome};
use model::access::Reader;
use store::Db;

/// The other addresses of a local actor, and where it has moved to.
#[derive(Debug, Clone)]
pub struct MovingView {
    pub actor: Actor,
    /// What it says of itself, where it is a community.
    pub community: Option<CommunityWithActor>,
    pub others: Vec<Actor>,
    pub moved: Option<Actor>,
}

/// What the page about moving shows whoever speaks for a local actor: the person themselves, or a
/// facilitator of the community.
///
/// # Errors
/// `NotFound`, `NotAllowed`.
pub fn view(db: &mut Db, reader: Reader, handle: &str) -> Outcome<MovingView> {
    let actor =
        store::actor::by_address(db, reader, handle, "")?.ok_or(Error::not_found("actor"))?;
    let community = store::raw::community::by_id(db, actor.id)?;
    match &community {
        Some(place) => {
            crate::community::require_manage(db, reader, place.id())?;
        }
        None if reader.viewer.person() == Some(actor.id) => {}
        None => return Err(Error::not_allowed(model::refusal::Rule::Author)),
    }
    Ok(MovingView {
        community,
        others: store::actor::alias::of(db, actor.id)?,
        moved: moved_to(db, reader, &actor)?,
        actor,
    })
}
