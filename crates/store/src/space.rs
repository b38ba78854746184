//! Spaces: the parts of a community that differ in who may read them; their members, the guests of
//! single threads, and bans.

use crate::account::PersonStanding;
use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::{Actor, CommunityBan, PostGrant, Space, SpaceMember};
use crate::schema::{
    account, actor, community, community_ban, membership, post_grant, space, space_member,
};
use diesel::prelude::*;
use model::access::{SpaceAccess, SpacePosting};
use model::community::Stage;
use model::{ActorId, ActorState, LangText, MemberRole, PeerId, PostId, SpaceId, Time};

/// Inserts a space.
pub fn insert(db: &mut Db, row: &Space) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(space::table).values(row).execute(c))?;
    Ok(())
}

/// Finds a space by its id.
pub fn by_id(db: &mut Db, id: SpaceId) -> QueryResult<Option<Space>> {
    space::table
        .find(id)
        .select(Space::as_select())
        .first(db)
        .optional()
}

/// Those of some spaces that have a name: the others are the common ones of their communities.
pub fn named(db: &mut Db, ids: &[SpaceId]) -> QueryResult<Vec<Space>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    each!(db, c => space::table
        .filter(among(space::id, ids.iter().copied()))
        .filter(space::name.ne(LangText::default()))
        .select(Space::as_select())
        .load(c))
}

/// Returns the open space of a community, the default place of its posts.
pub fn open_of(db: &mut Db, community: ActorId) -> QueryResult<Option<SpaceId>> {
    each!(db, c => space::table
        .filter(space::community_id.eq(community))
        .filter(space::access.eq(SpaceAccess::Open))
        .order(space::id.asc())
        .select(space::id)
        .first(c)
        .optional())
}

/// Writes the name of a space, who begins threads in it, and whether it is closed.
pub fn update(db: &mut Db, row: &Space) -> QueryResult<()> {
    each!(db, c => diesel::update(space::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// The spaces of a community, whoever may read them, oldest first; each with whether somebody is a member of it.
pub fn of_community(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
) -> QueryResult<Vec<(Space, bool)>> {
    each!(db, c => space::table
        .left_join(space_member::table.on(space_member::space_id
            .eq(space::id)
            .and(space_member::actor_id.eq(who))))
        .filter(space::community_id.eq(community))
        .order(space::id.asc())
        .select((Space::as_select(), space_member::space_id.nullable().is_not_null()))
        .load(c))
}

/// The members of a private space, those who came first at the beginning.
pub fn members(db: &mut Db, id: SpaceId, limit: i64) -> QueryResult<Vec<Actor>> {
    each!(db, c => space_member::table
        .inner_join(actor::table.on(actor::id.eq(space_member::actor_id)))
        .filter(space_member::space_id.eq(id))
        .order((space_member::since.asc(), space_member::actor_id.asc()))
        .limit(limit)
        .select(Actor::as_select())
        .load(c))
}

/// Ends somebody's membership of a space.
pub fn remove_member(db: &mut Db, id: SpaceId, who: ActorId) -> QueryResult<()> {
    diesel::delete(space_member::table.find((id, who))).execute(db)?;
    Ok(())
}

/// Makes an actor a member of a space. Idempotent.
pub fn put_member(db: &mut Db, row: &SpaceMember) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(space_member::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Ends somebody's membership of the spaces of a community; what they were granted as a guest stays. A private space in which
/// nobody is left is closed: nobody could read or keep it.
pub fn remove_from_spaces(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
    now: Time,
) -> QueryResult<()> {
    let spaces: Vec<SpaceId> = each!(db, c => space::table
        .filter(space::community_id.eq(community))
        .select(space::id)
        .load(c))?;
    for id in spaces {
        let left = diesel::delete(space_member::table.find((id, who))).execute(db)?;
        if left > 0 && members(db, id, 1)?.is_empty() {
            let still_open = space::table.find(id).filter(space::closed_at.is_null());
            diesel::update(still_open)
                .set(space::closed_at.eq(Some(now)))
                .execute(db)?;
        }
    }
    Ok(())
}

/// Makes an actor a guest of a thread; replaces an earlier grant.
pub fn put_grant(db: &mut Db, row: &PostGrant) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(post_grant::table)
        .values(row)
        .on_conflict((post_grant::post_id, post_grant::actor_id))
        .do_update()
        .set(post_grant::until.eq(row.until))
        .execute(c))?;
    Ok(())
}

/// Whether an actor is a guest of a thread at a time.
pub fn is_granted(db: &mut Db, root: PostId, who: ActorId, now: Time) -> QueryResult<bool> {
    let row = diesel::dsl::exists(
        post_grant::table
            .find((root, who))
            .filter(post_grant::until.gt(now)),
    );
    each!(db, c => diesel::select(row).get_result(c))
}

/// Bans an actor from a community; replaces an earlier ban.
pub fn put_ban(db: &mut Db, row: &CommunityBan) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(community_ban::table)
        .values(row)
        .on_conflict((community_ban::community_id, community_ban::actor_id))
        .do_update()
        .set(community_ban::until.eq(row.until))
        .execute(c))?;
    Ok(())
}

