//! Communities as their pages show them.

use domain::{Error, Outcome};
use model::{ActorId, FollowId, MemberRole};
use store::Db;
use store::community::Place;
use store::row::{Actor, Follow};

/// A community with what its head shows.
#[derive(Debug, Clone)]
pub struct CommunityView {
    /// The community and its actor.
    pub place: Place,
    /// The reader's follow.
    pub follow: Option<Follow>,
    /// The reader's part.
    pub role: Option<MemberRole>,
    /// Facilitators and moderators, longest-serving first.
    pub facilitators: Vec<Actor>,
    /// On how many other servers it is followed.
    pub peers: i64,
}

/// A community by address; `host` is empty for ours.
///
/// # Errors
/// `NotFound`.
pub fn by_address(
    db: &mut Db,
    reader: Option<ActorId>,
    handle: &str,
    host: &str,
) -> Outcome<CommunityView> {
    let place =
        store::community::by_address(db, handle, host)?.ok_or(Error::not_found("community"))?;
    super::peer::check(db, reader, place.1.peer_id, "community")?;
    view(db, reader, place)
}

/// A community with what its head shows.
///
/// # Errors
/// Faults.
pub fn view(db: &mut Db, reader: Option<ActorId>, place: Place) -> Outcome<CommunityView> {
    let id = place.1.id;
    let (follow, role) = match reader {
        Some(reader) => (
            store::follow::between(db, reader, id)?,
            store::community::role(db, id, reader)?,
        ),
        None => (None, None),
    };
    let carers = [MemberRole::Facilitator, MemberRole::Moderator];
    let facilitators = store::community::members(db, id, &carers, 12)?
        .into_iter()
        .map(|(_, actor)| actor)
        .collect();
    Ok(CommunityView {
        peers: store::follow::follower_peers(db, id)?,
        place,
        follow,
        role,
        facilitators,
    })
}

/// Those who follow a community, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn followers(
    db: &mut Db,
    id: ActorId,
    before: FollowId,
    limit: i64,
) -> Outcome<Vec<(Follow, Actor)>> {
    Ok(store::follow::followers(db, id, before, limit)?)
}
