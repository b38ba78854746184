//! What people are told.

use crate::connection::Db;
use crate::each;
use crate::peer::shown;
use crate::row::Notice;
use crate::schema::notice;
use diesel::prelude::*;
use model::{ActorId, NoticeId};

/// Adds a notice.
pub fn insert(db: &mut Db, row: &Notice) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(notice::table).values(row).execute(c))?;
    Ok(())
}

/// A person's notices, newest first, below the cursor; none by anybody who is blocked.
pub fn list(db: &mut Db, who: ActorId, before: NoticeId, limit: i64) -> QueryResult<Vec<Notice>> {
    notice::table
        .filter(notice::actor_id.eq(who).and(notice::id.lt(before)))
        .filter(shown::notice())
        .order(notice::id.desc())
        .limit(limit)
        .select(Notice::as_select())
        .load(db)
}

/// How many came after the last one seen, up to `cap`.
pub fn unseen(db: &mut Db, who: ActorId, seen: NoticeId, cap: i64) -> QueryResult<i64> {
    let ids: Vec<NoticeId> = notice::table
        .filter(notice::actor_id.eq(who).and(notice::id.gt(seen)))
        .filter(shown::notice())
        .limit(cap)
        .select(notice::id)
        .load(db)?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}
