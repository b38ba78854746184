//! Communities, as their pages and lists show them.

pub mod space;

use crate::row::{
    Actor, CommunityContact, CommunityWithActor, Follow, FollowedCommunity, Milestone, Peer,
};
use domain::access::{Location, PlaceAccess};
use domain::{Error, Outcome};
use model::access::{Action, Reader};
use model::membership::JoinState;
use model::{ActorId, FollowId, MemberRole};
use store::Db;
pub use store::community::Narrow;

/// What the reader may do in a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommunityAllowed {
    /// Start a thread.
    pub post: bool,
    /// Start an announcement.
    pub announce: bool,
    /// Moderate what others wrote.
    pub moderate: bool,
    /// Change what the community says of itself.
    pub manage: bool,
    /// Join, or ask to.
    pub join: bool,
}

impl CommunityAllowed {
    /// What somebody may do in the open space of a community.
    fn of(access: &PlaceAccess) -> Self {
        let may = |action| access.may(action).is_ok();
        Self {
            post: may(Action::Post),
            announce: may(Action::Announce),
            moderate: may(Action::Moderate),
            manage: may(Action::Manage),
            join: may(Action::Join),
        }
    }
}

/// Whether a follow was accepted.
fn accepted(follow: Option<&Follow>) -> bool {
    follow.is_some_and(|follow| follow.accepted)
}

/// A community with what its head shows.
#[derive(Debug, Clone)]
pub struct CommunityView {
    pub place: CommunityWithActor,
    /// The reader's follow.
    pub follow: Option<Follow>,
    /// The reader's role.
    pub role: Option<MemberRole>,
    pub allowed: CommunityAllowed,
    /// How the reader stands in its common space.
    pub(crate) access: PlaceAccess,
    /// What became of the reader's newest request to join, where they are no member.
    pub request: Option<JoinState>,
    /// How many requests wait for the reader, who facilitates it.
    pub waiting: i64,
    /// How many posts wait for the reader, who moderates it; `None` for others, and elsewhere.
    pub to_moderate: Option<i64>,
    /// Whether the reader is told who its members are.
    pub names_members: bool,
    /// Whether the reader is told who follows it; everybody is told how many do.
    pub names_followers: bool,
    /// Facilitators and moderators, longest-serving first; empty where only the head was asked for.
    pub facilitators: Vec<Actor>,
    /// How many organizations its followers are from, ours included; 0 where only the head was asked for.
    pub organizations: i64,
    /// The server it is of, where that is not ours.
    pub peer: Option<Peer>,
    /// Where it has moved to.
    pub moved: Option<CommunityWithActor>,
}

/// How much of a community a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What the head shows and no more: the page most often read need not know who facilitates.
    Head,
    /// Who facilitates, and where it is followed, as well.
    Full,
}

/// A community by address, without what its pages show; `host` is empty for ours.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn find(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<CommunityWithActor> {
    let place = store::community::by_address(db, reader, handle, host)?
        .ok_or(Error::not_found("community"))?;
    crate::actor::require_shown(&place.actor, "community")?;
    Ok(place)
}

/// A community by address, with what a page shows of it.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn view(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
    detail: Detail,
) -> Outcome<CommunityView> {
    let place = find(db, reader, handle, host)?;
    let id = place.id();
    let access = access(db, reader, id)?;
    let peer = match place.actor.peer_id {
        Some(peer) => store::peer::by_id(db, peer)?,
        None => None,
    };
    let moved = match crate::actor::moved_to(db, reader, &place.actor)? {
        Some(to) => store::raw::community::by_id(db, to.id)?,
        None => None,
    };
    let (facilitators, organizations) = match detail {
        Detail::Head => (Vec::new(), 0),
        Detail::Full => (
            facilitators(db, reader, id)?,
            store::follow::follower_organizations(db, id)?,
        ),
    };
    let follow = crate::actor::follow_of(db, reader, id)?;
    let allowed = CommunityAllowed::of(&access);
    let request = match reader.viewer.person() {
        Some(who) if allowed.join && access.role().is_none() => {
            store::membership::of_actor(db, id, who)?.map(|row| row.state)
        }
        Some(_) | None => None,
    };
    let waiting = match allowed.manage {
        true => store::membership::count_waiting(db, id)?,
        false => 0,
    };
    let to_moderate = match access.may(Action::KeepOrder) {
        Ok(()) => Some(crate::moderation::count_waiting(db, reader, id)?),
        Err(_) => None,
    };
    Ok(CommunityView {
        to_moderate,
        request,
        waiting,
        names_members: access.names_members().is_ok(),
        role: access.role(),
        names_followers: access.names_followers(accepted(follow.as_ref())).is_ok(),
        allowed,
        access,
        follow,
        place,
        facilitators,
        organizations,
        peer,
        moved,
    })
}

