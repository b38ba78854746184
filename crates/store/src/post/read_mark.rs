//! Who has read how far.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::ReadMark;
use crate::schema::read_mark;
use diesel::prelude::*;
use model::{ActorId, PostId};
use std::collections::HashMap;

/// Somebody has seen a thread up to this post; a mark never moves back.
pub fn mark_read(db: &mut Db, who: ActorId, root: PostId, seen: PostId) -> QueryResult<()> {
    let row = ReadMark {
        actor_id: who,
        root_id: root,
        seen_id: seen,
    };
    each!(db, c => diesel::insert_into(read_mark::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    diesel::update(
        read_mark::table
            .find((who, root))
            .filter(read_mark::seen_id.lt(seen)),
    )
    .set(read_mark::seen_id.eq(seen))
    .execute(db)?;
    Ok(())
}

/// How far somebody has read each of these threads; those never opened are absent.
pub fn read_marks(
    db: &mut Db,
    who: ActorId,
    roots: &[PostId],
) -> QueryResult<HashMap<PostId, PostId>> {
    let rows: Vec<(PostId, PostId)> = each!(db, c => read_mark::table
        .filter(read_mark::actor_id.eq(who).and(among(read_mark::root_id, roots.iter().copied())))
        .select((read_mark::root_id, read_mark::seen_id))
        .load(c))?;
    Ok(rows.into_iter().collect())
}