/// Lifts a ban. Returns whether there was one.
pub fn delete_ban(db: &mut Db, community: ActorId, who: ActorId) -> QueryResult<bool> {
    let deleted = diesel::delete(community_ban::table.find((community, who))).execute(db)?;
    Ok(deleted == 1)
}

/// How somebody stands in a space and its community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SpaceStanding {
    pub access: SpaceAccess,
    /// Who begins threads in it.
    pub posting: SpacePosting,
    /// Since when nobody writes in it.
    pub closed_at: Option<Time>,
    pub community_id: ActorId,
    pub community_state: ActorState,
    /// It is private on its own server.
    pub private: bool,
    pub stage: Stage,
    /// `None` for a local community.
    pub peer_id: Option<PeerId>,
    /// Their role in the community.
    pub role: Option<MemberRole>,
    /// They are a member of the space.
    pub in_space: bool,
    /// They are banned from the community.
    pub banned: bool,
    /// What is true of them everywhere; `None` for nobody known.
    pub person: Option<PersonStanding>,
}

diesel::alias! {
    // The person, beside the actor of the community.
    const PERSON: Alias<Person> = actor as person;
}

/// How somebody stands in a space at a time; one statement.
pub fn standing(
    db: &mut Db,
    id: SpaceId,
    who: ActorId,
    now: Time,
) -> QueryResult<Option<SpaceStanding>> {
    let in_space = diesel::dsl::exists(space_member::table.find((id, who)));
    let banned = diesel::dsl::exists(
        community_ban::table
            .filter(community_ban::community_id.eq(space::community_id))
            .filter(community_ban::actor_id.eq(who))
            .filter(
                community_ban::until
                    .is_null()
                    .or(community_ban::until.gt(now)),
            ),
    );
    each!(db, c => space::table
        .inner_join(actor::table.on(actor::id.eq(space::community_id)))
        .inner_join(community::table.on(community::actor_id.eq(space::community_id)))
        .left_join(membership::table.on(membership::community_id
            .eq(space::community_id)
            .and(membership::actor_id.eq(who))))
        .left_join(PERSON.on(PERSON.field(actor::id).eq(who)))
        .left_join(account::table.on(account::actor_id.eq(who)))
        .filter(space::id.eq(id))
        .select((
            space::access,
            space::posting,
            space::closed_at,
            space::community_id,
            actor::state,
            community::private,
            community::stage,
            actor::peer_id,
            membership::role.nullable(),
            in_space,
            banned,
            (
                PERSON.field(actor::state),
                (account::role, account::state).nullable(),
            )
                .nullable(),
        ))
        .first(c)
        .optional())
}
