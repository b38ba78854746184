//! Holds: names by which a received activity that is retried later blocks the ones that came after
//! it and depend on it. A name is a digest that `federation` computes; here names are only compared.

use crate::connection::Db;
use crate::each;
use crate::fragment::{among_texts, predicate};
use crate::schema::{inbound, inbound_hold};
use diesel::prelude::*;
use model::{InboundId, Time};

/// The order key of an activity that is retried.
fn retry_key(id: InboundId) -> String {
    format!("retry {id}")
}

/// Returns true where an activity with this order key is a retry.
#[must_use]
pub fn is_retry(order_key: &str) -> bool {
    order_key.starts_with("retry ")
}

/// An earlier activity that is retried later and holds a name that another one needs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Blocking {
    /// The time of its next attempt.
    pub run_at: Time,
    /// Its order key, which the blocked activity takes over to stay behind it.
    pub order_key: String,
}

/// Returns true where any hold exists.
pub fn any(db: &mut Db) -> QueryResult<bool> {
    let found: Option<InboundId> = inbound_hold::table
        .select(inbound_hold::inbound_id)
        .first(db)
        .optional()?;
    Ok(found.is_some())
}

/// Finds the activity with the latest next attempt among those before `id` that wait and hold one of
/// these names.
pub fn blocking(db: &mut Db, id: InboundId, names: &[String]) -> QueryResult<Option<Blocking>> {
    each!(db, c => inbound_hold::table
        .inner_join(inbound::table.on(inbound::id.eq(inbound_hold::inbound_id)))
        .filter(predicate!("inbound.state = 'waiting'"))
        .filter(among_texts(inbound_hold::name, names))
        .filter(inbound_hold::inbound_id.lt(id))
        .order((inbound::run_at.desc(), inbound::id.desc()))
        .select((inbound::run_at, inbound::order_key))
        .first(c)
        .optional())
}

/// Schedules an activity's next attempt at `run_at`, under an order key of its own, with the reason.
/// It holds the names until it ends.
pub fn retry_later(
    db: &mut Db,
    id: InboundId,
    why: &str,
    run_at: Time,
    names: &[String],
) -> QueryResult<()> {
    let waiting = inbound::table
        .find(id)
        .filter(predicate!("inbound.state = 'waiting'"));
    let still = each!(db, c => diesel::update(waiting)
        .set((
            inbound::attempts.eq(inbound::attempts + 1),
            inbound::run_at.eq(run_at),
            inbound::lease_until.eq(Time::from_unix_millis(0)),
            inbound::order_key.eq(retry_key(id)),
            inbound::reason.eq(why),
        ))
        .execute(c))?;
    insert_holds(db, id, names, still == 1)
}

/// Schedules an activity behind the earlier one that blocks it, under that one's order key. It does
/// not count as an attempt.
pub fn retry_after(
    db: &mut Db,
    id: InboundId,
    first: &Blocking,
    names: &[String],
) -> QueryResult<()> {
    let waiting = inbound::table
        .find(id)
        .filter(predicate!("inbound.state = 'waiting'"));
    let still = each!(db, c => diesel::update(waiting)
        .set((
            inbound::run_at.eq(first.run_at),
            inbound::lease_until.eq(Time::from_unix_millis(0)),
            inbound::order_key.eq(&first.order_key),
            inbound::reason.eq("after one that is tried again"),
        ))
        .execute(c))?;
    insert_holds(db, id, names, still == 1)
}

fn insert_holds(db: &mut Db, id: InboundId, names: &[String], waits: bool) -> QueryResult<()> {
    if !waits {
        return Ok(());
    }
    for name in names {
        each!(db, c => diesel::insert_into(inbound_hold::table)
            .values((inbound_hold::name.eq(name), inbound_hold::inbound_id.eq(id)))
            .on_conflict((inbound_hold::name, inbound_hold::inbound_id))
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Deletes the holds of an activity that has ended.
pub fn release(db: &mut Db, id: InboundId) -> QueryResult<()> {
    let held = inbound_hold::table.filter(inbound_hold::inbound_id.eq(id));
    diesel::delete(held).execute(db)?;
    Ok(())
}
