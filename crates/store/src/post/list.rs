//! Lists of threads: one query with options for every page, feed and search that shows some.

use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, among, holds_words, json_array, predicate};
use crate::schema::{post, post_share, read_mark};
use crate::visible;
use diesel::backend::Backend;
use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, HasSqlType, Text};
use diesel::sqlite::Sqlite;
use model::access::Reader;
use model::{ActorId, FollowId, LangText, PostId, PostKind, PostState, Time};

/// A thread as a list shows it: no bodies.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = post)]
pub struct ThreadHead {
    pub id: PostId,
    pub ap_id: String,
    pub url: String,
    /// The community that owns it.
    pub community_id: Option<ActorId>,
    pub author_id: ActorId,
    pub kind: PostKind,
    pub state: PostState,
    /// Empty for a post outside of communities.
    pub title: LangText,
    pub published_at: Time,
    pub edited_at: Option<Time>,
    pub reply_count: i32,
    pub like_count: i32,
    /// The newest post in it, by arrival.
    pub last_post_id: PostId,
    /// When something was last said in it.
    pub active_at: Time,
}

/// A position in a list: the time it is ordered by, and the thread.
pub type ThreadCursor = (Time, PostId);

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThreadOrder {
    /// The thread with the most recent post.
    #[default]
    Active,
    /// The thread that was begun last.
    Newest,
}

/// Where the threads are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within<'a> {
    /// In one community, or shared by it.
    Community(ActorId),
    /// In any of these communities, at most `each` of one.
    Communities {
        /// Which.
        ids: &'a [ActorId],
        /// The most recently active of each, so many.
        each: i64,
    },
    /// In local communities; only what lists of the whole instance show.
    Local,
    /// Anywhere; only what lists of the whole instance show.
    Instance,
}

/// Which threads, in what order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadList<'a> {
    /// Where.
    pub within: Within<'a>,
    /// Only this kind.
    pub kind: Option<PostKind>,
    /// Only threads without a reply.
    pub unanswered: bool,
    /// Only threads in which the reader, who has followed the community since then, has not read
    /// everything.
    pub unread_since: Option<FollowId>,
    /// Only threads whose title holds these words, without regard to ASCII case.
    pub title: Option<&'a str>,
    /// What comes first.
    pub order: ThreadOrder,
    /// Only what comes after this position.
    pub below: Option<ThreadCursor>,
    /// At most so many.
    pub limit: i64,
}

impl<'a> ThreadList<'a> {
    /// The most recently active threads, whatever they are.
    #[must_use]
    pub const fn new(within: Within<'a>, limit: i64) -> Self {
        Self {
            within,
            kind: None,
            unanswered: false,
            unread_since: None,
            title: None,
            order: ThreadOrder::Active,
            below: None,
            limit,
        }
    }
}

/// The threads asked for that the reader may see; without tombstones and what is not live.
pub fn threads(db: &mut Db, reader: Reader, list: &ThreadList<'_>) -> QueryResult<Vec<ThreadHead>> {
    match list.within {
        Within::Community(id) => in_community(db, reader, list, id),
        Within::Communities { ids, each } => {
            let ids = newest_of_each(db, ids, each, list.limit)?;
            select(db, reader, list, Source::Among(&ids))
        }
        Within::Local => select(db, reader, list, Source::Local),
        Within::Instance => select(db, reader, list, Source::Instance),
    }
}

/// Which rows one statement begins with.
#[derive(Clone, Copy)]
enum Source<'a> {
    OwnedBy(ActorId),
    SharedBy(ActorId),
    Among(&'a [PostId]),
    Local,
    Instance,
}

/// What a community owns, and what it shares.
fn in_community(
    db: &mut Db,
    reader: Reader,
    list: &ThreadList<'_>,
    id: ActorId,
) -> QueryResult<Vec<ThreadHead>> {
    let mut heads = select(db, reader, list, Source::OwnedBy(id))?;
    let shares = exists(post_share::table.filter(post_share::community_id.eq(id)));
    if each!(db, c => diesel::select(shares).get_result::<bool>(c))? {
        heads.extend(select(db, reader, list, Source::SharedBy(id))?);
        let key = |head: &ThreadHead| match list.order {
            ThreadOrder::Active => (head.active_at, head.id),
            ThreadOrder::Newest => (head.published_at, head.id),
        };
        heads.sort_unstable_by_key(|head| std::cmp::Reverse(key(head)));
        heads.truncate(usize::try_from(list.limit).unwrap_or(0));
    }
    Ok(heads)
}

/// Whether a post is in a local community.
fn in_local_community() -> Predicate<impl SqlText> {
    predicate!(
        "EXISTS (SELECT 1 FROM actor WHERE actor.id = post.community_id AND actor.peer_id IS NULL)",
    )
}

