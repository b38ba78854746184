//! Notices to people.

use crate::connection::Db;
use crate::each;
use crate::row::Notice;
use crate::schema::notice;
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::{Reader, Viewer};
use model::{ActorId, NoticeId, Time};

/// Adds a notice.
pub fn insert(db: &mut Db, row: &Notice) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(notice::table).values(row).execute(c))?;
    Ok(())
}

/// A person's notices, newest first, below the cursor; without those whose cause or post they may not
/// see.
pub fn list(
    db: &mut Db,
    who: ActorId,
    now: Time,
    before: NoticeId,
    limit: i64,
) -> QueryResult<Vec<Notice>> {
    let rule = visible::notice(as_person(who, now));
    for_viewer!(rule, rule => each!(db, c => notice::table
        .filter(notice::actor_id.eq(who).and(notice::id.lt(before)))
        .filter(rule)
        .order(notice::id.desc())
        .limit(limit)
        .select(Notice::as_select())
        .load(c)))
}

/// How many of those in [`list`] came after the last one seen, up to `cap`.
pub fn unseen(db: &mut Db, who: ActorId, now: Time, seen: NoticeId, cap: i64) -> QueryResult<i64> {
    let rule = visible::notice(as_person(who, now));
    let ids: Vec<NoticeId> = for_viewer!(rule, rule => each!(db, c => notice::table
        .filter(notice::actor_id.eq(who).and(notice::id.gt(seen)))
        .filter(rule)
        .limit(cap)
        .select(notice::id)
        .load(c)))?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

const fn as_person(who: ActorId, now: Time) -> Reader {
    Reader {
        viewer: Viewer::Person(who),
        now,
    }
}
