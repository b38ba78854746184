//! Single posts, and posts by author, as far as a reader may see them.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::{Post, Revision};
use crate::schema::{post, post_like};
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::Reader;
use model::{ActorId, PostId, PostState, RevisionId};

/// One post; a tombstone keeps its place.
pub fn by_id(db: &mut Db, reader: Reader, id: PostId) -> QueryResult<Option<Post>> {
    for_viewer!(visible::post(reader), rule => each!(db, c => post::table
        .find(id)
        .filter(rule)
        .select(Post::as_select())
        .first(c)
        .optional()))
}

/// Whether a post exists for the reader; a tombstone does.
pub fn is_visible(db: &mut Db, reader: Reader, id: PostId) -> QueryResult<bool> {
    for_viewer!(visible::post(reader), rule => {
        let visible = post::table.find(id).filter(rule);
        each!(db, c => diesel::select(diesel::dsl::exists(visible)).get_result(c))
    })
}

/// Several posts; those that do not exist for the reader are absent.
pub fn by_ids(db: &mut Db, reader: Reader, ids: &[PostId]) -> QueryResult<Vec<Post>> {
    for_viewer!(visible::post(reader), rule => each!(db, c => post::table
        .filter(among(post::id, ids.iter().copied()))
        .filter(rule)
        .select(Post::as_select())
        .load(c)))
}

/// Posts by one author, newest first, below the cursor; without tombstones.
pub fn by_author(
    db: &mut Db,
    reader: Reader,
    author: ActorId,
    before: PostId,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    post::table
        .filter(post::author_id.eq(author).and(post::id.lt(before)))
        .filter(post::state.ne(PostState::Tombstone))
        .filter(visible::post(reader))
        .order(post::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(db)
}

/// The texts a post had, newest first, below a cursor; `None` where it does not exist for the reader.
pub fn revisions(
    db: &mut Db,
    reader: Reader,
    id: PostId,
    before: RevisionId,
    limit: i64,
) -> QueryResult<Option<Vec<Revision>>> {
    match is_visible(db, reader, id)? {
        true => crate::raw::post::revisions(db, id, before, limit).map(Some),
        false => Ok(None),
    }
}

/// Which of these posts somebody likes.
pub fn liked(db: &mut Db, who: ActorId, posts: &[PostId]) -> QueryResult<Vec<PostId>> {
    each!(db, c => post_like::table
        .filter(post_like::actor_id.eq(who).and(among(post_like::post_id, posts.iter().copied())))
        .select(post_like::post_id)
        .load(c))
}

/// Threads and replies of local people that the reader may see: `(threads, replies)`.
pub fn count_local(db: &mut Db, reader: Reader) -> QueryResult<(i64, i64)> {
    let local = || {
        post::table
            .filter(post::peer_id.is_null())
            .filter(post::state.eq(PostState::Live))
            .filter(visible::post(reader))
    };
    let threads = local()
        .filter(post::parent_id.is_null())
        .count()
        .get_result(db)?;
    let replies = local()
        .filter(post::parent_id.is_not_null())
        .count()
        .get_result(db)?;
    Ok((threads, replies))
}
