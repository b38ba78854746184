//! Where else a post is shown: in communities that announced it and do not own it.

use crate::connection::Db;
use crate::each;
use crate::row::PostShare;
use crate::schema::post_share;
use diesel::prelude::*;
use model::{ActorId, PostId};

/// Inserts a share of a post. Returns `false` where it exists already.
pub fn insert_share(db: &mut Db, row: &PostShare) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(post_share::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Deletes a share. Returns whether there was one.
pub fn delete_share(db: &mut Db, community: ActorId, post: PostId) -> QueryResult<bool> {
    let gone = diesel::delete(post_share::table.find((community, post))).execute(db)?;
    Ok(gone == 1)
}

/// Takes back what an Announce shared in a community; how many shares there were.
pub fn delete_announced(db: &mut Db, community: ActorId, announce_id: &str) -> QueryResult<usize> {
    let made = post_share::announce_id
        .eq(announce_id)
        .and(post_share::community_id.eq(community));
    diesel::delete(post_share::table.filter(made)).execute(db)
}

/// Whether an Announce shares a post.
pub fn is_share(db: &mut Db, announce_id: &str) -> QueryResult<bool> {
    let made = post_share::table.filter(post_share::announce_id.eq(announce_id));
    each!(db, c => diesel::select(diesel::dsl::exists(made)).get_result(c))
}

/// The communities that share a post.
pub fn shared_by(db: &mut Db, post: PostId) -> QueryResult<Vec<ActorId>> {
    post_share::table
        .filter(post_share::post_id.eq(post))
        .select(post_share::community_id)
        .load(db)
}

/// Keeps the newest `keep` shares of a community.
pub fn trim_shares(db: &mut Db, community: ActorId, keep: i64) -> QueryResult<()> {
    let old: Vec<PostId> = post_share::table
        .filter(post_share::community_id.eq(community))
        .order((post_share::shared_at.desc(), post_share::post_id.desc()))
        .offset(keep)
        .limit(100)
        .select(post_share::post_id)
        .load(db)?;
    for post in old {
        delete_share(db, community, post)?;
    }
    Ok(())
}
