//! Who follows whom.

use crate::connection::Db;
use crate::each;
use crate::fragment::{among, predicate};
use crate::id_collision;
use crate::row::{Actor, Follow};
use crate::schema::{actor, follow};
use crate::visible;
use diesel::prelude::*;
use model::access::Reader;
use model::{ActorId, ActorState, FollowId, PeerId, Time};
use std::collections::HashMap;

/// Inserts a follow. Returns `false` where it exists already.
pub fn insert(db: &mut Db, row: &Follow) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(follow::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        id_collision::check(by_id(db, row.id)?.is_some())?;
    }
    Ok(added == 1)
}

/// The follow between two.
pub fn between(db: &mut Db, follower: ActorId, target: ActorId) -> QueryResult<Option<Follow>> {
    follow::table
        .filter(
            follow::follower_id
                .eq(follower)
                .and(follow::target_id.eq(target)),
        )
        .select(Follow::as_select())
        .first(db)
        .optional()
}

/// One follow.
pub fn by_id(db: &mut Db, id: FollowId) -> QueryResult<Option<Follow>> {
    follow::table
        .find(id)
        .select(Follow::as_select())
        .first(db)
        .optional()
}

/// Marks a follow as accepted.
pub fn accept(db: &mut Db, id: FollowId) -> QueryResult<()> {
    diesel::update(follow::table.find(id))
        .set(follow::accepted.eq(true))
        .execute(db)?;
    Ok(())
}

/// Finds a follow by its ActivityPub id.
pub fn by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Follow>> {
    follow::table
        .filter(follow::ap_id.eq(ap_id))
        .select(Follow::as_select())
        .first(db)
        .optional()
}

/// Stores the new id with which a peer repeats its request. Does nothing where another follow has
/// that id.
pub fn set_ap_id(db: &mut Db, id: FollowId, ap_id: &str) -> QueryResult<()> {
    if by_ap_id(db, ap_id)?.is_some() {
        return Ok(());
    }
    diesel::update(follow::table.find(id))
        .set(follow::ap_id.eq(ap_id))
        .execute(db)?;
    Ok(())
}

/// Makes a follow pending, requested at `now`.
pub fn set_pending(db: &mut Db, id: FollowId, now: Time) -> QueryResult<()> {
    diesel::update(follow::table.find(id))
        .set((follow::accepted.eq(false), follow::asked_at.eq(now)))
        .execute(db)?;
    Ok(())
}

/// Stores when a follow was last requested.
pub fn set_asked_at(db: &mut Db, id: FollowId, now: Time) -> QueryResult<()> {
    diesel::update(follow::table.find(id))
        .set(follow::asked_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Deletes a follow.
pub fn delete(db: &mut Db, id: FollowId) -> QueryResult<()> {
    diesel::delete(follow::table.find(id)).execute(db)?;
    Ok(())
}

/// Deletes these.
pub fn delete_all(db: &mut Db, ids: &[FollowId]) -> QueryResult<()> {
    each!(db, c => diesel::delete(follow::table.filter(among(follow::id, ids.iter().copied()))).execute(c))?;
    Ok(())
}

/// Returns the follows of an actor by people of this server, accepted or not.
pub fn of_target_by_locals(db: &mut Db, target: ActorId) -> QueryResult<Vec<Follow>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target).and(actor::peer_id.is_null()))
        .order(follow::id.asc())
        .select(Follow::as_select())
        .load(db)
}

/// Returns the follows by an actor, and those of it.
pub fn of_actor(db: &mut Db, id: ActorId) -> QueryResult<Vec<Follow>> {
    follow::table
        .filter(follow::follower_id.eq(id).or(follow::target_id.eq(id)))
        .select(Follow::as_select())
        .load(db)
}

/// Accepted followers that a reader may see, newest first, below the cursor.
pub fn followers(
    db: &mut Db,
    reader: Reader,
    target: ActorId,
    before: FollowId,
    limit: i64,
) -> QueryResult<Vec<(Follow, Actor)>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
        .filter(follow::id.lt(before))
        .filter(visible::actor(reader))
        .order(follow::id.desc())
        .limit(limit)
        .select((Follow::as_select(), Actor::as_select()))
        .load(db)
}

