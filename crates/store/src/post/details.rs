//! What only one kind of post has: its row in the detail table of its kind. Who may see it is decided by
//! its post.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::schema::event;
use diesel::prelude::*;
use model::{EventDetails, PostDetails, PostId, PostKind, Time};
use std::collections::HashMap;

/// Writes the details of a post, over those that were there.
pub fn put_details(db: &mut Db, post_id: PostId, details: &PostDetails) -> QueryResult<()> {
    match details {
        PostDetails::Event(event) => put_event(db, &EventRow::new(post_id, event)),
        PostDetails::Poll(poll) => crate::poll::put(db, post_id, poll),
    }
}

/// Reads the details of the posts that have some. A kind without a detail table costs no query.
pub fn details(
    db: &mut Db,
    posts: &[(PostId, PostKind)],
) -> QueryResult<HashMap<PostId, PostDetails>> {
    let mut found = HashMap::new();
    for kind in PostKind::ALL {
        let of_kind = posts.iter().filter(|(_, other)| other == kind);
        let ids: Vec<PostId> = of_kind.map(|(id, _)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        match kind {
            PostKind::Event => found.extend(events(db, &ids)?),
            PostKind::Poll => {
                let polls = crate::poll::details(db, &ids)?.into_iter();
                found.extend(polls.map(|(id, poll)| (id, PostDetails::Poll(poll))));
            }
            PostKind::Discussion
            | PostKind::Question
            | PostKind::Tip
            | PostKind::Story
            | PostKind::Announcement => {}
        }
    }
    Ok(found)
}

/// Removes the details of a post whose words were removed.
pub(super) fn delete_details(db: &mut Db, post_id: PostId) -> QueryResult<()> {
    diesel::delete(event::table.find(post_id)).execute(db)?;
    crate::poll::delete(db, post_id)
}

/// When and where a post of kind event is.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = event, treat_none_as_default_value = false)]
#[diesel(primary_key(post_id), treat_none_as_null = true)]
struct EventRow {
    post_id: PostId,
    starts_at: Time,
    ends_at: Option<Time>,
    zone: Option<String>,
    utc_offset: i32,
    place: String,
}

impl EventRow {
    fn new(post_id: PostId, event: &EventDetails) -> Self {
        Self {
            post_id,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            zone: event.zone.clone(),
            utc_offset: event.utc_offset,
            place: event.place.clone(),
        }
    }

    fn details(self) -> (PostId, PostDetails) {
        let event = EventDetails {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            zone: self.zone,
            utc_offset: self.utc_offset,
            place: self.place,
        };
        (self.post_id, PostDetails::Event(event))
    }
}

fn put_event(db: &mut Db, row: &EventRow) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(event::table)
        .values(row)
        .on_conflict(event::post_id)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

fn events(db: &mut Db, ids: &[PostId]) -> QueryResult<Vec<(PostId, PostDetails)>> {
    let rows: Vec<EventRow> = each!(db, c => event::table
        .filter(among(event::post_id, ids.iter().copied()))
        .select(EventRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(EventRow::details).collect())
}
