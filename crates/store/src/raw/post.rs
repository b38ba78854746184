//! Posts, whatever may be seen of them: for verbs, which check access themselves, and for the
//! federation engine, which decides per recipient.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::{Actor, Like, Post, Revision};
use crate::schema::{actor, mention, post, post_like, revision};
use diesel::prelude::*;
use model::{ActorId, PostId, PostState, RevisionId};

/// Finds a post by its id.
pub fn by_id(db: &mut Db, id: PostId) -> QueryResult<Option<Post>> {
    each!(db, c => post::table
        .find(id)
        .select(Post::as_select())
        .first(c)
        .optional())
}

/// Finds a post by its ActivityPub id.
pub fn by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Post>> {
    each!(db, c => post::table
        .filter(post::ap_id.eq(ap_id))
        .select(Post::as_select())
        .first(c)
        .optional())
}

/// Finds a post by the page that its server names.
pub fn by_url(db: &mut Db, url: &str) -> QueryResult<Option<Post>> {
    each!(db, c => post::table
        .filter(post::url.eq(url))
        .select(Post::as_select())
        .first(c)
        .optional())
}

/// Finds the id of a post by its ActivityPub id.
pub fn id_of(db: &mut Db, ap_id: &str) -> QueryResult<Option<PostId>> {
    each!(db, c => post::table
        .filter(post::ap_id.eq(ap_id))
        .select(post::id)
        .first(c)
        .optional())
}

/// Loads several posts; those that do not exist are absent.
pub fn by_ids(db: &mut Db, ids: &[PostId]) -> QueryResult<Vec<Post>> {
    each!(db, c => post::table
        .filter(among(post::id, ids.iter().copied()))
        .select(Post::as_select())
        .load(c))
}

/// Every post by one author that is not a tombstone, in any state and place, newest first, below the
/// cursor.
pub fn by_author(
    db: &mut Db,
    author: ActorId,
    before: PostId,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    post::table
        .filter(post::author_id.eq(author).and(post::id.lt(before)))
        .filter(post::state.ne(PostState::Tombstone))
        .order(post::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(db)
}

/// The newest post of a thread, by arrival.
pub fn newest_in(db: &mut Db, root: PostId) -> QueryResult<PostId> {
    post::table.find(root).select(post::last_post_id).first(db)
}

/// Finds the like of a post by an actor.
pub fn like_of(db: &mut Db, who: ActorId, post_id: PostId) -> QueryResult<Option<Like>> {
    post_like::table
        .filter(
            post_like::actor_id
                .eq(who)
                .and(post_like::post_id.eq(post_id)),
        )
        .select(Like::as_select())
        .first(db)
        .optional()
}

/// Finds a like by its ActivityPub id.
pub fn like_by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Like>> {
    post_like::table
        .filter(post_like::ap_id.eq(ap_id))
        .select(Like::as_select())
        .first(db)
        .optional()
}

/// The texts a post had, newest first, below a cursor.
pub fn revisions(
    db: &mut Db,
    id: PostId,
    before: RevisionId,
    limit: i64,
) -> QueryResult<Vec<Revision>> {
    revision::table
        .filter(revision::post_id.eq(id).and(revision::id.lt(before)))
        .order(revision::id.desc())
        .limit(limit)
        .select(Revision::as_select())
        .load(db)
}

/// The newest text a post had.
pub fn newest_revision(db: &mut Db, id: PostId) -> QueryResult<Option<RevisionId>> {
    revision::table
        .filter(revision::post_id.eq(id))
        .select(diesel::dsl::max(revision::id))
        .first(db)
}

/// Returns the actors that a post mentions.
pub fn mentions(db: &mut Db, id: PostId) -> QueryResult<Vec<Actor>> {
    mention::table
        .inner_join(actor::table.on(actor::id.eq(mention::actor_id)))
        .filter(mention::post_id.eq(id))
        .select(Actor::as_select())
        .load(db)
}
