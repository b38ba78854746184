//! Changing rows of posts, likes and mentions; the rules stand in `domain`.

use crate::clash;
use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::row::{Like, Mention, Post, Revision, Tombstone};
use crate::schema::{mention, post, post_like, revision, tombstone};
use diesel::dsl::case_when;
use diesel::expression::IntoSql;
use diesel::prelude::*;
use diesel::sql_types::Timestamp;
use model::{ActorId, DeletedBy, LikeId, PostId, Time};

/// Adds a post; one the world knows by the same name stays, and answers `false`.
pub fn insert(db: &mut Db, row: &Post) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(post::table)
        .values(row)
        .on_conflict(post::ap_id)
        .do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// A reply has come: the thread counts it and moves up.
pub fn count_reply(db: &mut Db, root: PostId, reply: PostId, at: Time) -> QueryResult<()> {
    let later = case_when(post::active_at.lt(at), at.into_sql::<Timestamp>());
    each!(db, c => diesel::update(post::table.find(root))
        .set((
            post::reply_count.eq(post::reply_count + 1),
            post::last_post_id.eq(reply),
            post::active_at.eq(later.otherwise(post::active_at)),
        ))
        .execute(c))?;
    Ok(())
}

/// The new text of a post.
#[derive(AsChangeset)]
#[diesel(table_name = post, treat_none_as_null = true)]
pub struct Text<'a> {
    /// Language tag.
    pub lang: &'a str,
    /// Title; empty for a reply.
    pub title: &'a str,
    /// As typed; empty where a peer did not say.
    #[diesel(column_name = body_md)]
    pub md: &'a str,
    /// Sanitized.
    #[diesel(column_name = body_html)]
    pub html: &'a str,
    /// The second language's tag.
    pub alt_lang: Option<&'a str>,
    /// Its title.
    pub alt_title: &'a str,
    /// Its text as typed.
    pub alt_md: &'a str,
    /// Its text, sanitized.
    pub alt_html: &'a str,
}

/// Writes a new text over the old one.
pub fn set_text(db: &mut Db, id: PostId, text: &Text<'_>, at: Time) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set((text, post::edited_at.eq(at)))
        .execute(db)?;
    Ok(())
}

/// Empties a post and leaves a tombstone in its place.
pub fn bury(db: &mut Db, id: PostId, by: DeletedBy, at: Time) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set((
            post::title.eq(""),
            post::body_md.eq(""),
            post::body_html.eq(""),
            post::alt_title.eq(""),
            post::alt_md.eq(""),
            post::alt_html.eq(""),
            post::deleted_at.eq(at),
            post::deleted_by.eq(by),
        ))
        .execute(db)?;
    diesel::delete(revision::table.filter(revision::post_id.eq(id))).execute(db)?;
    Ok(())
}

/// Puts a post back in its place, with these words.
pub fn unbury(db: &mut Db, id: PostId, text: &Text<'_>) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set((
            text,
            post::deleted_at.eq(None::<Time>),
            post::deleted_by.eq(None::<DeletedBy>),
        ))
        .execute(db)?;
    Ok(())
}

/// A thread that stood outside of any community, and its replies, stand in this one.
pub fn set_community(db: &mut Db, root: PostId, community: ActorId) -> QueryResult<()> {
    diesel::update(post::table.filter(post::root_id.eq(root).and(post::community_id.is_null())))
        .set(post::community_id.eq(community))
        .execute(db)?;
    Ok(())
}

/// The id of the Announce that carried this thread to software that shows boosts.
pub fn set_announce(db: &mut Db, id: PostId, announce: &str) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set(post::announce_id.eq(announce))
        .execute(db)?;
    Ok(())
}

/// Keeps a text a post had.
pub fn insert_revision(db: &mut Db, row: &Revision) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(revision::table).values(row).execute(c))?;
    Ok(())
}

/// Names somebody in a post.
pub fn insert_mention(db: &mut Db, post_id: PostId, actor_id: ActorId) -> QueryResult<()> {
    let row = Mention { post_id, actor_id };
    each!(db, c => diesel::insert_into(mention::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Adds a like; a second one by the same actor changes nothing and answers `false`.
pub fn insert_like(db: &mut Db, row: &Like) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(post_like::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        each!(db, c => diesel::update(post::table.find(row.post_id))
            .set(post::like_count.eq(post::like_count + 1))
            .execute(c))?;
    } else {
        let taken = diesel::dsl::exists(post_like::table.find(row.id));
        clash::none(diesel::select(taken).get_result(db)?)?;
    }
    Ok(added == 1)
}

/// Takes a like away.
pub fn delete_like(db: &mut Db, id: LikeId, post_id: PostId) -> QueryResult<()> {
    if diesel::delete(post_like::table.find(id)).execute(db)? == 1 {
        diesel::update(post::table.find(post_id))
            .set(post::like_count.eq(post::like_count - 1))
            .execute(db)?;
    }
    Ok(())
}

/// Remembers a Delete that came before its Create.
pub fn insert_tombstone(db: &mut Db, ap_id: &str, at: Time) -> QueryResult<()> {
    let row = Tombstone {
        ap_id: ap_id.to_owned(),
        at,
    };
    each!(db, c => diesel::insert_into(tombstone::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// That Delete was taken back.
pub fn delete_tombstone(db: &mut Db, ap_id: &str) -> QueryResult<()> {
    diesel::delete(tombstone::table.find(ap_id)).execute(db)?;
    Ok(())
}

/// A Delete of what never came is remembered for 90 days: a server that was down for longer and sends
/// the Create only then is believed.
pub(crate) const TOMBSTONE_RETENTION: Retention = Retention {
    name: "tombstones",
    keep_seconds: 90 * DAY,
    delete: forget_tombstones,
};

/// Forgets at most `limit` of the Deletes that came before their Create, from before a moment; whether
/// there may be more.
pub fn forget_tombstones(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let old: Vec<String> = tombstone::table
        .filter(tombstone::at.lt(before))
        .select(tombstone::ap_id)
        .limit(limit)
        .load(db)?;
    each!(db, c => diesel::delete(tombstone::table.filter(tombstone::ap_id.eq_any(&old))).execute(c))?;
    Ok(i64::try_from(old.len()).is_ok_and(|gone| gone == limit))
}

/// A Delete for this name has come before.
pub fn has_tombstone(db: &mut Db, ap_id: &str) -> QueryResult<bool> {
    let there = diesel::dsl::exists(tombstone::table.find(ap_id));
    each!(db, c => diesel::select(there).get_result(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, Store, StoreError, both};

    fn day(day: i64) -> Time {
        Time::from_unix_millis(1_798_761_600_000).plus_seconds(day * 86_400)
    }

    both! {
        async fn what_was_deleted_before_it_came_is_forgotten_a_chunk_at_a_time(store: Store) {
            let forgotten = store.write(|db: &mut Db| {
                for number in 0..5 {
                    insert_tombstone(db, &number.to_string(), day(number))?;
                }
                let more = [forget_tombstones(db, day(3), 2)?, forget_tombstones(db, day(3), 2)?];
                let left: Vec<bool> = (0..5)
                    .map(|number| has_tombstone(db, &number.to_string()))
                    .collect::<Result<_, _>>()?;
                Ok::<_, StoreError>((more, left))
            });
            let (more, left) = forgotten.await.unwrap();
            assert_eq!(more, [true, false]);
            assert_eq!(left, [false, false, false, true, true]);
        }
    }
}
