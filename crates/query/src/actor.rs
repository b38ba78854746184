//! People and other actors, as their pages and lists show them.

use crate::organization::Affiliated;
use crate::row::{Actor, CommunityWithActor, Follow, Post, ProfileEntry};
use domain::{Error, Outcome};
use model::access::Reader;
use model::profile::PeopleFilter;
use model::{ActorId, ActorKind, ActorState, FollowId, PostId, Refusal, SeenBy};
use std::collections::{HashMap, HashSet};
use store::Db;

/// Posts on a person's page.
const POSTS: i64 = 10;
/// Communities on a person's page.
const FOLLOWED: i64 = 100;

/// A person's page.
#[derive(Debug, Clone)]
pub struct PersonView {
    pub actor: Actor,
    /// The reader's follow.
    pub follow: Option<Follow>,
    /// Their latest posts that the reader may see.
    pub posts: Vec<Post>,
    /// The threads those are in.
    pub roots: HashMap<PostId, Post>,
    /// The communities they follow, oldest follow first; empty where they do not show that to the
    /// reader.
    pub follows: Vec<CommunityWithActor>,
    /// The communities of the threads.
    pub places: HashMap<ActorId, CommunityWithActor>,
    /// Where they have moved to.
    pub moved: Option<Actor>,
    /// What others can look for, in its order; empty where the reader does not see their profile.
    pub entries: Vec<ProfileEntry>,
    /// Where they say they belong; empty where the reader does not see their profile.
    pub organizations: Vec<Affiliated>,
    /// The reader sees what they say of themselves.
    pub profile: bool,
}

/// Whether the page or document of an actor may be answered: the same for people and communities,
/// in every front end.
///
/// # Errors
/// `NotFound` while it waits for approval, `Gone` while it is suspended and once it is erased.
pub fn require_shown(actor: &Actor, what: &'static str) -> Outcome<()> {
    match actor.state {
        ActorState::Active => Ok(()),
        ActorState::Pending => Err(Error::not_found(what)),
        ActorState::Suspended | ActorState::Deleted => Err(Refusal::Gone(what).into()),
    }
}

/// A person, by address; `host` is empty for ours.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn person(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<Actor> {
    let actor = any(db, reader, handle, host)?;
    if actor.kind == ActorKind::Group {
        return Err(Error::not_found("actor"));
    }
    Ok(as_shown(db, reader, actor)?.0)
}

/// Those of some actors whose whole profile the reader sees.
fn with_profile(db: &mut Db, reader: Reader, actors: &[&Actor]) -> Outcome<HashSet<ActorId>> {
    let open =
        |actor: &&&Actor| actor.seen_by == SeenBy::Everyone || actor.kind == ActorKind::Group;
    let mut seen: HashSet<ActorId> = actors.iter().filter(open).map(|actor| actor.id).collect();
    let ids: Vec<ActorId> = actors.iter().map(|actor| actor.id).collect();
    let asked: Vec<ActorId> = ids.into_iter().filter(|id| !seen.contains(id)).collect();
    if !asked.is_empty() {
        seen.extend(store::actor::with_profile(db, reader, &asked)?);
    }
    Ok(seen)
}

/// Rows that each name an actor, with as much of the profiles as the reader sees.
pub(crate) fn pairs_as_shown<T>(
    db: &mut Db,
    reader: Reader,
    rows: Vec<(T, Actor)>,
) -> Outcome<Vec<(T, Actor)>> {
    let actors: Vec<&Actor> = rows.iter().map(|(_, actor)| actor).collect();
    let seen = with_profile(db, reader, &actors)?;
    let shown = rows
        .into_iter()
        .map(|(row, actor)| match seen.contains(&actor.id) {
            true => (row, actor),
            false => (row, actor.without_profile()),
        });
    Ok(shown.collect())
}

/// Actors with as much of their profiles as the reader sees.
pub(crate) fn all_as_shown(db: &mut Db, reader: Reader, rows: Vec<Actor>) -> Outcome<Vec<Actor>> {
    let rows = rows.into_iter().map(|actor| ((), actor)).collect();
    let shown = pairs_as_shown(db, reader, rows)?;
    Ok(shown.into_iter().map(|((), actor)| actor).collect())
}

/// An actor with as much of its profile as the reader sees, and whether that is all.
fn as_shown(db: &mut Db, reader: Reader, actor: Actor) -> Outcome<(Actor, bool)> {
    Ok(match with_profile(db, reader, &[&actor])?.is_empty() {
        false => (actor, true),
        true => (actor.without_profile(), false),
    })
}

/// What somebody says of themselves that others can look for, for a reader who sees their profile.
///
/// # Errors
/// Faults.
pub fn entries(db: &mut Db, reader: Reader, actor: &Actor) -> Outcome<Vec<ProfileEntry>> {
    match with_profile(db, reader, &[actor])?.is_empty() {
        false => Ok(store::actor::entries(db, actor.id)?),
        true => Ok(Vec::new()),
    }
}

