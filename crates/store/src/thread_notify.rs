//! What people asked to be told of a thread, where that is not the usual.

use crate::connection::Db;
use crate::each;
use crate::schema::{post, thread_notify};
use diesel::prelude::*;
use model::notice::ThreadNotify;
use model::{ActorId, PostId};

/// What somebody asked to be told of a thread; `None` where it is the usual.
pub fn notification_level(
    db: &mut Db,
    who: ActorId,
    root: PostId,
) -> QueryResult<Option<ThreadNotify>> {
    each!(db, c => thread_notify::table
        .find((root, who))
        .select(thread_notify::level)
        .first(c)
        .optional())
}

/// Writes what somebody asked to be told of a thread.
pub fn set_notification_level(
    db: &mut Db,
    who: ActorId,
    root: PostId,
    level: Option<ThreadNotify>,
) -> QueryResult<()> {
    diesel::delete(thread_notify::table.find((root, who))).execute(db)?;
    if let Some(level) = level {
        each!(db, c => diesel::insert_into(thread_notify::table)
            .values((
                thread_notify::root_id.eq(root),
                thread_notify::actor_id.eq(who),
                thread_notify::level.eq(level),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Whether somebody has muted the thread that a post is in.
pub fn is_muted(db: &mut Db, who: ActorId, post_id: PostId) -> QueryResult<bool> {
    let muted = thread_notify::table
        .inner_join(post::table.on(post::root_id.eq(thread_notify::root_id)))
        .filter(post::id.eq(post_id).and(thread_notify::actor_id.eq(who)))
        .filter(thread_notify::level.eq(ThreadNotify::Mute));
    each!(db, c => diesel::select(diesel::dsl::exists(muted)).get_result(c))
}

/// Whether anybody watches a thread.
pub fn is_watched(db: &mut Db, root: PostId) -> QueryResult<bool> {
    let watched = thread_notify::table
        .filter(thread_notify::root_id.eq(root))
        .filter(thread_notify::level.eq(ThreadNotify::Watch));
    each!(db, c => diesel::select(diesel::dsl::exists(watched)).get_result(c))
}

/// Those who watch a thread, after a cursor.
pub fn watchers(
    db: &mut Db,
    root: PostId,
    after: ActorId,
    limit: i64,
) -> QueryResult<Vec<ActorId>> {
    thread_notify::table
        .filter(
            thread_notify::root_id
                .eq(root)
                .and(thread_notify::actor_id.gt(after)),
        )
        .filter(thread_notify::level.eq(ThreadNotify::Watch))
        .order(thread_notify::actor_id.asc())
        .limit(limit)
        .select(thread_notify::actor_id)
        .load(db)
}
