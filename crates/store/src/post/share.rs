//! Where else a post is shown: in communities that announced it and do not own it.

use crate::connection::Db;
use crate::each;
use crate::row::PostShare;
use crate::schema::post_share;
use diesel::prelude::*;
use model::{ActorId, PostId};

/// Shows a post in another community; one that is there already stays, and answers `false`.
pub fn insert_share(db: &mut Db, row: &PostShare) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(post_share::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Takes a share back; whether there was one.
pub fn delete_share(db: &mut Db, community: ActorId, post: PostId) -> QueryResult<bool> {
    let gone = diesel::delete(post_share::table.find((community, post))).execute(db)?;
    Ok(gone == 1)
}

/// The share that an Announce made, by the Announce's id.
pub fn share_by_announce(db: &mut Db, announce_id: &str) -> QueryResult<Option<PostShare>> {
    post_share::table
        .filter(post_share::announce_id.eq(announce_id))
        .select(PostShare::as_select())
        .first(db)
        .optional()
}

/// The communities that share a post.
pub fn shared_by(db: &mut Db, post: PostId) -> QueryResult<Vec<ActorId>> {
    post_share::table
        .filter(post_share::post_id.eq(post))
        .select(post_share::community_id)
        .load(db)
}
