//! The `alsoKnownAs` of local actors (FEP-7628).

use crate::connection::Db;
use crate::each;
use crate::row::{Actor, AlsoKnownAs};
use crate::schema::{actor, also_known_as};
use diesel::prelude::*;
use model::ActorId;

/// Inserts an entry, unless it exists.
pub fn insert(db: &mut Db, row: &AlsoKnownAs) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(also_known_as::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Deletes an entry. Returns whether there was one.
pub fn delete(db: &mut Db, id: ActorId, other: ActorId) -> QueryResult<bool> {
    let gone = diesel::delete(also_known_as::table.find((id, other))).execute(db)?;
    Ok(gone == 1)
}

/// Returns the entries of an actor, oldest first.
pub fn of(db: &mut Db, id: ActorId) -> QueryResult<Vec<Actor>> {
    also_known_as::table
        .inner_join(actor::table.on(actor::id.eq(also_known_as::other_id)))
        .filter(also_known_as::actor_id.eq(id))
        .order((also_known_as::added_at.asc(), actor::id.asc()))
        .select(Actor::as_select())
        .load(db)
}