/// What the reader may do in a community.
///
/// # Errors
/// `NotFound`.
pub fn allowed(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<CommunityAllowed> {
    Ok(CommunityAllowed::of(&access(db, reader, id)?))
}

/// Checks that the reader may start a thread in a community; returns what they may do there.
///
/// # Errors
/// `NotFound`, `NotAllowed(Banned | ActiveAccount | SignedIn)`.
pub fn require_post(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<CommunityAllowed> {
    let access = access(db, reader, id)?;
    match access.may(Action::Post) {
        Ok(()) => Ok(CommunityAllowed::of(&access)),
        Err(denied) => Err(denied.refusal("community").into()),
    }
}

/// Checks that the reader may change the description of a community.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn require_manage(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<()> {
    access(db, reader, id)?
        .may(Action::Manage)
        .map_err(|denied| denied.refusal("community").into())
}

/// Checks that the reader is told who the members of a community are.
///
/// # Errors
/// `NotFound`, `NotAllowed(Member | ActiveAccount | SignedIn)`.
pub fn require_member(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<()> {
    access(db, reader, id)?
        .names_members()
        .map_err(|denied| denied.refusal("community").into())
}

pub(crate) fn access(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<PlaceAccess> {
    let space = store::space::open_of(db, id)?.ok_or(Error::not_found("community"))?;
    let location = Location {
        space: Some(space),
        thread: None,
    };
    PlaceAccess::load(db, reader, location)
}

/// Facilitators and moderators, longest-serving first, at most twelve.
fn facilitators(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<Vec<Actor>> {
    let roles = [MemberRole::Facilitator, MemberRole::Moderator];
    let rows = store::community::members(db, reader, id, &roles, 12)?;
    let actors = rows.into_iter().map(|(_, actor)| actor).collect();
    crate::actor::all_as_shown(db, reader, actors)
}

/// Who founded a community.
///
/// # Errors
/// Faults.
pub fn founder(db: &mut Db, reader: Reader, place: &CommunityWithActor) -> Outcome<Option<Actor>> {
    match place.community.founded_by {
        Some(id) => {
            let found = store::actor::by_id(db, reader, id)?;
            let shown = crate::actor::all_as_shown(db, reader, found.into_iter().collect())?;
            Ok(shown.into_iter().next())
        }
        None => Ok(None),
    }
}

/// Returns local or remote communities, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn list(
    db: &mut Db,
    reader: Reader,
    local: bool,
    narrow: Narrow,
    before: ActorId,
    limit: i64,
) -> Outcome<Vec<CommunityWithActor>> {
    Ok(store::community::list(
        db, reader, local, narrow, before, limit,
    )?)
}

/// Whom visitors of a community can write to, in order. Their addresses are for facilitators alone.
///
/// # Errors
/// Faults.
pub fn contacts(db: &mut Db, place: &CommunityWithActor) -> Outcome<Vec<CommunityContact>> {
    Ok(store::community::contact::of_community(db, place.id())?)
}

/// Most of a timeline that is shown.
const TIMELINE: i64 = 300;

/// What has happened to a community of ours that the reader sees, the latest day first.
///
/// # Errors
/// Faults.
pub fn timeline(db: &mut Db, place: &CommunityWithActor) -> Outcome<Vec<Milestone>> {
    Ok(store::community::milestone::of_community(
        db,
        place.id(),
        TIMELINE,
    )?)
}

/// The communities of the navigation with all that a list shows of them, in the same order.
///
/// # Errors
/// Faults.
pub fn followed(db: &mut Db, followed: &[FollowedCommunity]) -> Outcome<Vec<CommunityWithActor>> {
    let ids: Vec<ActorId> = followed.iter().map(|one| one.id).collect();
    let mut rows = store::raw::community::by_ids(db, &ids)?;
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

/// Communities of ours without a facilitator who can act, oldest first, at most 200.
///
/// # Errors
/// Faults.
pub fn without_facilitator(db: &mut Db) -> Outcome<Vec<CommunityWithActor>> {
    Ok(store::community::without_facilitator(db, 200)?)
}

/// How many communities are ours.
///
/// # Errors
/// Faults.
pub fn count_local(db: &mut Db) -> Outcome<i64> {
    Ok(store::community::count_local(db)?)
}

/// Those who follow a community, newest first, below the cursor.
///
/// # Errors
/// `NotFound`, `NotAllowed(Follower | ActiveAccount | SignedIn)`.
pub fn followers(
    db: &mut Db,
    reader: Reader,
    id: ActorId,
    before: FollowId,
    limit: i64,
) -> Outcome<Vec<(Follow, Actor)>> {
    let follow = crate::actor::follow_of(db, reader, id)?;
    access(db, reader, id)?
        .names_followers(accepted(follow.as_ref()))
        .map_err(|denied| denied.refusal("community"))?;
    let rows = store::follow::followers(db, reader, id, before, limit)?;
    crate::actor::pairs_as_shown(db, reader, rows)
}