fn select(
    db: &mut Db,
    reader: Reader,
    list: &ThreadList<'_>,
    source: Source<'_>,
) -> QueryResult<Vec<ThreadHead>> {
    each!(db, c => {
        let mut query = post::table
            .filter(post::parent_id.is_null().and(post::state.eq(PostState::Live)))
            .filter(visible::thread(reader))
            .limit(list.limit)
            .select(ThreadHead::as_select())
            .into_boxed();
        query = match source {
            Source::OwnedBy(id) => query.filter(post::community_id.eq(id)),
            Source::SharedBy(id) => query.filter(post::id.eq_any(
                post_share::table
                    .filter(post_share::community_id.eq(id))
                    .select(post_share::post_id),
            )),
            Source::Among(ids) => query.filter(among(post::id, ids.iter().copied())),
            Source::Local => query.filter(visible::listed_post(reader)).filter(in_local_community()),
            Source::Instance => query.filter(visible::listed_post(reader)),
        };
        if let Some(kind) = list.kind {
            query = query.filter(post::kind.eq(kind));
        }
        if list.unanswered {
            query = query.filter(post::reply_count.eq(0));
        }
        if let (Some(since), Some(who)) = (list.unread_since, reader.viewer.person()) {
            let read = read_mark::table
                .filter(read_mark::actor_id.eq(who).and(read_mark::root_id.eq(post::id)))
                .filter(read_mark::seen_id.ge(post::last_post_id));
            // Ids of one clock: a follow's says since when.
            query = query
                .filter(post::last_post_id.gt(PostId(since.0)))
                .filter(not(exists(read)));
        }
        if let Some(words) = list.title {
            query = query
                .filter(holds_words("post.title", words))
                .filter(visible::searchable_thread(reader));
        }
        query = match (list.order, list.below) {
            (ThreadOrder::Active | ThreadOrder::Newest, None) => query,
            (ThreadOrder::Active, Some((at, id))) => query.filter(
                post::active_at.lt(at).or(post::active_at.eq(at).and(post::id.lt(id))),
            ),
            (ThreadOrder::Newest, Some((at, id))) => query.filter(
                post::published_at.lt(at).or(post::published_at.eq(at).and(post::id.lt(id))),
            ),
        };
        query = match list.order {
            ThreadOrder::Active => query.order((post::active_at.desc(), post::id.desc())),
            ThreadOrder::Newest => query.order((post::published_at.desc(), post::id.desc())),
        };
        query.load(c)
    })
}

/// The most recently active threads of several communities. Reads no more than `each` rows of a
/// community, by the index. What is withheld is left out by the query that reads these: a community
/// with more withheld threads among its newest than `each` shows fewer than it could.
#[derive(QueryId)]
struct NewestOfEach {
    communities: Vec<i64>,
    json: String,
    each: i64,
    limit: i64,
}

impl Query for NewestOfEach {
    type SqlType = BigInt;
}

impl<Conn> RunQueryDsl<Conn> for NewestOfEach {}

impl NewestOfEach {
    /// What is newest in the community `a`.
    fn walk_newest<'b, DB>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
    {
        out.push_sql(
            "FROM post q WHERE q.community_id = a.id AND q.parent_id IS NULL \
             AND q.state = 'live' AND ",
        );
        out.push_sql(visible::SHOWN_Q);
        out.push_sql(" ORDER BY q.active_at DESC, q.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.each)
    }
}

impl QueryFragment<Sqlite> for NewestOfEach {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("SELECT p.id FROM actor a CROSS JOIN post p WHERE p.id IN (SELECT q.id ");
        self.walk_newest(&mut out)?;
        out.push_sql(") AND a.id IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql(")) ORDER BY p.active_at DESC, p.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl QueryFragment<Pg> for NewestOfEach {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT p.id FROM actor a CROSS JOIN LATERAL (SELECT q.id, q.active_at ");
        self.walk_newest(&mut out)?;
        out.push_sql(") p WHERE a.id = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(&self.communities)?;
        out.push_sql(") ORDER BY p.active_at DESC, p.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// The most recently active threads of several communities, `each` of one at most and `limit` in
/// all, whoever may see them.
fn newest_of_each(
    db: &mut Db,
    communities: &[ActorId],
    each: i64,
    limit: i64,
) -> QueryResult<Vec<PostId>> {
    if communities.is_empty() {
        return Ok(Vec::new());
    }
    let communities: Vec<i64> = communities.iter().map(|id| id.0).collect();
    let statement = NewestOfEach {
        json: json_array(&communities),
        communities,
        each,
        limit,
    };
    each!(db, c => statement.load(c))
}
