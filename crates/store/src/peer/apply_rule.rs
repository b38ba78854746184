//! What a block ends, a chunk at a time.

use crate::connection::Db;
use crate::each;
use crate::row::Follow;
use crate::schema::{actor, delivery, follow};
use diesel::prelude::*;
use model::{DeliveryId, PeerId};

/// Follows that an actor of a peer has a side in.
pub fn follows(db: &mut Db, id: PeerId, limit: i64) -> QueryResult<Vec<Follow>> {
    let found: Vec<Follow> = follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(actor::peer_id.eq(id))
        .limit(limit)
        .select(Follow::as_select())
        .load(db)?;
    if !found.is_empty() {
        return Ok(found);
    }
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::target_id)))
        .filter(actor::peer_id.eq(id))
        .limit(limit)
        .select(Follow::as_select())
        .load(db)
}

/// Deletes deliveries to a peer, waiting or set aside. Returns how many.
pub fn drop_deliveries(db: &mut Db, id: PeerId, limit: i64) -> QueryResult<usize> {
    let ids: Vec<DeliveryId> = delivery::table
        .filter(delivery::peer_id.eq(id))
        .limit(limit)
        .select(delivery::id)
        .load(db)?;
    each!(db, c => diesel::delete(delivery::table.filter(delivery::id.eq_any(&ids))).execute(c))
}
