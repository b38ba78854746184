//! Communities, whatever may be seen of them; for verbs and for the federation engine.

use crate::community::CommunityWithActor;
use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::schema::{actor, community};
use diesel::prelude::*;
use model::ActorId;
use std::collections::HashMap;

/// One community, by its id.
pub fn by_id(db: &mut Db, id: ActorId) -> QueryResult<Option<CommunityWithActor>> {
    each!(db, c => community::table
        .inner_join(actor::table)
        .filter(community::actor_id.eq(id))
        .select(CommunityWithActor::as_select())
        .first(c)
        .optional())
}

/// Loads several communities. The caller has checked that what they own is visible.
pub fn by_ids(db: &mut Db, ids: &[ActorId]) -> QueryResult<HashMap<ActorId, CommunityWithActor>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<CommunityWithActor> = each!(db, c => community::table
        .inner_join(actor::table)
        .filter(among(community::actor_id, ids.iter().copied()))
        .select(CommunityWithActor::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}
