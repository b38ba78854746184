//! Communities and the parts people have in them.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::peer::shown;
use crate::row::{Actor, Community, Follow, Membership};
use crate::schema::{actor, community, follow, membership, post, read_mark};
use diesel::prelude::*;
use model::id::first_of;
use model::{ActorId, ActorState, MemberRole, PostId, Time};
use std::collections::HashMap;

/// A community and its actor.
pub type Place = (Community, Actor);

/// Adds what a community says of itself.
pub fn insert(db: &mut Db, row: &Community) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(community::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Writes what a community says of itself over what stood.
pub fn update(db: &mut Db, row: &Community) -> QueryResult<()> {
    each!(db, c => diesel::update(community::table.find(row.actor_id)).set(row).execute(c))?;
    Ok(())
}

/// One community.
pub fn by_id(db: &mut Db, id: ActorId) -> QueryResult<Option<Place>> {
    community::table
        .inner_join(actor::table)
        .filter(community::actor_id.eq(id))
        .select((Community::as_select(), Actor::as_select()))
        .first(db)
        .optional()
}

/// By address; `host` is empty for ours. One of a peer that is blocked is not found.
pub fn by_address(db: &mut Db, handle: &str, host: &str) -> QueryResult<Option<Place>> {
    community::table
        .inner_join(actor::table)
        .filter(actor::handle.eq(handle).and(actor::host.eq(host)))
        .filter(shown::actor())
        .select((Community::as_select(), Actor::as_select()))
        .first(db)
        .optional()
}

/// Several, by id.
pub fn by_ids(db: &mut Db, ids: &[ActorId]) -> QueryResult<HashMap<ActorId, Place>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<Place> = each!(db, c => community::table
        .inner_join(actor::table)
        .filter(among(community::actor_id, ids.iter().copied()))
        .select((Community::as_select(), Actor::as_select()))
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.0.actor_id, row)).collect())
}

/// Active communities, ours (`local`) or the peers' that somebody here looked up, newest first, as
/// far as a reader may find them.
pub fn list(
    db: &mut Db,
    reader: Option<ActorId>,
    local: bool,
    before: ActorId,
    limit: i64,
) -> QueryResult<Vec<Place>> {
    let rows = community::table
        .inner_join(actor::table)
        .filter(actor::state.eq(ActorState::Active))
        .filter(actor::id.lt(before))
        .order(actor::id.desc())
        .limit(limit)
        .select((Community::as_select(), Actor::as_select()));
    if local {
        rows.filter(actor::peer_id.is_null()).load(db)
    } else {
        rows.filter(actor::peer_id.is_not_null())
            .filter(shown::found_actor!(reader))
            .load(db)
    }
}

/// How many communities are ours.
pub fn count_local(db: &mut Db) -> QueryResult<i64> {
    community::table
        .inner_join(actor::table)
        .filter(
            actor::peer_id
                .is_null()
                .and(actor::state.eq(ActorState::Active)),
        )
        .count()
        .get_result(db)
}

/// Unread threads are counted up to here.
const UNREAD_CAP: i64 = 99;
/// Threads silent for longer than this are not counted as unread, in seconds: thirty days. It
/// bounds what is read for every page.
const UNREAD_SECONDS: i64 = 30 * 86_400;

/// The communities somebody follows, oldest follow first, each with how many threads in it have
/// something unread that came within thirty days, at most 99.
pub fn followed(
    db: &mut Db,
    follower: ActorId,
    now: Time,
) -> QueryResult<Vec<(Place, Follow, i64)>> {
    let rows: Vec<(Community, Actor, Follow)> = community::table
        .inner_join(actor::table)
        .inner_join(follow::table.on(follow::target_id.eq(community::actor_id)))
        .filter(follow::follower_id.eq(follower))
        .filter(actor::state.eq(ActorState::Active))
        .filter(shown::actor())
        .order(follow::id.asc())
        .limit(200)
        .select((
            Community::as_select(),
            Actor::as_select(),
            Follow::as_select(),
        ))
        .load(db)?;
    let floor: PostId = first_of(now.plus_seconds(-UNREAD_SECONDS));
    rows.into_iter()
        .map(|(community, actor, follow)| {
            // Ids are time-ordered: the follow's own says since when.
            let since = PostId(floor.0.max(follow.id.0));
            let n = unread(db, follower, community.actor_id, since)?;
            Ok(((community, actor), follow, n))
        })
        .collect()
}

/// How many threads of a community hold a post that came after `since` and that somebody has not
/// seen; the newest are looked at first, and no more than are counted.
fn unread(db: &mut Db, reader: ActorId, community: ActorId, since: PostId) -> QueryResult<i64> {
    let seen = read_mark::table
        .filter(read_mark::actor_id.eq(reader))
        .filter(read_mark::root_id.eq(post::id))
        .filter(read_mark::seen_id.ge(post::last_post_id));
    let found: Vec<PostId> = post::table
        .filter(post::community_id.eq(community))
        .filter(post::parent_id.is_null())
        .filter(post::deleted_at.is_null())
        .filter(post::last_post_id.gt(since))
        .filter(shown::post())
        .filter(diesel::dsl::not(diesel::dsl::exists(seen)))
        .order(post::last_post_id.desc())
        .limit(UNREAD_CAP)
        .select(post::id)
        .load(db)?;
    Ok(i64::try_from(found.len()).unwrap_or(UNREAD_CAP))
}

/// A person's part in a community.
pub fn role(db: &mut Db, id: ActorId, who: ActorId) -> QueryResult<Option<MemberRole>> {
    membership::table
        .find((id, who))
        .select(membership::role)
        .first(db)
        .optional()
}

/// Gives a person a part, in place of the one they had.
pub fn put_member(
    db: &mut Db,
    id: ActorId,
    who: ActorId,
    role: MemberRole,
    now: Time,
) -> QueryResult<()> {
    let row = Membership {
        community_id: id,
        actor_id: who,
        role,
        since: now,
    };
    each!(db, c => diesel::insert_into(membership::table)
        .values(&row)
        .on_conflict((membership::community_id, membership::actor_id))
        .do_update()
        .set(membership::role.eq(role))
        .execute(c))?;
    Ok(())
}

/// Takes a person's part away.
pub fn remove_member(db: &mut Db, id: ActorId, who: ActorId) -> QueryResult<()> {
    diesel::delete(membership::table.find((id, who))).execute(db)?;
    Ok(())
}

/// Those with one of the roles, longest-serving first.
pub fn members(
    db: &mut Db,
    id: ActorId,
    roles: &[MemberRole],
    limit: i64,
) -> QueryResult<Vec<(MemberRole, Actor)>> {
    each!(db, c => membership::table
        .inner_join(actor::table.on(actor::id.eq(membership::actor_id)))
        .filter(membership::community_id.eq(id))
        .filter(membership::role.eq_any(roles))
        .filter(shown::actor())
        .order(membership::since.asc())
        .limit(limit)
        .select((membership::role, Actor::as_select()))
        .load(c))
}

/// The communities somebody has a part in.
pub fn of_member(db: &mut Db, who: ActorId) -> QueryResult<Vec<(MemberRole, Place)>> {
    membership::table
        .inner_join(community::table.on(community::actor_id.eq(membership::community_id)))
        .inner_join(actor::table.on(actor::id.eq(membership::community_id)))
        .filter(membership::actor_id.eq(who))
        .select((
            membership::role,
            (Community::as_select(), Actor::as_select()),
        ))
        .limit(200)
        .load(db)
}
