//! Lists of threads: one query with options for every page and feed that shows some.

use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, among, predicate};
use crate::schema::{post, post_share, post_tag, read_mark};
use crate::visible::{self, for_viewer};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use model::access::Reader;
use model::{ActorId, FollowId, LangText, PostId, PostKind, PostState, SpaceId, TagId, Time};

/// A thread as a list shows it: no bodies.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = post)]
pub struct ThreadHead {
    pub id: PostId,
    pub ap_id: String,
    pub url: String,
    /// The community that owns it.
    pub community_id: Option<ActorId>,
    pub space_id: Option<SpaceId>,
    pub author_id: ActorId,
    pub kind: PostKind,
    pub state: PostState,
    /// Empty for a post outside of communities.
    pub title: LangText,
    pub published_at: Time,
    pub edited_at: Option<Time>,
    pub reply_count: i32,
    pub like_count: i32,
    /// Of a question: its accepted answers.
    pub answer_count: i32,
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
pub enum Within {
    /// In one community, or shared by it.
    Community(ActorId),
    /// In local communities; only what lists of the whole instance show.
    Local,
    /// Anywhere; only what lists of the whole instance show.
    Instance,
}

/// Which threads, in what order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadList {
    /// Where.
    pub within: Within,
    /// Only this kind.
    pub kind: Option<PostKind>,
    /// Only those in this space.
    pub space: Option<SpaceId>,
    /// Only those with this tag.
    pub tag: Option<TagId>,
    /// Only questions without an accepted answer.
    pub unanswered: bool,
    /// Only those that the community shows first.
    pub pinned: bool,
    /// Only threads in which the reader, who has followed the community since then, has not read
    /// everything.
    pub unread_since: Option<FollowId>,
    /// What comes first.
    pub order: ThreadOrder,
    /// Only what comes after this position.
    pub below: Option<ThreadCursor>,
    /// At most so many.
    pub limit: i64,
}

impl ThreadList {
    /// The most recently active threads, whatever they are.
    #[must_use]
    pub const fn new(within: Within, limit: i64) -> Self {
        Self {
            within,
            kind: None,
            space: None,
            tag: None,
            unanswered: false,
            pinned: false,
            unread_since: None,
            order: ThreadOrder::Active,
            below: None,
            limit,
        }
    }
}

/// The threads asked for that the reader may see; without tombstones and what is not live.
pub fn threads(db: &mut Db, reader: Reader, list: &ThreadList) -> QueryResult<Vec<ThreadHead>> {
    match list.within {
        Within::Community(id) => in_community(db, reader, list, id),
        Within::Local => select(db, reader, list, Source::Local),
        Within::Instance => select(db, reader, list, Source::Instance),
    }
}

/// Those of some threads that the reader may see, the most recently active first; without tombstones and
/// what is not live.
pub fn heads(db: &mut Db, reader: Reader, ids: &[PostId]) -> QueryResult<Vec<ThreadHead>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let list = ThreadList::new(Within::Instance, limit);
    select(db, reader, &list, Source::Among(ids))
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
    list: &ThreadList,
    id: ActorId,
) -> QueryResult<Vec<ThreadHead>> {
    let mut heads = select(db, reader, list, Source::OwnedBy(id))?;
    if list.pinned {
        // A community pins only what is its own.
        return Ok(heads);
    }
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

/// A question without an accepted answer. The numbers stand in the text for the index on them.
macro_rules! unanswered {
    ($post:literal) => {
        concat!($post, ".kind = 'question' AND ", $post, ".answer_count = 0")
    };
}

pub(super) use unanswered;

fn is_unanswered() -> Predicate<impl SqlText> {
    predicate!(unanswered!("post"))
}

/// How many questions of a community that the reader may see have no accepted answer, up to `cap`.
pub fn count_unanswered(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    cap: i64,
) -> QueryResult<i64> {
    let ids: Vec<PostId> = for_viewer!(visible::thread(reader), rule => each!(db, c => post::table
        .filter(post::community_id.eq(community).and(post::parent_id.is_null()))
        .filter(post::state.eq(PostState::Live))
        .filter(is_unanswered())
        .filter(rule)
        .limit(cap)
        .select(post::id)
        .load(c)))?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
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
    list: &ThreadList,
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
        if let Some(space) = list.space {
            query = query.filter(post::space_id.eq(space));
        }
        if let Some(tag) = list.tag {
            let of_post = post_tag::table.filter(post_tag::post_id.eq(post::id));
            query = query.filter(exists(of_post.filter(post_tag::tag_id.eq(tag))));
        }
        if list.unanswered {
            query = query.filter(is_unanswered());
        }
        if list.pinned {
            query = query.filter(post::pinned_at.is_not_null());
        }
        if let (Some(since), Some(who)) = (list.unread_since, reader.viewer.person()) {
            let read = read_mark::table
                .filter(read_mark::actor_id.eq(who).and(read_mark::root_id.eq(post::id)))
                .filter(read_mark::seen_id.ge(post::last_post_id));
            // Ids of one clock: a follow's says since when.
            query = query.filter(post::last_post_id.gt(PostId(since.0)).and(not(exists(read))));
        }
        query = match list.order {
            ThreadOrder::Active => query.order((post::active_at.desc(), post::id.desc())),
            ThreadOrder::Newest => query.order((post::published_at.desc(), post::id.desc())),
        };
        if let Some((at, id)) = list.below {
            query = match list.order {
                ThreadOrder::Active => query.filter(post::active_at.lt(at).or(post::active_at.eq(at).and(post::id.lt(id)))),
                ThreadOrder::Newest => query.filter(post::published_at.lt(at).or(post::published_at.eq(at).and(post::id.lt(id)))),
            };
        }
        query.load(c)
    })
}