/// Those an actor follows, as far as a reader may see them, newest first, below the cursor.
pub fn following(
    db: &mut Db,
    reader: Reader,
    follower: ActorId,
    before: FollowId,
    limit: i64,
) -> QueryResult<Vec<(Follow, Actor)>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::target_id)))
        .filter(follow::follower_id.eq(follower))
        .filter(follow::id.lt(before))
        .filter(visible::actor(reader))
        .order(follow::id.desc())
        .limit(limit)
        .select((Follow::as_select(), Actor::as_select()))
        .load(db)
}

/// Since when somebody follows each of these, as the id of the follow; ids are time-ordered, so
/// what is newer has a greater one.
pub fn since(
    db: &mut Db,
    follower: ActorId,
    targets: &[ActorId],
) -> QueryResult<HashMap<ActorId, FollowId>> {
    let rows: Vec<(ActorId, FollowId)> = each!(db, c => follow::table
        .filter(follow::follower_id.eq(follower).and(among(follow::target_id, targets.iter().copied())))
        .select((follow::target_id, follow::id))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// Counts the accepted follows of an actor.
pub fn count_following(db: &mut Db, follower: ActorId) -> QueryResult<i64> {
    follow::table
        .filter(
            follow::follower_id
                .eq(follower)
                .and(follow::accepted.eq(true)),
        )
        .count()
        .get_result(db)
}

/// Counts the organizations that the followers are from, ours included.
pub fn follower_organizations(db: &mut Db, target: ActorId) -> QueryResult<i64> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
        .select(diesel::dsl::count(actor::host).aggregate_distinct())
        .first(db)
}

/// The inboxes of an actor's remote followers, each once, in no order. Whether their servers are
/// parked is looked at when something is queued.
pub fn inboxes(db: &mut Db, target: ActorId) -> QueryResult<Vec<(String, PeerId)>> {
    let rows: Vec<(String, Option<PeerId>)> = follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
        .filter(actor::peer_id.is_not_null())
        .filter(actor::state.eq(ActorState::Active))
        .select((actor::delivery_inbox, actor::peer_id))
        .distinct()
        .load(db)?;
    Ok(with_peer(rows))
}

/// Returns the rows of remote actors, each with its peer.
fn with_peer(rows: Vec<(String, Option<PeerId>)>) -> Vec<(String, PeerId)> {
    let remote = |(text, peer): (String, Option<PeerId>)| Some((text, peer?));
    rows.into_iter().filter_map(remote).collect()
}

/// The inboxes of every server that has something of an actor, each once, in no order: of its
/// followers and those it follows; and where it wrote, of the communities and their followers, those it
/// named and those it replied to.
pub fn reader_inboxes(db: &mut Db, id: ActorId) -> QueryResult<Vec<(String, PeerId)>> {
    let met = predicate!(
        "actor.id IN (SELECT follower_id FROM follow WHERE target_id = ?1 AND accepted \
         UNION SELECT target_id FROM follow WHERE follower_id = ?1 \
         UNION SELECT f.follower_id FROM follow f WHERE f.accepted AND f.target_id IN \
             (SELECT p.community_id FROM post p WHERE p.author_id = ?1) \
         UNION SELECT p.community_id FROM post p WHERE p.author_id = ?1 \
             AND p.community_id IS NOT NULL \
         UNION SELECT m.actor_id FROM mention m JOIN post p ON p.id = m.post_id \
             WHERE p.author_id = ?1 \
         UNION SELECT a.author_id FROM post p JOIN post a ON a.id = p.parent_id \
             WHERE p.author_id = ?1)",
    );
    let rows: Vec<(String, Option<PeerId>)> = actor::table
        .filter(actor::peer_id.is_not_null())
        .filter(actor::state.eq(ActorState::Active))
        .filter(met.bind_viewer(id))
        .select((actor::delivery_inbox, actor::peer_id))
        .distinct()
        .load(db)?;
    Ok(with_peer(rows))
}

/// Returns whom the actors of a peer follow, each with the inbox to deliver to.
pub fn inboxes_of_peer(db: &mut Db, id: PeerId) -> QueryResult<Vec<(ActorId, String)>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(actor::peer_id.eq(id))
        .filter(follow::accepted.eq(true))
        .filter(actor::state.eq(ActorState::Active))
        .select((follow::target_id, actor::delivery_inbox))
        .distinct()
        .load(db)
}

