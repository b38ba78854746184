//! How much of their edits within an hour authors have used, as one time: when nothing of it is used any
//! more. Each edit moves it on by the time that one edit takes to be allowed again.

use crate::connection::Db;
use crate::each;
use crate::retention::Retention;
use crate::schema::edit_pace;
use diesel::prelude::*;
use model::{ActorId, Time};

/// An author who may edit as usual needs no row.
pub(crate) const EDIT_PACE_RETENTION: Retention = Retention {
    name: "paces of edits",
    keep_seconds: 0,
    delete: forget_edit_paces,
};

/// Deletes those that were whole before a moment.
fn forget_edit_paces(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(edit_pace::table.filter(edit_pace::whole_at.lt(before))).execute(db)?;
    Ok(false)
}

/// When nothing of an author's edits is used any more; `None` where they have not edited lately.
pub fn edits_whole_at(db: &mut Db, author: ActorId) -> QueryResult<Option<Time>> {
    edit_pace::table
        .find(author)
        .select(edit_pace::whole_at)
        .first(db)
        .optional()
}

/// Sets when nothing of an author's edits is used any more.
pub fn set_edits_whole_at(db: &mut Db, author: ActorId, at: Time) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(edit_pace::table)
        .values((edit_pace::author_id.eq(author), edit_pace::whole_at.eq(at)))
        .on_conflict(edit_pace::author_id)
        .do_update()
        .set(edit_pace::whole_at.eq(at))
        .execute(c))?;
    Ok(())
}
