//! Changing rows of posts, likes and mentions; the rules stand in `domain`.

use crate::connection::Db;
use crate::each;
use crate::fragment::{Value, statement};
use crate::id_collision;
use crate::retention::{DAY, Retention};
use crate::row::{Like, Mention, Post, PostText, Revision, Tombstone};
use crate::schema::{actor, community, mention, post, post_like, revision, tombstone};
use diesel::prelude::*;
use model::{
    ActorId, Audience, DeletedBy, LikeId, PeerId, PostId, PostKind, PostState, RevisionId, SpaceId,
    Time,
};

/// Inserts a post. Returns `false` where one has its ActivityPub id already.
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
    let counted = statement!(
        "UPDATE post SET reply_count = reply_count + 1, last_post_id = ?, \
         active_at = CASE WHEN active_at < ? THEN ? ELSE active_at END WHERE id = ?",
        [
            Value::BigInt(reply.0),
            Value::Timestamp(at),
            Value::Timestamp(at),
            Value::BigInt(root.0),
        ]
    );
    each!(db, c => counted.execute(c))?;
    Ok(())
}

/// Writes a new text over the old one.
pub fn set_text(db: &mut Db, id: PostId, text: &PostText, at: Time) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.find(id))
        .set((text, post::edited_at.eq(at)))
        .execute(c))?;
    Ok(())
}

/// A removal of a post.
#[derive(Debug, Clone, Copy)]
pub struct Removal {
    pub by: DeletedBy,
    pub at: Time,
    /// The state that the post returns to when the removal is undone.
    pub before: PostState,
}

/// Removes a post's words and its earlier texts, and leaves a tombstone in its place.
pub fn tombstone(db: &mut Db, id: PostId, removal: Removal) -> QueryResult<()> {
    tombstone_kept(db, id, removal)?;
    crate::moderation::delete_removal(db, id)?;
    forget_removed(db, id)
}

/// As [`tombstone()`], of a post that may come back: its pictures, tags and details are kept, and shown to nobody.
pub fn tombstone_kept(db: &mut Db, id: PostId, removal: Removal) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.find(id))
        .set(&PostText::default())
        .execute(c))?;
    set_removed(db, id, PostState::Tombstone, removal)?;
    diesel::delete(revision::table.filter(revision::post_id.eq(id))).execute(db)?;
    Ok(())
}

/// Deletes what was kept of a removed post besides its words.
pub(crate) fn forget_removed(db: &mut Db, id: PostId) -> QueryResult<()> {
    super::delete_pictures(db, id)?;
    crate::tag::delete_of_post(db, id)?;
    super::delete_details(db, id)
}

/// Hides a removed post and keeps its words.
pub fn hide(db: &mut Db, id: PostId, removal: Removal) -> QueryResult<()> {
    set_removed(db, id, PostState::Hidden, removal)
}

fn set_removed(db: &mut Db, id: PostId, state: PostState, removal: Removal) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set((
            post::state.eq(state),
            post::state_before.eq(removal.before),
            post::deleted_at.eq(removal.at),
            post::deleted_by.eq(removal.by),
        ))
        .execute(db)?;
    Ok(())
}

/// Puts a removed post back in its place, in this state; with the words that it has.
pub fn undelete(db: &mut Db, id: PostId, state: PostState) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set((
            post::state.eq(state),
            post::state_before.eq(None::<PostState>),
            post::deleted_at.eq(None::<Time>),
            post::deleted_by.eq(None::<DeletedBy>),
        ))
        .execute(db)?;
    Ok(())
}

/// Writes the words that a removed post had.
pub fn put_text(db: &mut Db, id: PostId, text: &PostText) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.find(id)).set(text).execute(c))?;
    Ok(())
}

/// Shows a post to other readers than before.
pub fn set_audience(db: &mut Db, id: PostId, audience: Audience) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set(post::audience.eq(audience))
        .execute(db)?;
    Ok(())
}

/// Moves a post to another state.
pub fn set_state(db: &mut Db, id: PostId, state: PostState) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set(post::state.eq(state))
        .execute(db)?;
    Ok(())
}

/// Since when a reply is an accepted answer; `None` where it is one no longer.
pub fn set_accepted(db: &mut Db, reply: PostId, at: Option<Time>) -> QueryResult<()> {
    diesel::update(post::table.find(reply))
        .set(post::accepted_at.eq(at))
        .execute(db)?;
    Ok(())
}

/// Makes a post another kind, without details.
pub fn set_kind(db: &mut Db, id: PostId, kind: PostKind) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set(post::kind.eq(kind))
        .execute(db)?;
    Ok(())
}

