//! Posts and the pages made of them.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::peer::shown;
use crate::row::{Actor, Like, Post, Revision};
use crate::schema::{actor, mention, post, post_like, revision};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use model::{ActorId, PostId, PostKind, RevisionId, Time, Visibility};

/// A thread as a list shows it: no bodies.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = post)]
pub struct ThreadHead {
    /// Id.
    pub id: PostId,
    /// What the world calls it.
    pub ap_id: String,
    /// Where it is read: at its own server.
    pub url: String,
    /// The community it is in.
    pub community_id: Option<ActorId>,
    /// Who wrote it.
    pub author_id: ActorId,
    /// What it is meant as.
    pub kind: PostKind,
    /// Language tag.
    pub lang: String,
    /// Title; a post outside communities has none.
    pub title: String,
    /// The second language.
    pub alt_lang: Option<String>,
    /// The title in it.
    pub alt_title: String,
    /// When it was written.
    pub published_at: Time,
    /// When it was last changed.
    pub edited_at: Option<Time>,
    /// How many replies.
    pub reply_count: i32,
    /// How many found it helpful.
    pub like_count: i32,
    /// The newest post in it.
    pub last_post_id: PostId,
    /// When that was.
    pub active_at: Time,
}

/// Which threads a list shows, and in what order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadFilter {
    /// Only this kind.
    pub kind: Option<PostKind>,
    /// Only threads nobody has replied to.
    pub unanswered: bool,
}

/// A place in a list ordered by `(active_at, id)`, newest first.
pub type ThreadCursor = (Time, PostId);

/// One post.
pub fn by_id(db: &mut Db, id: PostId) -> QueryResult<Option<Post>> {
    each!(db, c => post::table
        .find(id)
        .select(Post::as_select())
        .first(c)
        .optional())
}

/// By what the world calls it.
pub fn by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Post>> {
    each!(db, c => post::table
        .filter(post::ap_id.eq(ap_id))
        .select(Post::as_select())
        .first(c)
        .optional())
}

/// The id of the post the world knows by this name.
pub fn id_of(db: &mut Db, ap_id: &str) -> QueryResult<Option<PostId>> {
    each!(db, c => post::table
        .filter(post::ap_id.eq(ap_id))
        .select(post::id)
        .first(c)
        .optional())
}

/// Several posts; those that do not exist are absent.
pub fn by_ids(db: &mut Db, ids: &[PostId]) -> QueryResult<Vec<Post>> {
    each!(db, c => post::table
        .filter(among(post::id, ids.iter().copied()))
        .select(Post::as_select())
        .load(c))
}

/// The threads of a community, most recently active first, below the cursor.
pub fn in_community(
    db: &mut Db,
    community: ActorId,
    filter: ThreadFilter,
    below: Option<ThreadCursor>,
    limit: i64,
) -> QueryResult<Vec<ThreadHead>> {
    each!(db, c => {
        let mut query = post::table
            .filter(post::community_id.eq(community))
            .filter(post::parent_id.is_null())
            .filter(post::deleted_at.is_null())
            .filter(shown::post())
            .order((post::active_at.desc(), post::id.desc()))
            .limit(limit)
            .select(ThreadHead::as_select())
            .into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(post::kind.eq(kind));
        }
        if filter.unanswered {
            query = query.filter(post::reply_count.eq(0));
        }
        if let Some((at, id)) = below {
            query = query.filter(post::active_at.lt(at).or(post::active_at.eq(at).and(post::id.lt(id))));
        }
        query.load(c)
    })
}

/// A thread's id, of a query written by hand.
#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: PostId,
}

/// The most recently active threads of several communities, `per` of each at most and `limit` in
/// all. Reads no more than `per` rows of each, by the index.
pub fn in_communities(
    db: &mut Db,
    communities: &[ActorId],
    per: i64,
    limit: i64,
) -> QueryResult<Vec<ThreadHead>> {
    if communities.is_empty() {
        return Ok(Vec::new());
    }
    let list: Vec<String> = communities.iter().map(ToString::to_string).collect();
    let list = list.join(", ");
    let newest = format!(
        "FROM post q WHERE q.community_id = a.id AND q.parent_id IS NULL \
         AND q.deleted_at IS NULL AND {seen} ORDER BY q.active_at DESC, q.id DESC LIMIT {per}",
        seen = shown::POST_Q
    );
    let tail = format!("a.id IN ({list}) ORDER BY p.active_at DESC, p.id DESC LIMIT {limit}");
    let found: Vec<Found> = match db {
        Db::Pg(c) => sql_query(format!(
            "SELECT p.id FROM actor a \
             CROSS JOIN LATERAL (SELECT q.id, q.active_at {newest}) p WHERE {tail}"
        ))
        .load(c)?,
        Db::Sqlite(c) => sql_query(format!(
            "SELECT p.id FROM actor a CROSS JOIN post p \
             WHERE p.id IN (SELECT q.id {newest}) AND {tail}"
        ))
        .load(c)?,
    };
    let ids: Vec<PostId> = found.into_iter().map(|row| row.id).collect();
    each!(db, c => post::table
        .filter(among(post::id, ids.iter().copied()))
        .order((post::active_at.desc(), post::id.desc()))
        .select(ThreadHead::as_select())
        .load(c))
}

