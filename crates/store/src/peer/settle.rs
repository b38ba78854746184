//! What a block ends, and the numbers that count what may be seen, a chunk at a time.

use crate::connection::Db;
use crate::each;
use crate::row::Follow;
use crate::schema::{actor, delivery, follow, post, post_like};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use model::{ActorId, DeliveryId, PeerId, PostId};

/// Follows that an actor of a peer has a side in.
pub fn follows(db: &mut Db, id: PeerId, limit: i64) -> QueryResult<Vec<Follow>> {
    let found: Vec<Follow> = follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::follower_id)))
        .filter(actor::peer_id.eq(id))
        .limit(limit)
        .select(Follow::as_select())
        .load(db)?;
    if !found.is_empty() {
        return Ok(found);
    }
    follow::table
        .inner_join(actor::table.on(actor::id.eq(follow::target_id)))
        .filter(actor::peer_id.eq(id))
        .limit(limit)
        .select(Follow::as_select())
        .load(db)
}

/// Takes away what waits for a peer or was set aside; answers how many.
pub fn drop_deliveries(db: &mut Db, id: PeerId, limit: i64) -> QueryResult<usize> {
    let ids: Vec<DeliveryId> = delivery::table
        .filter(delivery::peer_id.eq(id))
        .limit(limit)
        .select(delivery::id)
        .load(db)?;
    each!(db, c => diesel::delete(delivery::table.filter(delivery::id.eq_any(&ids))).execute(c))
}

/// The threads in which somebody of a peer wrote, after a cursor.
pub fn threads(db: &mut Db, id: PeerId, after: PostId, limit: i64) -> QueryResult<Vec<PostId>> {
    post::table
        .inner_join(actor::table.on(actor::id.eq(post::author_id)))
        .filter(actor::peer_id.eq(id))
        .filter(post::root_id.gt(after))
        .order(post::root_id.asc())
        .select(post::root_id)
        .distinct()
        .limit(limit)
        .load(db)
}

/// The posts that somebody of a peer likes, after a cursor.
pub fn liked(db: &mut Db, id: PeerId, after: PostId, limit: i64) -> QueryResult<Vec<PostId>> {
    post_like::table
        .inner_join(actor::table.on(actor::id.eq(post_like::actor_id)))
        .filter(actor::peer_id.eq(id))
        .filter(post_like::post_id.gt(after))
        .order(post_like::post_id.asc())
        .select(post_like::post_id)
        .distinct()
        .limit(limit)
        .load(db)
}

/// What may be seen of a reply `r`.
const SEEN: &str =
    "(r.peer_id IS NULL OR r.peer_id NOT IN (SELECT id FROM peer WHERE standing = 'blocked'))";

/// Counts the replies of threads anew, and says which is the newest post in each.
pub fn recount_threads(db: &mut Db, roots: &[PostId]) -> QueryResult<()> {
    let replies = format!(
        "(SELECT COUNT(*) FROM post r WHERE r.root_id = post.id AND r.parent_id IS NOT NULL \
         AND {SEEN})"
    );
    let newest = format!(
        "COALESCE((SELECT MAX(r.id) FROM post r WHERE r.root_id = post.id AND {SEEN}), post.id)"
    );
    each!(db, c => diesel::update(post::table.filter(post::id.eq_any(roots)))
        .set((
            post::reply_count.eq(sql::<Integer>(&replies)),
            post::last_post_id.eq(sql::<BigInt>(&newest)),
        ))
        .execute(c))?;
    Ok(())
}

/// Counts the likes of posts anew.
pub fn recount_likes(db: &mut Db, posts: &[PostId]) -> QueryResult<()> {
    let likes = format!(
        "(SELECT COUNT(*) FROM post_like l JOIN actor r ON r.id = l.actor_id \
         WHERE l.post_id = post.id AND {SEEN})"
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
         AND r.deleted_at IS NULL AND {SEEN})"
    );
    each!(db, c => diesel::update(actor::table.filter(actor::id.eq_any(&places)))
        .set(actor::post_count.eq(sql::<Integer>(&threads)))
        .execute(c))?;
    Ok(())
}
