//! The pictures of posts. Who may see one is decided by its post.

use super::is_visible;
use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, among, predicate};
use crate::row::PostPicture;
use crate::schema::{blob, post_picture};
use diesel::prelude::*;
use model::PostId;
use model::access::Reader;
use std::collections::HashMap;

/// One picture of a post that the reader may see.
pub fn picture(
    db: &mut Db,
    reader: Reader,
    post: PostId,
    number: i32,
) -> QueryResult<Option<PostPicture>> {
    if !is_visible(db, reader, post)? {
        return Ok(None);
    }
    post_picture::table
        .find((post, number))
        .filter(is_shown())
        .select(PostPicture::as_select())
        .first(db)
        .optional()
}

/// The post of a picture is not removed: what a moderator removed may come back, and keeps its pictures.
fn is_shown() -> Predicate<impl SqlText> {
    predicate!(
        "EXISTS (SELECT 1 FROM post p WHERE p.id = post_picture.post_id \
         AND p.state <> 'tombstone')",
    )
}

/// The pictures of these posts, each post's in order. The caller has found the posts visible before.
pub fn pictures(db: &mut Db, posts: &[PostId]) -> QueryResult<HashMap<PostId, Vec<PostPicture>>> {
    let rows: Vec<PostPicture> = each!(db, c => post_picture::table
        .filter(among(post_picture::post_id, posts.iter().copied()))
        .filter(is_shown())
        .order((post_picture::post_id, post_picture::number))
        .select(PostPicture::as_select())
        .load(c))?;
    let mut of_posts: HashMap<PostId, Vec<PostPicture>> = HashMap::new();
    for row in rows {
        of_posts.entry(row.post_id).or_default().push(row);
    }
    Ok(of_posts)
}

/// Adds a picture to a post.
pub fn insert_picture(db: &mut Db, row: &PostPicture) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(post_picture::table).values(row).execute(c))?;
    Ok(())
}

/// Writes another alternative text of a picture.
pub fn describe_picture(db: &mut Db, post: PostId, number: i32, alt: &str) -> QueryResult<()> {
    diesel::update(post_picture::table.find((post, number)))
        .set(post_picture::alt.eq(alt))
        .execute(db)?;
    Ok(())
}

/// Takes a picture away from a post.
pub fn delete_picture(db: &mut Db, post: PostId, number: i32) -> QueryResult<()> {
    diesel::delete(post_picture::table.find((post, number))).execute(db)?;
    Ok(())
}

/// Removes the pictures of a post whose words were removed.
pub(super) fn delete_pictures(db: &mut Db, post: PostId) -> QueryResult<()> {
    diesel::delete(post_picture::table.filter(post_picture::post_id.eq(post))).execute(db)?;
    Ok(())
}

/// Which of these digests a picture of a post or of a profile has.
pub fn used_digests(db: &mut Db, digests: &[String]) -> QueryResult<Vec<String>> {
    let mut used: Vec<String> = each!(db, c => post_picture::table
        .filter(post_picture::digest.eq_any(digests))
        .select(post_picture::digest)
        .load(c))?;
    let profiles: Vec<String> = each!(db, c => blob::table
        .filter(blob::digest.eq_any(digests))
        .select(blob::digest)
        .load(c))?;
    used.extend(profiles);
    Ok(used)
}

#[cfg(test)]
mod tests;
