//! Communities, and the roles people have in them.

pub mod contact;
pub mod milestone;
mod unread;

use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, among_texts, predicate};
use crate::row::{Actor, Community, Membership};
use crate::schema::{actor, community, follow, membership};
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::{Reader, Viewer};
use model::community::{Purpose, Stage};
use model::name::or_handle;
use model::{ActorId, ActorState, Lang, LangText, MemberRole, Time};
pub use unread::UNREAD_MAX;

/// A community and its actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = community)]
pub struct CommunityWithActor {
    #[diesel(embed)]
    pub community: Community,
    #[diesel(embed)]
    pub actor: Actor,
}

impl CommunityWithActor {
    /// The name in a language, else in another one; of a community without one that of its actor.
    #[must_use]
    pub fn shown_name(&self, lang: Lang) -> String {
        let name = self.community.name.shown(lang);
        name.map_or_else(
            || or_handle(&self.actor.name, &self.actor.handle),
            |(_, text)| text.to_owned(),
        )
    }

    /// The id of both.
    #[must_use]
    pub const fn id(&self) -> ActorId {
        self.actor.id
    }
}

/// Inserts the texts of a community.
pub fn insert(db: &mut Db, row: &Community) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(community::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Updates the texts of a community.
pub fn update(db: &mut Db, row: &Community) -> QueryResult<()> {
    each!(db, c => diesel::update(community::table.find(row.actor_id)).set(row).execute(c))?;
    Ok(())
}

/// How many communities have each colour; those that none has are absent.
pub fn colours(db: &mut Db) -> QueryResult<Vec<(i32, i64)>> {
    community::table
        .group_by(community::colour)
        .select((community::colour, diesel::dsl::count_star()))
        .load(db)
}

/// Gives a community another colour.
pub fn set_colour(db: &mut Db, id: ActorId, colour: i32) -> QueryResult<()> {
    diesel::update(community::table.find(id))
        .set(community::colour.eq(colour))
        .execute(db)?;
    Ok(())
}

/// One community, by its address, in any letter case; `host` is empty for ours. It may be suspended, which its page says;
/// one of a blocked peer is not found.
pub fn by_address(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> QueryResult<Option<CommunityWithActor>> {
    each!(db, c => community::table
        .inner_join(actor::table)
        .filter(crate::actor::is_at(handle, host))
        .filter(visible::known_actor(reader))
        .order((actor::handle.eq(handle).desc(), actor::id))
        .select(CommunityWithActor::as_select())
        .first(c)
        .optional())
}

/// What a list of communities is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Narrow {
    /// `None` for all that are not archived.
    pub stage: Option<Stage>,
    pub purpose: Option<Purpose>,
}

/// Active communities, ours (`local`) or the peers' that somebody here looked up, newest first, as
/// far as a reader may find them.
pub fn list(
    db: &mut Db,
    reader: Reader,
    local: bool,
    narrow: Narrow,
    before: ActorId,
    limit: i64,
) -> QueryResult<Vec<CommunityWithActor>> {
    // What is archived is listed where somebody asks for it.
    let (not, stage) = match narrow.stage {
        Some(stage) => ("", stage.as_str()),
        None => (Stage::Archived.as_str(), "%"),
    };
    let purpose = narrow.purpose.map_or("", Purpose::as_str);
    let rows = community::table
        .filter(community::stage.ne(not).and(community::stage.like(stage)))
        .filter(community::purposes.like(format!("%{purpose}%")))
        .inner_join(actor::table)
        .filter(actor::state.eq(ActorState::Active))
        .filter(actor::id.lt(before))
        .order(actor::id.desc())
        .limit(limit)
        .select(CommunityWithActor::as_select());
    let rows = rows.filter(visible::findable_actor(reader));
    if local {
        rows.filter(actor::peer_id.is_null()).load(db)
    } else {
        rows.filter(actor::peer_id.is_not_null())
            .filter(visible::listed_actor(reader))
            .load(db)
    }
}

/// A community with an active facilitator.
fn with_active_facilitator() -> Predicate<impl SqlText> {
    predicate!(
        "EXISTS (SELECT 1 FROM membership m JOIN actor a ON a.id = m.actor_id \
         WHERE m.community_id = community.actor_id AND m.role = 'facilitator' \
         AND a.state = 'active')",
    )
}

/// Whether a community has an active facilitator.
pub fn has_active_facilitator(db: &mut Db, id: ActorId) -> QueryResult<bool> {
    let found: Option<ActorId> = community::table
        .filter(community::actor_id.eq(id))
        .filter(with_active_facilitator())
        .select(community::actor_id)
        .first(db)
        .optional()?;
    Ok(found.is_some())
}

/// Returns the active facilitators of a community, at most two: enough to know whether one is the last.
pub fn active_facilitators(db: &mut Db, id: ActorId) -> QueryResult<Vec<ActorId>> {
    each!(db, c => membership::table
        .inner_join(actor::table.on(actor::id.eq(membership::actor_id)))
        .filter(membership::community_id.eq(id))
        .filter(membership::role.eq(MemberRole::Facilitator))
        .filter(actor::state.eq(ActorState::Active))
        .order(membership::since.asc())
        .limit(2)
        .select(membership::actor_id)
        .load(c))
}

/// Returns the local communities without an active facilitator, oldest first.
pub fn without_facilitator(db: &mut Db, limit: i64) -> QueryResult<Vec<CommunityWithActor>> {
    community::table
        .inner_join(actor::table)
        .filter(actor::peer_id.is_null())
        .filter(actor::state.eq(ActorState::Active))
        .filter(diesel::dsl::not(with_active_facilitator()))
        .order(actor::id.asc())
        .limit(limit)
        .select(CommunityWithActor::as_select())
        .load(db)
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

/// A community somebody follows: what the navigation of every page shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedCommunity {
    pub id: ActorId,
    pub handle: String,
    /// Empty for a local one.
    pub host: String,
    pub name: LangText,
    /// The name of its actor, where `name` is empty.
    pub actor_name: String,
    /// Its number in the palette.
    pub colour: i32,
    /// Its server has accepted the follow.
    pub accepted: bool,
    /// Threads with something unread, see [`followed`].
    pub unread: i64,
}

impl FollowedCommunity {
    /// As [`CommunityWithActor::shown_name`].
    #[must_use]
    pub fn shown_name(&self, lang: Lang) -> String {
        self.name.shown(lang).map_or_else(
            || or_handle(&self.actor_name, &self.handle),
            |(_, text)| text.to_owned(),
        )
    }
}

/// Communities of a person that are listed on every page.
const FOLLOWED_MAX: i64 = 200;

/// The communities somebody follows, oldest follow first, each with how many threads in it have
/// something unread that came within thirty days, at most [`UNREAD_MAX`]. Two statements, however
/// many communities there are.
pub fn followed(db: &mut Db, follower: ActorId, now: Time) -> QueryResult<Vec<FollowedCommunity>> {
    let reader = Reader {
        viewer: Viewer::Person(follower),
        now,
    };
    let rule = visible::actor(reader);
    type Row = (ActorId, String, String, LangText, String, i32, bool);
    let rows: Vec<Row> = for_viewer!(rule, rule => each!(db, c => community::table
        .inner_join(actor::table)
        .inner_join(follow::table.on(follow::target_id.eq(community::actor_id)))
        .filter(follow::follower_id.eq(follower))
        .filter(actor::state.eq(ActorState::Active))
        .filter(rule)
        .order(follow::id.asc())
        .limit(FOLLOWED_MAX)
        .select((
            actor::id,
            actor::handle,
            actor::host,
            community::name,
            actor::name,
            community::colour,
            follow::accepted,
        ))
        .load(c)))?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let unread = unread::counts(db, follower, now)?;
    Ok(rows
        .into_iter()
        .map(
            |(id, handle, host, name, actor_name, colour, accepted)| FollowedCommunity {
                id,
                handle,
                host,
                name,
                actor_name,
                colour,
                accepted,
                unread: unread.get(&id).copied().unwrap_or(0),
            },
        )
        .collect())
}

/// Gives a person a role; replaces an earlier one.
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

/// Ends a person's membership.
pub fn remove_member(db: &mut Db, id: ActorId, who: ActorId) -> QueryResult<()> {
    diesel::delete(membership::table.find((id, who))).execute(db)?;
    Ok(())
}

/// Those with one of the roles that a reader may see, longest-serving first.
pub fn members(
    db: &mut Db,
    reader: Reader,
    id: ActorId,
    roles: &[MemberRole],
    limit: i64,
) -> QueryResult<Vec<(MemberRole, Actor)>> {
    for_viewer!(visible::actor(reader), rule => each!(db, c => membership::table
        .inner_join(actor::table.on(actor::id.eq(membership::actor_id)))
        .filter(membership::community_id.eq(id))
        .filter(among_texts(membership::role, roles))
        .filter(rule)
        .order(membership::since.asc())
        .limit(limit)
        .select((membership::role, Actor::as_select()))
        .load(c)))
}
