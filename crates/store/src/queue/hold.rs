//! What a received activity that is put off keeps from those that came after it. Names are digests,
//! made by whoever understands activities; here they are only compared.

use crate::connection::Db;
use crate::each;
use crate::fragment::predicate;
use crate::schema::{inbound, inbound_hold};
use diesel::prelude::*;
use model::{InboundId, Time};

/// The line in which an activity waits that was put off.
fn line_of(id: InboundId) -> String {
    format!("retry {id}")
}

/// Whether an activity with this order key was put off before.
#[must_use]
pub fn was_put_off(order_key: &str) -> bool {
    order_key.starts_with("retry ")
}

/// An activity that came earlier, is put off, and holds what somebody else waits for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Before {
    /// When it is tried again.
    pub run_at: Time,
    /// Its line: whoever waits for it stands behind it there.
    pub line: String,
}

/// Whether anything is put off and holds something.
pub fn any(db: &mut Db) -> QueryResult<bool> {
    let found: Option<InboundId> = inbound_hold::table
        .select(inbound_hold::inbound_id)
        .first(db)
        .optional()?;
    Ok(found.is_some())
}

/// The last to be tried again of those that came before `id`, wait, and hold one of these names.
pub fn before(db: &mut Db, id: InboundId, names: &[String]) -> QueryResult<Option<Before>> {
    each!(db, c => inbound_hold::table
        .inner_join(inbound::table.on(inbound::id.eq(inbound_hold::inbound_id)))
        .filter(predicate("inbound.state = 'waiting'"))
        .filter(inbound_hold::name.eq_any(names))
        .filter(inbound_hold::inbound_id.lt(id))
        .order((inbound::run_at.desc(), inbound::id.desc()))
        .select((inbound::run_at, inbound::order_key))
        .first(c)
        .optional())
}

/// Not now: again at `run_at`, in a line of its own, for a reason. What it holds is kept from those
/// that came after it until it ends.
pub fn put_off(
    db: &mut Db,
    id: InboundId,
    why: &str,
    run_at: Time,
    names: &[String],
) -> QueryResult<()> {
    let waiting = inbound::table
        .find(id)
        .filter(predicate("inbound.state = 'waiting'"));
    let still = each!(db, c => diesel::update(waiting)
        .set((
            inbound::attempts.eq(inbound::attempts + 1),
            inbound::run_at.eq(run_at),
            inbound::lease_until.eq(Time::from_unix_millis(0)),
            inbound::order_key.eq(line_of(id)),
            inbound::reason.eq(why),
        ))
        .execute(c))?;
    keep(db, id, names, still == 1)
}

/// After one that came before and is put off: in its line, behind it. That is no try.
pub fn put_behind(db: &mut Db, id: InboundId, first: &Before, names: &[String]) -> QueryResult<()> {
    let waiting = inbound::table
        .find(id)
        .filter(predicate("inbound.state = 'waiting'"));
    let still = each!(db, c => diesel::update(waiting)
        .set((
            inbound::run_at.eq(first.run_at),
            inbound::lease_until.eq(Time::from_unix_millis(0)),
            inbound::order_key.eq(&first.line),
            inbound::reason.eq("after one that is tried again"),
        ))
        .execute(c))?;
    keep(db, id, names, still == 1)
}

fn keep(db: &mut Db, id: InboundId, names: &[String], waits: bool) -> QueryResult<()> {
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

/// It has ended: it holds nothing any more.
pub fn release(db: &mut Db, id: InboundId) -> QueryResult<()> {
    let held = inbound_hold::table.filter(inbound_hold::inbound_id.eq(id));
    diesel::delete(held).execute(db)?;
    Ok(())
}
