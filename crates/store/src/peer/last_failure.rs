//! The last activity that could not be delivered to a peer. It stays recorded when later ones are
//! delivered, for an admin who looks into it.

use crate::connection::Db;
use crate::schema::{activity, peer};
use diesel::prelude::*;
use model::{ActivityId, PeerId, Time};
use std::collections::HashMap;

/// A delivery that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFailure {
    pub at: Time,
    /// The type of the activity, as on the wire: `Create`.
    pub kind: String,
    /// Why, as the peer or the network said it.
    pub why: String,
}

/// Records that an activity could not be delivered.
pub fn record(
    db: &mut Db,
    id: PeerId,
    activity: ActivityId,
    why: &str,
    now: Time,
) -> QueryResult<()> {
    let kind: Option<String> = activity::table
        .find(activity)
        .select(activity::kind)
        .first(db)
        .optional()?;
    diesel::update(peer::table.find(id))
        .set((
            peer::failed_at.eq(now),
            peer::failed_kind.eq(kind),
            peer::failed_why.eq(why),
        ))
        .execute(db)?;
    Ok(())
}

/// The columns as they are read.
type Columns = (PeerId, Option<Time>, Option<String>, Option<String>);

/// The last failures of these peers, where there are any.
pub fn of(db: &mut Db, ids: &[PeerId]) -> QueryResult<HashMap<PeerId, LastFailure>> {
    let rows: Vec<Columns> = crate::each!(db, c => peer::table
        .filter(peer::id.eq_any(ids.to_vec()))
        .filter(peer::failed_at.is_not_null())
        .select((
            peer::id,
            peer::failed_at,
            peer::failed_kind,
            peer::failed_why,
        ))
        .load(c))?;
    let failures = rows.into_iter().filter_map(|(id, at, kind, why)| {
        let failure = LastFailure {
            at: at?,
            kind: kind.unwrap_or_default(),
            why: why.unwrap_or_default(),
        };
        Some((id, failure))
    });
    Ok(failures.collect())
}
