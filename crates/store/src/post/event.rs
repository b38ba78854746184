//! The detail rows of events. Who may see one is decided by its post.

use crate::connection::Db;
use crate::each;
use crate::row::Event;
use crate::schema::event;
use diesel::prelude::*;
use model::PostId;

/// Writes when and where an event is, over what was there.
pub fn put_event(db: &mut Db, row: &Event) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(event::table)
        .values(row)
        .on_conflict(event::post_id)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

/// When and where the event of a post is.
pub fn event_of(db: &mut Db, post: PostId) -> QueryResult<Option<Event>> {
    event::table
        .find(post)
        .select(Event::as_select())
        .first(db)
        .optional()
}

/// Removes the details of an event whose post was removed.
pub fn delete_event(db: &mut Db, post: PostId) -> QueryResult<()> {
    diesel::delete(event::table.find(post)).execute(db)?;
    Ok(())
}
