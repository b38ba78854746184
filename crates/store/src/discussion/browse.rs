//! The threads of a community as somebody looks through them.

use super::{ThreadCursor, ThreadHead};
use crate::connection::Db;
use crate::each;
use crate::peer::shown;
use crate::schema::{post, read_mark};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use model::{ActorId, FollowId, PostId, PostKind};

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThreadOrder {
    /// Where something was said last.
    #[default]
    Active,
    /// What was begun last.
    Newest,
}

/// Which threads, and in what order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Browse {
    /// Only this kind.
    pub kind: Option<PostKind>,
    /// Only those in which somebody has not read everything since they follow the community.
    pub unread_by: Option<(ActorId, FollowId)>,
    /// What comes first.
    pub order: ThreadOrder,
    /// Below this place: the time that the order goes by, and the thread.
    pub below: Option<ThreadCursor>,
}

/// The threads of a community, as somebody asks for them.
pub fn browse(
    db: &mut Db,
    community: ActorId,
    asked: &Browse,
    limit: i64,
) -> QueryResult<Vec<ThreadHead>> {
    each!(db, c => {
        let mut query = post::table
            .filter(post::community_id.eq(community))
            .filter(post::parent_id.is_null())
            .filter(post::deleted_at.is_null())
            .filter(shown::post())
            .limit(limit)
            .select(ThreadHead::as_select())
            .into_boxed();
        if let Some(kind) = asked.kind {
            query = query.filter(post::kind.eq(kind));
        }
        if let Some((who, since)) = asked.unread_by {
            // A follow's id is of the same clock as a post's.
            let read = read_mark::table
                .filter(read_mark::actor_id.eq(who))
                .filter(read_mark::root_id.eq(post::id))
                .filter(read_mark::seen_id.ge(post::last_post_id));
            query = query
                .filter(post::last_post_id.gt(PostId(since.0)))
                .filter(not(exists(read)));
        }
        query = match (asked.order, asked.below) {
            (ThreadOrder::Active | ThreadOrder::Newest, None) => query,
            (ThreadOrder::Active, Some((at, id))) => query.filter(
                post::active_at.lt(at).or(post::active_at.eq(at).and(post::id.lt(id))),
            ),
            (ThreadOrder::Newest, Some((at, id))) => query.filter(
                post::published_at.lt(at).or(post::published_at.eq(at).and(post::id.lt(id))),
            ),
        };
        query = match asked.order {
            ThreadOrder::Active => query.order((post::active_at.desc(), post::id.desc())),
            ThreadOrder::Newest => query.order((post::published_at.desc(), post::id.desc())),
        };
        query.load(c)
    })
}
