//! Tags of communities, the slugs that they had before, and the threads that have them.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::{FormerSlug, PostTag, PostTagging, Tag};
use crate::schema::{former_slug, post, post_tag, post_tagging, tag};
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::Reader;
use model::{ActorId, PostId, PostState, TagId};
use std::collections::HashMap;

/// The tags of a community, in the order in which they were made.
pub fn of_community(db: &mut Db, community: ActorId) -> QueryResult<Vec<Tag>> {
    each!(db, c => tag::table
        .filter(tag::community_id.eq(community))
        .order(tag::id)
        .select(Tag::as_select())
        .load(c))
}

/// One tag, by its id.
pub fn by_id(db: &mut Db, id: TagId) -> QueryResult<Option<Tag>> {
    each!(db, c => tag::table.find(id).select(Tag::as_select()).first(c).optional())
}

/// The tag of a community that has a slug now.
pub fn by_slug(db: &mut Db, community: ActorId, slug: &str) -> QueryResult<Option<Tag>> {
    each!(db, c => tag::table
        .filter(tag::community_id.eq(community).and(tag::slug.eq(slug)))
        .select(Tag::as_select())
        .first(c)
        .optional())
}

/// The tag of a community that had a slug before.
pub fn by_former_slug(db: &mut Db, community: ActorId, slug: &str) -> QueryResult<Option<Tag>> {
    each!(db, c => former_slug::table
        .inner_join(tag::table)
        .filter(former_slug::community_id.eq(community).and(former_slug::slug.eq(slug)))
        .select(Tag::as_select())
        .first(c)
        .optional())
}

/// The slugs that tags of a community had before, with the tags.
pub fn former_slugs(db: &mut Db, community: ActorId) -> QueryResult<Vec<(String, TagId)>> {
    former_slug::table
        .filter(former_slug::community_id.eq(community))
        .select((former_slug::slug, former_slug::tag_id))
        .load(db)
}

/// Inserts a tag.
pub fn insert(db: &mut Db, row: &Tag) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(tag::table).values(row).execute(c))?;
    Ok(())
}

/// Writes the name and slug of a tag.
pub fn update(db: &mut Db, row: &Tag) -> QueryResult<()> {
    each!(db, c => diesel::update(tag::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Deletes a tag: the threads lose it, and its addresses lead nowhere.
pub fn delete(db: &mut Db, id: TagId) -> QueryResult<()> {
    diesel::delete(post_tag::table.filter(post_tag::tag_id.eq(id))).execute(db)?;
    diesel::delete(former_slug::table.filter(former_slug::tag_id.eq(id))).execute(db)?;
    diesel::delete(tag::table.find(id)).execute(db)?;
    Ok(())
}

/// Remembers a slug that a tag no longer has.
pub fn insert_former_slug(db: &mut Db, row: &FormerSlug) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(former_slug::table)
        .values(row)
        .on_conflict((former_slug::community_id, former_slug::slug))
        .do_update()
        .set(former_slug::tag_id.eq(row.tag_id))
        .execute(c))?;
    Ok(())
}

/// Forgets a former slug, because a tag has it now.
pub fn delete_former_slug(db: &mut Db, community: ActorId, slug: &str) -> QueryResult<()> {
    diesel::delete(former_slug::table.find((community, slug))).execute(db)?;
    Ok(())
}

/// The tags of these threads. The caller has found the threads visible before.
pub fn of_posts(db: &mut Db, posts: &[PostId]) -> QueryResult<HashMap<PostId, Vec<Tag>>> {
    if posts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(PostId, Tag)> = each!(db, c => post_tag::table
        .inner_join(tag::table)
        .filter(among(post_tag::post_id, posts.iter().copied()))
        .order(tag::id)
        .select((post_tag::post_id, Tag::as_select()))
        .load(c))?;
    let mut of_posts: HashMap<PostId, Vec<Tag>> = HashMap::new();
    for (post, tag) in rows {
        of_posts.entry(post).or_default().push(tag);
    }
    Ok(of_posts)
}

/// Gives a thread these tags, in place of those it had.
pub fn set_of_post(db: &mut Db, post_id: PostId, tags: &[TagId]) -> QueryResult<()> {
    delete_of_post(db, post_id)?;
    for tag_id in tags {
        let row = PostTag {
            post_id,
            tag_id: *tag_id,
        };
        each!(db, c => diesel::insert_into(post_tag::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Takes all tags away from a thread.
pub(crate) fn delete_of_post(db: &mut Db, post_id: PostId) -> QueryResult<()> {
    each!(db, c => diesel::delete(post_tag::table.filter(post_tag::post_id.eq(post_id))).execute(c))?;
    Ok(())
}

/// Takes all tags away from a thread, with what is known of their last change: in another community all begins anew.
pub(crate) fn forget_of_post(db: &mut Db, post_id: PostId) -> QueryResult<()> {
    delete_of_post(db, post_id)?;
    diesel::delete(post_tagging::table.find(post_id)).execute(db)?;
    Ok(())
}

/// The last change of the tags of a published thread, by its author's clock; `None` where they are as it was published.
pub fn tagging(db: &mut Db, post: PostId) -> QueryResult<Option<PostTagging>> {
    each!(db, c => post_tagging::table
        .find(post)
        .select(PostTagging::as_select())
        .first(c)
        .optional())
}

/// Writes down a change of the tags of a published thread.
pub fn put_tagging(db: &mut Db, row: &PostTagging) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(post_tagging::table)
        .values(row)
        .on_conflict(post_tagging::post_id)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

/// How many live threads that the reader may see have a tag, up to `cap`.
pub fn count_threads(db: &mut Db, reader: Reader, tag: TagId, cap: i64) -> QueryResult<i64> {
    let ids: Vec<PostId> = for_viewer!(visible::thread(reader), rule => each!(db, c => post_tag::table
        .inner_join(post::table)
        .filter(post_tag::tag_id.eq(tag).and(post::parent_id.is_null()))
        .filter(post::state.eq(PostState::Live))
        .filter(rule)
        .limit(cap)
        .select(post::id)
        .load(c)))?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}
