//! The numbers that count what may be seen, a chunk at a time: they are counted anew where posts and
//! likes are withheld, or shown again.

use crate::connection::Db;
use crate::each;
use crate::schema::{actor, post, post_like};
use crate::visible;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Timestamp};
use model::{ActorId, PeerId, PostId};

/// Whose posts and likes are hidden, or shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those of every actor of a peer.
    Peer(PeerId),
    /// Those of one actor.
    Actor(ActorId),
}

/// The threads in which they wrote, after a cursor.
pub fn threads(db: &mut Db, whose: Whose, after: PostId, limit: i64) -> QueryResult<Vec<PostId>> {
    let rows = post::table
        .inner_join(actor::table.on(actor::id.eq(post::author_id)))
        .filter(post::root_id.gt(after))
        .order(post::root_id.asc())
        .select(post::root_id)
        .distinct()
        .limit(limit);
    match whose {
        Whose::Peer(id) => rows.filter(actor::peer_id.eq(id)).load(db),
        Whose::Actor(id) => rows.filter(actor::id.eq(id)).load(db),
    }
}

/// The posts that they like, after a cursor.
pub fn liked(db: &mut Db, whose: Whose, after: PostId, limit: i64) -> QueryResult<Vec<PostId>> {
    let rows = post_like::table
        .inner_join(actor::table.on(actor::id.eq(post_like::actor_id)))
        .filter(post_like::post_id.gt(after))
        .order(post_like::post_id.asc())
        .select(post_like::post_id)
        .distinct()
        .limit(limit);
    match whose {
        Whose::Peer(id) => rows.filter(actor::peer_id.eq(id)).load(db),
        Whose::Actor(id) => rows.filter(actor::id.eq(id)).load(db),
    }
}

/// Counts the replies of threads anew, and says which is the newest post in each, and since when.
pub fn recount_threads(db: &mut Db, roots: &[PostId]) -> QueryResult<()> {
    let replies = format!(
        "(SELECT COUNT(*) FROM post r WHERE r.root_id = post.id AND r.parent_id IS NOT NULL \
         AND {})",
        visible::COUNTED_R
    );
    let newest = format!(
        "COALESCE((SELECT MAX(r.id) FROM post r WHERE r.root_id = post.id AND {}), post.id)",
        visible::COUNTED_R
    );
    let active = format!(
        "COALESCE((SELECT MAX(r.published_at) FROM post r WHERE r.root_id = post.id AND {}), \
         post.published_at)",
        visible::COUNTED_R
    );
    each!(db, c => diesel::update(post::table.filter(post::id.eq_any(roots)))
        .set((
            post::reply_count.eq(sql::<Integer>(&replies)),
            post::last_post_id.eq(sql::<BigInt>(&newest)),
            post::active_at.eq(sql::<Timestamp>(&active)),
            post::answer_count.eq(sql::<Integer>(&answers())),
        ))
        .execute(c))?;
    Ok(())
}

/// Counts the accepted answers of a question anew.
pub fn recount_answers(db: &mut Db, question: PostId) -> QueryResult<()> {
    diesel::update(post::table.find(question))
        .set(post::answer_count.eq(sql::<Integer>(&answers())))
        .execute(db)?;
    Ok(())
}

/// The accepted answers of a `post` that count.
fn answers() -> String {
    format!(
        "(SELECT COUNT(*) FROM post r WHERE r.root_id = post.id AND r.accepted_at IS NOT NULL \
         AND {})",
        visible::COUNTED_R
    )
}

/// Counts the likes of posts anew.
pub fn recount_likes(db: &mut Db, posts: &[PostId]) -> QueryResult<()> {
    let likes = format!(
        "(SELECT COUNT(*) FROM post_like l JOIN actor r ON r.id = l.actor_id \
         WHERE l.post_id = post.id AND {})",
        visible::SHOWN_ACTOR_R
    );
    each!(db, c => diesel::update(post::table.filter(post::id.eq_any(posts)))
        .set(post::like_count.eq(sql::<Integer>(&likes)))
        .execute(c))?;
    Ok(())
}

/// Counts the threads of the communities that some threads are in anew.
pub fn recount_communities(db: &mut Db, roots: &[PostId]) -> QueryResult<()> {
    let places: Vec<Option<ActorId>> = each!(db, c => post::table
        .filter(post::id.eq_any(roots))
        .select(post::community_id)
        .distinct()
        .load(c))?;
    let places: Vec<ActorId> = places.into_iter().flatten().collect();
    let threads = format!(
        "(SELECT COUNT(*) FROM post r WHERE r.community_id = actor.id AND r.parent_id IS NULL \
         AND r.deleted_at IS NULL AND {})",
        visible::COUNTED_R
    );
    each!(db, c => diesel::update(actor::table.filter(actor::id.eq_any(&places)))
        .set(actor::post_count.eq(sql::<Integer>(&threads)))
        .execute(c))?;
    Ok(())
}