/// Whether a remote actor follows this one.
pub fn has_remote_followers(db: &mut Db, target: ActorId) -> QueryResult<bool> {
    let remote = diesel::dsl::exists(
        follow::table
            .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
            .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
            .filter(actor::peer_id.is_not_null()),
    );
    each!(db, c => diesel::select(remote).get_result(c))
}

/// Returns the oldest request by a local actor to follow this one, if none was accepted yet.
pub fn only_pending(db: &mut Db, target: ActorId) -> QueryResult<Option<ActorId>> {
    let oldest: Option<(ActorId, bool)> = follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target))
        .filter(actor::peer_id.is_null())
        .order((follow::accepted.desc(), follow::id.asc()))
        .select((actor::id, follow::accepted))
        .first(db)
        .optional()?;
    Ok(oldest.filter(|(_, accepted)| !accepted).map(|(id, _)| id))
}

/// Whether a local actor follows this one: a request alone does not count.
pub fn has_local_followers(db: &mut Db, target: ActorId) -> QueryResult<bool> {
    let local = diesel::dsl::exists(
        follow::table
            .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
            .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
            .filter(actor::peer_id.is_null()),
    );
    each!(db, c => diesel::select(local).get_result(c))
}

/// A local follower, accepted or pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFollow {
    /// The follower.
    pub id: ActorId,
    pub ap_id: String,
    pub accepted: bool,
    pub state: ActorState,
}

/// Returns the local followers of an actor, pending ones too, oldest first.
pub fn local_follows(db: &mut Db, target: ActorId, limit: i64) -> QueryResult<Vec<LocalFollow>> {
    let rows: Vec<(ActorId, String, bool, ActorState)> = follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target))
        .filter(actor::peer_id.is_null())
        .order(follow::id.asc())
        .limit(limit)
        .select((actor::id, actor::ap_id, follow::accepted, actor::state))
        .load(db)?;
    let local = |(id, ap_id, accepted, state)| LocalFollow {
        id,
        ap_id,
        accepted,
        state,
    };
    Ok(rows.into_iter().map(local).collect())
}

/// Returns the ActivityPub ids of the accepted remote followers, each with its peer.
pub fn remote_followers(
    db: &mut Db,
    target: ActorId,
    limit: i64,
) -> QueryResult<Vec<(String, PeerId)>> {
    let rows: Vec<(String, Option<PeerId>)> = follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
        .filter(actor::peer_id.is_not_null())
        .filter(actor::state.ne(ActorState::Deleted))
        .limit(limit)
        .select((actor::ap_id, actor::peer_id))
        .load(db)?;
    Ok(with_peer(rows))
}

/// Returns those of [`remote_followers`] who are on one peer, in the order of their ids.
pub fn followers_of_peer(
    db: &mut Db,
    target: ActorId,
    peer: PeerId,
    limit: i64,
) -> QueryResult<Vec<String>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target).and(follow::accepted.eq(true)))
        .filter(actor::peer_id.eq(peer))
        .filter(actor::state.ne(ActorState::Deleted))
        .order(actor::ap_id.asc())
        .limit(limit)
        .select(actor::ap_id)
        .load(db)
}

/// Returns the ids of the local followers of an actor, pending ones too, oldest first.
pub fn local_followers(db: &mut Db, target: ActorId, limit: i64) -> QueryResult<Vec<ActorId>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(target))
        .filter(actor::peer_id.is_null())
        .order(follow::id.asc())
        .limit(limit)
        .select(follow::follower_id)
        .load(db)
}

/// Returns pending follows by active local actors, last requested before `before`.
pub fn unanswered(db: &mut Db, before: Time, limit: i64) -> QueryResult<Vec<Follow>> {
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(follow::accepted.eq(false).and(follow::asked_at.lt(before)))
        .filter(
            actor::peer_id
                .is_null()
                .and(actor::state.eq(ActorState::Active)),
        )
        .order(follow::id.asc())
        .limit(limit)
        .select(Follow::as_select())
        .load(db)
}