/// Moves a thread and its replies into a space of a community, or out of any. It loses the tags of the community that
/// it was in.
pub fn set_place(db: &mut Db, root: PostId, place: Option<(SpaceId, ActorId)>) -> QueryResult<()> {
    let (space, community) = place.unzip();
    diesel::update(post::table.filter(post::root_id.eq(root)))
        .set((post::space_id.eq(space), post::community_id.eq(community)))
        .execute(db)?;
    crate::tag::forget_of_post(db, root)
}

/// Writes which communities a thread names.
pub fn set_named(db: &mut Db, id: PostId, named: &str) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set(post::named_communities.eq(named))
        .execute(db)?;
    Ok(())
}

/// The id of the Announce by which its community showed this thread; `None` where that ended.
pub fn set_announce(db: &mut Db, id: PostId, announce: Option<&str>) -> QueryResult<()> {
    diesel::update(post::table.find(id))
        .set(post::announce_id.eq(announce))
        .execute(db)?;
    Ok(())
}

/// Keeps a text a post had. Of more than `max`, the oldest but the first are deleted.
pub fn insert_revision(db: &mut Db, row: &Revision, max: i64) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(revision::table).values(row).execute(c))?;
    let of_post = || revision::table.filter(revision::post_id.eq(row.post_id));
    let dropped: Option<RevisionId> = of_post()
        .order(revision::id.desc())
        .offset(max - 1)
        .select(revision::id)
        .first(db)
        .optional()?;
    let first: Option<RevisionId> = of_post().select(diesel::dsl::min(revision::id)).first(db)?;
    if let (Some(dropped), Some(first)) = (dropped, first) {
        let old = revision::id.le(dropped).and(revision::id.gt(first));
        diesel::delete(of_post().filter(old)).execute(db)?;
    }
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

/// Inserts a like. Returns `false` where the actor likes the post already.
pub fn insert_like(db: &mut Db, row: &Like) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(post_like::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        let counted = statement!(
            "UPDATE post SET like_count = like_count + 1 WHERE id = ?",
            [Value::BigInt(row.post_id.0)]
        );
        each!(db, c => counted.execute(c))?;
    } else {
        let taken = diesel::dsl::exists(post_like::table.find(row.id));
        id_collision::check(diesel::select(taken).get_result(db)?)?;
    }
    Ok(added == 1)
}

/// Deletes a like and counts it off the post.
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

/// Whether a Delete for this name has come before, and the post with it.
pub fn known(db: &mut Db, ap_id: &str) -> QueryResult<(bool, Option<PostId>)> {
    let deleted = diesel::dsl::exists(tombstone::table.find(ap_id));
    let post = post::table.filter(post::ap_id.eq(ap_id)).select(post::id);
    each!(db, c => diesel::select((deleted, post.single_value())).get_result(c))
}

/// How many posts one person of another server may add to a community of ours within an hour, 0 where there is
/// no limit; `None` where it is not ours.
pub fn posts_per_hour(db: &mut Db, of: ActorId) -> QueryResult<Option<i64>> {
    each!(db, c => community::table
        .inner_join(actor::table)
        .filter(community::actor_id.eq(of))
        .filter(actor::peer_id.is_null())
        .select(community::posts_per_hour)
        .first(c)
        .optional())
}

/// How many posts since an id, in a community, are of an author, and how many are of all people of a server.
pub fn count_since(
    db: &mut Db,
    of: ActorId,
    author: ActorId,
    peer: PeerId,
    since: PostId,
) -> QueryResult<(i64, i64)> {
    let in_community = || {
        post::table
            .filter(post::id.gt(since))
            .filter(post::community_id.eq(of))
    };
    let by_author = in_community().filter(post::author_id.eq(author));
    let by_server = in_community().filter(post::peer_id.eq(peer));
    let counts = (
        by_author.count().single_value(),
        by_server.count().single_value(),
    );
    let (author, server): (Option<i64>, Option<i64>) =
        each!(db, c => diesel::select(counts).get_result(c))?;
    Ok((author.unwrap_or(0), server.unwrap_or(0)))
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
                    .map(|number| known(db, &number.to_string()).map(|(deleted, _)| deleted))
                    .collect::<Result<_, _>>()?;
                Ok::<_, StoreError>((more, left))
            });
            let (more, left) = forgotten.await.unwrap();
            assert_eq!(more, [true, false]);
            assert_eq!(left, [false, false, false, true, true]);
        }
    }
}
