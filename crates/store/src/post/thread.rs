//! The replies of one thread. The caller has found the thread visible before.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::Post;
use crate::schema::post;
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::Reader;
use model::{ActorId, PostId, PostState, Time};

/// The replies in reading order (branch by branch), `limit` of them after `skip`.
pub fn replies(
    db: &mut Db,
    reader: Reader,
    root: PostId,
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    for_viewer!(visible::reply(reader), rule => each!(db, c => post::table
        .filter(post::root_id.eq(root).and(post::parent_id.is_not_null()))
        .filter(rule)
        .order((post::branch_id.asc(), post::id.asc()))
        .offset(skip)
        .limit(limit)
        .select(Post::as_select())
        .load(c)))
}

/// The newest replies, newest first; without tombstones.
pub fn newest_replies(
    db: &mut Db,
    reader: Reader,
    root: PostId,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    post::table
        .filter(post::root_id.eq(root).and(post::parent_id.is_not_null()))
        .filter(post::state.ne(PostState::Tombstone))
        .filter(visible::reply(reader))
        .order(post::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(db)
}

/// The accepted answers of a question, the first accepted first.
pub fn answers(db: &mut Db, reader: Reader, root: PostId, limit: i64) -> QueryResult<Vec<Post>> {
    for_viewer!(visible::reply(reader), rule => each!(db, c => post::table
        .filter(post::root_id.eq(root).and(post::accepted_at.is_not_null()))
        .filter(post::state.eq(PostState::Live))
        .filter(rule)
        .order((post::accepted_at.asc(), post::id.asc()))
        .limit(limit)
        .select(Post::as_select())
        .load(c)))
}

/// What others wrote in a thread after a post that the reader has seen, the oldest first; without
/// tombstones.
pub fn unread(
    db: &mut Db,
    reader: Reader,
    root: PostId,
    seen: PostId,
    limit: i64,
) -> QueryResult<Vec<PostId>> {
    let me = reader.viewer.person().unwrap_or_default();
    for_viewer!(visible::reply(reader), rule => each!(db, c => post::table
        .filter(post::root_id.eq(root).and(post::id.gt(seen)))
        .filter(post::parent_id.is_not_null().and(post::author_id.ne(me)))
        .filter(post::state.eq(PostState::Live))
        .filter(rule)
        .order(post::id.asc())
        .limit(limit)
        .select(post::id)
        .load(c)))
}

/// How many replies a thread has, tombstones included: they keep their place on its pages.
pub fn reply_places(db: &mut Db, reader: Reader, root: PostId) -> QueryResult<i64> {
    for_viewer!(visible::reply(reader), rule => each!(db, c => post::table
        .filter(post::root_id.eq(root).and(post::parent_id.is_not_null()))
        .filter(rule)
        .count()
        .get_result(c)))
}

/// Who wrote these replies of visible threads, and when; without tombstones.
pub fn bylines(
    db: &mut Db,
    reader: Reader,
    replies: &[PostId],
) -> QueryResult<Vec<(PostId, ActorId, Time)>> {
    for_viewer!(visible::reply(reader), rule => each!(db, c => post::table
        .filter(among(post::id, replies.iter().copied()))
        .filter(post::state.eq(PostState::Live))
        .filter(rule)
        .select((post::id, post::author_id, post::published_at))
        .load(c)))
}

/// How many replies precede this one in reading order.
pub fn replies_before(db: &mut Db, reader: Reader, reply: &Post) -> QueryResult<i64> {
    let in_thread = post::root_id
        .eq(reply.root_id)
        .and(post::parent_id.is_not_null());
    let earlier = post::branch_id.lt(reply.branch_id).or(post::branch_id
        .eq(reply.branch_id)
        .and(post::id.lt(reply.id)));
    post::table
        .filter(in_thread)
        .filter(earlier)
        .filter(visible::reply(reader))
        .count()
        .get_result(db)
}

/// The ActivityPub ids of a thread's posts, oldest first, for its `context` collection; without
/// tombstones.
pub fn thread_ap_ids(
    db: &mut Db,
    reader: Reader,
    root: PostId,
    after: PostId,
    limit: i64,
) -> QueryResult<Vec<(PostId, String)>> {
    post::table
        .filter(post::root_id.eq(root).and(post::id.gt(after)))
        .filter(post::state.ne(PostState::Tombstone))
        .filter(visible::reply(reader))
        .order(post::id.asc())
        .limit(limit)
        .select((post::id, post::ap_id))
        .load(db)
}

/// How many posts a thread holds, without tombstones.
pub fn thread_len(db: &mut Db, reader: Reader, root: PostId) -> QueryResult<i64> {
    post::table
        .filter(post::root_id.eq(root))
        .filter(post::state.ne(PostState::Tombstone))
        .filter(visible::reply(reader))
        .count()
        .get_result(db)
}
