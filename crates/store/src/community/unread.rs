//! How much is unread in the communities somebody follows: one statement, prepared once.

use crate::connection::Db;
use crate::each;
use crate::visible;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use model::id::first_of;
use model::{ActorId, PostId, Time};
use std::collections::HashMap;

/// Unread threads are counted up to this.
pub const UNREAD_MAX: i64 = 99;
/// Threads silent for longer than this are not counted as unread, in seconds: thirty days. It
/// bounds what is read for every page.
const UNREAD_SECONDS: i64 = 30 * 86_400;

/// The statement: a row for each followed community, with how many of its threads are unread.
#[derive(QueryId)]
struct UnreadCounts {
    reader: i64,
    floor: i64,
}

impl Query for UnreadCounts {
    type SqlType = (BigInt, BigInt);
}

impl<Conn> RunQueryDsl<Conn> for UnreadCounts {}

impl<DB: Backend> QueryFragment<DB> for UnreadCounts
where
    i64: diesel::serialize::ToSql<BigInt, DB>,
    DB: diesel::sql_types::HasSqlType<BigInt>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(
            "SELECT f.target_id, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM post q \
             WHERE q.community_id = f.target_id AND q.parent_id IS NULL AND q.state = 'live' \
             AND q.last_post_id > f.id AND q.last_post_id > ",
        );
        out.push_bind_param::<BigInt, _>(&self.floor)?;
        out.push_sql(" AND ");
        out.push_sql(visible::SHOWN_Q);
        out.push_sql(
            " AND EXISTS (SELECT 1 FROM space s \
             WHERE s.id = q.space_id AND s.access = 'open') \
             AND NOT EXISTS (SELECT 1 FROM read_mark r WHERE r.actor_id = ",
        );
        out.push_bind_param::<BigInt, _>(&self.reader)?;
        out.push_sql(
            " AND r.root_id = q.id AND r.seen_id >= q.last_post_id) \
             ORDER BY q.last_post_id DESC LIMIT ",
        );
        out.push_sql(&UNREAD_MAX.to_string());
        out.push_sql(") newest) FROM follow f WHERE f.follower_id = ");
        out.push_bind_param::<BigInt, _>(&self.reader)?;
        out.push_sql(" AND f.target_id IN (SELECT actor_id FROM community)");
        Ok(())
    }
}

/// How many threads of each community somebody follows hold a post that came after the follow and
/// within thirty days, and that they have not seen; those in its open space, up to [`UNREAD_MAX`].
pub(super) fn counts(
    db: &mut Db,
    reader: ActorId,
    now: Time,
) -> QueryResult<HashMap<ActorId, i64>> {
    // Ids are time-ordered: the follow's own says since when.
    let floor: PostId = first_of(now.plus_seconds(-UNREAD_SECONDS));
    let statement = UnreadCounts {
        reader: reader.0,
        floor: floor.0,
    };
    let rows: Vec<(ActorId, i64)> = each!(db, c => statement.load(c))?;
    Ok(rows.into_iter().collect())
}