/// A person or community, by address; `host` is empty for ours.
///
/// # Errors
/// `NotFound`, also for a server's own actor; `Gone`.
pub fn any(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<Actor> {
    let actor = store::actor::by_address(db, reader, handle, host)?
        .filter(|actor| actor.kind != ActorKind::Application)
        .ok_or(Error::not_found("actor"))?;
    require_shown(&actor, "actor")?;
    Ok(actor)
}

/// Somebody as people write them: with `!` a community, with `@` anybody else.
///
/// # Errors
/// Faults.
pub fn by_written(
    db: &mut Db,
    reader: Reader,
    sigil: Option<char>,
    handle: &str,
    host: &str,
) -> Outcome<Option<Actor>> {
    let found = store::actor::by_written(db, reader, sigil, handle, host)?;
    Ok(found.filter(|actor| actor.state != ActorState::Pending))
}

/// Somebody by address alone: Mastodon writes communities with `@` too.
///
/// # Errors
/// Faults.
pub fn by_address(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<Option<Actor>> {
    let found = store::actor::by_address(db, reader, handle, host)?;
    Ok(found.filter(|actor| actor.state != ActorState::Pending))
}

/// One actor, by its id.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn by_id(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<Actor> {
    let actor = store::actor::by_id(db, reader, id)?.ok_or(Error::not_found("actor"))?;
    require_shown(&actor, "actor")?;
    Ok(as_shown(db, reader, actor)?.0)
}

/// Where an actor has moved to, where the reader may see that.
///
/// # Errors
/// Faults.
pub fn moved_to(db: &mut Db, reader: Reader, actor: &Actor) -> Outcome<Option<Actor>> {
    let Some(to) = actor.moved_to else {
        return Ok(None);
    };
    let to = store::actor::by_id(db, reader, to)?;
    Ok(to.filter(|to| to.state == ActorState::Active))
}

/// A person's page; of a community, its actor alone.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn view(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<PersonView> {
    let (actor, profile) = {
        let actor = any(db, reader, handle, host)?;
        as_shown(db, reader, actor)?
    };
    let entries = match profile {
        true => store::actor::entries(db, actor.id)?,
        false => Vec::new(),
    };
    let organizations = match profile && actor.peer_id.is_none() {
        true => crate::organization::of(db, actor.id)?,
        false => Vec::new(),
    };
    let follow = follow_of(db, reader, actor.id)?;
    let posts = store::post::by_author(db, reader, actor.id, PostId(i64::MAX), POSTS)?;
    let roots: Vec<PostId> = posts.iter().map(|post| post.root_id).collect();
    let roots = store::post::by_ids(db, reader, &roots)?;
    let moved = moved_to(db, reader, &actor)?;
    let communities = roots.iter().chain(&posts).filter_map(|p| p.community_id);
    let places: Vec<ActorId> = communities.collect();
    Ok(PersonView {
        places: store::raw::community::by_ids(db, &places)?,
        roots: roots.into_iter().map(|root| (root.id, root)).collect(),
        follows: communities_of(db, reader, &actor)?.unwrap_or_default(),
        actor,
        follow,
        posts,
        moved,
        entries,
        organizations,
        profile,
    })
}

/// The communities somebody follows, oldest follow first, at most a hundred; `None` where they do not
/// show that to the reader.
///
/// # Errors
/// Faults.
pub fn communities_of(
    db: &mut Db,
    reader: Reader,
    actor: &Actor,
) -> Outcome<Option<Vec<CommunityWithActor>>> {
    if !actor.show_follows && reader.viewer.person() != Some(actor.id) {
        return Ok(None);
    }
    let rows = store::follow::following(db, reader, actor.id, FollowId(i64::MAX), FOLLOWED)?;
    let accepted = rows.iter().rev().filter(|(follow, _)| follow.accepted);
    let ids: Vec<ActorId> = accepted.map(|(_, target)| target.id).collect();
    let mut places = store::raw::community::by_ids(db, &ids)?;
    Ok(Some(
        ids.iter().filter_map(|id| places.remove(id)).collect(),
    ))
}

/// The reader's follow of an actor.
///
/// # Errors
/// Faults.
pub fn follow_of(db: &mut Db, reader: Reader, target: ActorId) -> Outcome<Option<Follow>> {
    match reader.viewer.person() {
        Some(me) => Ok(store::follow::between(db, me, target)?),
        None => Ok(None),
    }
}

/// Posts by one author, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn posts(
    db: &mut Db,
    reader: Reader,
    author: ActorId,
    before: PostId,
    limit: i64,
) -> Outcome<Vec<Post>> {
    Ok(store::post::by_author(db, reader, author, before, limit)?)
}

/// Local people whom the reader may find, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn local_people(
    db: &mut Db,
    reader: Reader,
    filter: &PeopleFilter,
    before: ActorId,
    limit: i64,
) -> Outcome<Vec<Actor>> {
    let rows = store::actor::local_people(db, reader, filter, before, limit)?;
    all_as_shown(db, reader, rows)
}

/// Whom somebody follows, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn following(
    db: &mut Db,
    reader: Reader,
    who: ActorId,
    before: FollowId,
    limit: i64,
) -> Outcome<Vec<(Follow, Actor)>> {
    let rows = store::follow::following(db, reader, who, before, limit)?;
    pairs_as_shown(db, reader, rows)
}