/// The latest public threads in local communities, for the front page; of silenced authors only
/// those the reader follows.
pub fn latest_local(
    db: &mut Db,
    reader: Option<ActorId>,
    below: Option<ThreadCursor>,
    limit: i64,
) -> QueryResult<Vec<ThreadHead>> {
    each!(db, c => {
        let mut query = post::table
            .inner_join(actor::table.on(post::community_id.eq(actor::id.nullable())))
            .filter(actor::peer_id.is_null())
            .filter(post::parent_id.is_null())
            .filter(post::deleted_at.is_null())
            .filter(post::visibility.eq(Visibility::Public))
            .filter(shown::found_post!(reader))
            .order((post::active_at.desc(), post::id.desc()))
            .limit(limit)
            .select(ThreadHead::as_select())
            .into_boxed();
        if let Some((at, id)) = below {
            query = query.filter(post::active_at.lt(at).or(post::active_at.eq(at).and(post::id.lt(id))));
        }
        query.load(c)
    })
}

/// Every post by one author, hidden ones too, newest first, below the cursor; tombstones are left
/// out.
pub fn written_by(
    db: &mut Db,
    author: ActorId,
    before: PostId,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    post::table
        .filter(post::author_id.eq(author).and(post::id.lt(before)))
        .filter(post::deleted_at.is_null())
        .order(post::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(db)
}

/// Posts by one author that may be seen, newest first, below the cursor; tombstones are left out.
pub fn by_author(
    db: &mut Db,
    author: ActorId,
    before: PostId,
    limit: i64,
) -> QueryResult<Vec<Post>> {
    post::table
        .filter(post::author_id.eq(author).and(post::id.lt(before)))
        .filter(post::deleted_at.is_null())
        .filter(shown::post())
        .filter(shown::thread_of_post())
        .order(post::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(db)
}

/// The replies of a thread in reading order (branch by branch), `limit` of them after `skip`.
pub fn replies(db: &mut Db, root: PostId, skip: i64, limit: i64) -> QueryResult<Vec<Post>> {
    post::table
        .filter(post::root_id.eq(root).and(post::parent_id.is_not_null()))
        .filter(shown::post())
        .order((post::branch_id.asc(), post::id.asc()))
        .offset(skip)
        .limit(limit)
        .select(Post::as_select())
        .load(db)
}

/// How many replies stand before this one in reading order.
pub fn replies_before(db: &mut Db, reply: &Post) -> QueryResult<i64> {
    post::table
        .filter(
            post::root_id
                .eq(reply.root_id)
                .and(post::parent_id.is_not_null()),
        )
        .filter(
            post::branch_id.lt(reply.branch_id).or(post::branch_id
                .eq(reply.branch_id)
                .and(post::id.lt(reply.id))),
        )
        .filter(shown::post())
        .count()
        .get_result(db)
}

/// The names of a thread's posts, oldest first, for its `context` collection.
pub fn thread_ap_ids(
    db: &mut Db,
    root: PostId,
    after: PostId,
    limit: i64,
) -> QueryResult<Vec<(PostId, String)>> {
    post::table
        .filter(post::root_id.eq(root).and(post::id.gt(after)))
        .filter(post::deleted_at.is_null())
        .filter(shown::post())
        .order(post::id.asc())
        .limit(limit)
        .select((post::id, post::ap_id))
        .load(db)
}

/// How many posts a thread holds, tombstones not counted.
pub fn thread_len(db: &mut Db, root: PostId) -> QueryResult<i64> {
    post::table
        .filter(post::root_id.eq(root).and(post::deleted_at.is_null()))
        .filter(shown::post())
        .count()
        .get_result(db)
}

/// The newest post of a thread's page of rows, for the read mark.
pub fn newest_in(db: &mut Db, root: PostId) -> QueryResult<PostId> {
    post::table.find(root).select(post::last_post_id).first(db)
}

/// Which of these posts somebody likes.
pub fn liked(db: &mut Db, who: ActorId, posts: &[PostId]) -> QueryResult<Vec<PostId>> {
    each!(db, c => post_like::table
        .filter(post_like::actor_id.eq(who).and(among(post_like::post_id, posts.iter().copied())))
        .select(post_like::post_id)
        .load(c))
}

/// Somebody's like of a post.
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

/// By what the world calls the like.
pub fn like_by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Like>> {
    post_like::table
        .filter(post_like::ap_id.eq(ap_id))
        .select(Like::as_select())
        .first(db)
        .optional()
}

/// The texts a post had, oldest first.
pub fn revisions(db: &mut Db, id: PostId) -> QueryResult<Vec<Revision>> {
    revision::table
        .filter(revision::post_id.eq(id).and(revision::id.gt(RevisionId(0))))
        .order(revision::id.asc())
        .select(Revision::as_select())
        .load(db)
}

/// Those named in a post.
pub fn mentions(db: &mut Db, id: PostId) -> QueryResult<Vec<Actor>> {
    mention::table
        .inner_join(actor::table.on(actor::id.eq(mention::actor_id)))
        .filter(mention::post_id.eq(id))
        .select(Actor::as_select())
        .load(db)
}

/// Posts and replies of local people, for NodeInfo: `(threads, replies)`.
pub fn count_local(db: &mut Db) -> QueryResult<(i64, i64)> {
    let local = post::table
        .filter(post::peer_id.is_null())
        .filter(post::deleted_at.is_null());
    let threads = local
        .filter(post::parent_id.is_null())
        .count()
        .get_result(db)?;
    let replies = local
        .filter(post::parent_id.is_not_null())
        .count()
        .get_result(db)?;
    Ok((threads, replies))
}
