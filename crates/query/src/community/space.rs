//! The spaces of a community that the reader may see.

use super::{CommunityView, access, find};
use crate::row::{Actor, CommunityWithActor, Space};
use domain::access::PlaceAccess;
use domain::{Error, Outcome};
use model::access::{Action, Reader, SpaceAccess};
use model::limits::SPACE_MEMBERS_MAX;
use model::{ActorId, SpaceId};
use store::Db;

/// A space with what the reader may do there.
#[derive(Debug, Clone)]
pub struct SpaceView {
    pub space: Space,
    /// Begin a thread.
    pub post: bool,
    /// Change it.
    pub manage: bool,
}

impl SpaceView {
    /// Whether it is the one in which posts stand that name no other.
    #[must_use]
    pub fn is_common(&self) -> bool {
        self.space.name.is_empty()
    }

    fn of(space: Space, access: &PlaceAccess) -> Option<Self> {
        let may = |action| access.may(action).is_ok();
        may(Action::See).then(|| Self {
            post: may(Action::Post),
            manage: may(Action::Manage),
            space,
        })
    }
}

/// The spaces of a community that the reader sees, the common one first.
///
/// # Errors
/// `NotFound`.
pub fn list(db: &mut Db, reader: Reader, community: ActorId) -> Outcome<Vec<SpaceView>> {
    let common = access(db, reader, community)?;
    seen(db, reader, community, &common)
}

/// The spaces of a community that was read before, which the reader sees, the common one first.
///
/// # Errors
/// Faults.
pub fn of_view(db: &mut Db, reader: Reader, view: &CommunityView) -> Outcome<Vec<SpaceView>> {
    seen(db, reader, view.place.id(), &view.access)
}

fn seen(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    common: &PlaceAccess,
) -> Outcome<Vec<SpaceView>> {
    let who = reader.viewer.person().unwrap_or_default();
    let all = store::space::of_community(db, community, who)?;
    let seen = all.into_iter().filter_map(|(space, is_member)| {
        let there = common.in_other_space(&space, is_member);
        SpaceView::of(space, &there)
    });
    Ok(seen.collect())
}

/// The space of a thread, where it is another than the common one. The reader sees the thread.
///
/// # Errors
/// Faults.
pub fn of_thread(db: &mut Db, space: Option<SpaceId>) -> Outcome<Option<Space>> {
    let row = match space {
        Some(id) => store::space::by_id(db, id)?,
        None => None,
    };
    Ok(row.filter(|row| !row.name.is_empty()))
}

/// The spaces of a community that the reader facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn managed(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> Outcome<(CommunityWithActor, Vec<SpaceView>)> {
    let place = find(db, reader, handle, host)?;
    super::require_manage(db, reader, place.id())?;
    let mut spaces = list(db, reader, place.id())?;
    spaces.retain(|view| !view.is_common());
    Ok((place, spaces))
}

/// A space that the reader may change, and who is in it, where it is private.
#[derive(Debug, Clone)]
pub struct ManagedSpace {
    pub place: CommunityWithActor,
    pub space: Space,
    pub members: Vec<Actor>,
}

/// A space of a community that the reader facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn one(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    id: SpaceId,
) -> Outcome<ManagedSpace> {
    let (place, spaces) = managed(db, reader, handle, host)?;
    let found = spaces.into_iter().find(|view| view.space.id == id);
    let space = found.ok_or(Error::not_found("space"))?.space;
    let members = match space.access {
        SpaceAccess::Private => store::space::members(db, id, SPACE_MEMBERS_MAX)?,
        SpaceAccess::Open | SpaceAccess::Members => Vec::new(),
    };
    Ok(ManagedSpace {
        place,
        space,
        members,
    })
}
