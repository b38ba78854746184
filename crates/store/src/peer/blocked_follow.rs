//! The follows that a block of a peer has ended (table `suspended_follow`), for when it is lifted.

use crate::connection::Db;
use crate::each;
use crate::row::BlockedFollow;
use crate::schema::{actor, follow, suspended_follow};
use diesel::prelude::*;
use model::{FollowId, PeerId};

/// Stores a follow that a block has ended.
pub fn insert(db: &mut Db, row: &BlockedFollow) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(suspended_follow::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Returns the first follows that the block of a peer has ended, by id.
pub fn of_peer(db: &mut Db, id: PeerId, limit: i64) -> QueryResult<Vec<BlockedFollow>> {
    suspended_follow::table
        .filter(suspended_follow::peer_id.eq(id))
        .order(suspended_follow::id.asc())
        .limit(limit)
        .select(BlockedFollow::as_select())
        .load(db)
}

/// Deletes a stored follow.
pub fn delete(db: &mut Db, id: FollowId) -> QueryResult<()> {
    diesel::delete(suspended_follow::table.find(id)).execute(db)?;
    Ok(())
}

/// How many follows stand between us and the hosts at a domain and below: of ours to there, and
/// of theirs to here. Only accepted ones are counted.
pub fn would_end(db: &mut Db, hosts: &[PeerId]) -> QueryResult<(i64, i64)> {
    let theirs = |db: &mut Db| -> QueryResult<i64> {
        each!(db, c => follow::table
            .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
            .filter(actor::peer_id.eq_any(hosts))
            .filter(follow::accepted.eq(true))
            .count()
            .get_result(c))
    };
    let ours = |db: &mut Db| -> QueryResult<i64> {
        each!(db, c => follow::table
            .inner_join(actor::table.on(actor::id.eq(follow::target_id)))
            .filter(actor::peer_id.eq_any(hosts))
            .filter(follow::accepted.eq(true))
            .count()
            .get_result(c))
    };
    Ok((ours(db)?, theirs(db)?))
}
