//! Rendered activities, stored once so that every retry sends the same bytes.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::retention::{DAY, Retention};
use crate::row::Activity;
use crate::schema::{activity, delivery, post};
use crate::visible;
use diesel::prelude::*;
use model::access::Reader;
use model::peer::AnnounceForm;
use model::{ActivityId, ActorId, PeerId, PostId, PostState, Time};

/// Inserts an activity unless one with its `once_key` exists; returns the id of the stored one.
pub fn freeze(db: &mut Db, row: &Activity) -> QueryResult<ActivityId> {
    let inserted = each!(db, c => diesel::insert_into(activity::table)
        .values(row)
        .on_conflict(activity::once_key)
        .do_nothing()
        .execute(c))?;
    if inserted == 1 {
        return Ok(row.id);
    }
    each!(db, c => activity::table
        .filter(activity::once_key.eq(&row.once_key))
        .select(activity::id)
        .first(c))
}

/// Loads one activity.
pub fn by_id(db: &mut Db, id: ActivityId) -> QueryResult<Option<Activity>> {
    activity::table
        .find(id)
        .select(Activity::as_select())
        .first(db)
        .optional()
}

/// What the deliveries of an activity are queued with.
#[derive(Debug, Clone, Queryable)]
pub struct DeliveryOrder {
    /// Of the activities that are delivered in order with this one.
    pub order_key: String,
    pub subject: String,
    pub form: Option<AnnounceForm>,
    pub origin: Option<PeerId>,
}

impl DeliveryOrder {
    /// Returns the form of Announce that the activity is for a peer.
    #[must_use]
    pub fn form_at(&self, peer: PeerId) -> Option<AnnounceForm> {
        let is_echo = self.origin == Some(peer);
        match self.form {
            Some(AnnounceForm::Like) | None if is_echo => Some(AnnounceForm::Echo),
            form => form,
        }
    }
}

/// Returns what the deliveries of an activity are queued with.
pub fn delivery_order(db: &mut Db, id: ActivityId) -> QueryResult<Option<DeliveryOrder>> {
    activity::table
        .find(id)
        .select((
            activity::order_key,
            activity::subject,
            activity::form,
            activity::origin_peer_id,
        ))
        .first(db)
        .optional()
}

/// Lists the activities stored after a cursor, oldest first.
pub fn since(db: &mut Db, after: ActivityId, limit: i64) -> QueryResult<Vec<Activity>> {
    activity::table
        .filter(activity::id.gt(after))
        .order(activity::id.asc())
        .limit(limit)
        .select(Activity::as_select())
        .load(db)
}

/// Returns the id of the activity that `offset` newer ones follow; `None` where there are fewer.
pub fn nth_newest(db: &mut Db, offset: i64) -> QueryResult<Option<ActivityId>> {
    activity::table
        .order(activity::id.desc())
        .offset(offset)
        .select(activity::id)
        .first(db)
        .optional()
}

/// Lists an actor's outbox: its public activities, newest first, below the cursor.
pub fn outbox(
    db: &mut Db,
    actor: ActorId,
    before: ActivityId,
    limit: i64,
) -> QueryResult<Vec<Activity>> {
    activity::table
        .filter(activity::actor_id.eq(actor))
        .filter(activity::public.eq(true))
        .filter(activity::id.lt(before))
        .order(activity::id.desc())
        .limit(limit)
        .select(Activity::as_select())
        .load(db)
}

/// Counts the activities of an actor's outbox that a reader may see.
pub fn count(db: &mut Db, reader: Reader, actor: ActorId) -> QueryResult<i64> {
    let shown = post::table
        .filter(post::id.nullable().eq(activity::post_id))
        .filter(post::state.ne(PostState::Tombstone))
        .filter(visible::post(reader));
    let carries_none = activity::post_id.is_null();
    each!(db, c => activity::table
        .filter(activity::actor_id.eq(actor).and(activity::public.eq(true)))
        .filter(carries_none.or(diesel::dsl::exists(shown)))
        .count()
        .get_result(c))
}

/// The activities about a post: their `once_key` begins with `post <id> job `.
macro_rules! about {
    ($post:expr) => {{
        let post = $post;
        let from = activity::once_key.ge(format!("post {post} job"));
        from.and(activity::once_key.lt(format!("post {post} joc")))
    }};
}

/// Removes the activities about a post from every outbox; [`prune`] deletes them once no delivery
/// needs them.
pub fn hide(db: &mut Db, post: PostId) -> QueryResult<()> {
    let none = None::<PostId>;
    diesel::update(activity::table.filter(about!(post)))
        .set((activity::public.eq(false), activity::post_id.eq(none)))
        .execute(db)?;
    Ok(())
}

/// Lists the activities that carry a post, with the time at which each was stored: those that publish and edit it,
/// and its Announce by id.
pub fn carrying(db: &mut Db, id: PostId) -> QueryResult<Vec<(ActivityId, Time)>> {
    let mut found: Vec<(ActivityId, Time)> = each!(db, c => activity::table
        .filter(about!(id))
        .select((activity::id, activity::created_at))
        .load(c))?;
    let announce: Option<Option<String>> = post::table
        .find(id)
        .select(post::announce_id)
        .first(db)
        .optional()?;
    if let Some(announce) = announce.flatten() {
        let by_id: Vec<(ActivityId, Time)> = activity::table
            .filter(activity::ap_id.eq(announce))
            .select((activity::id, activity::created_at))
            .load(db)?;
        found.extend(by_id);
    }
    Ok(found)
}

/// Deletes the activities that carry a post, with the deliveries that wait, and the bodies of received
/// activities that name it and have ended.
pub fn erase(db: &mut Db, post: PostId, ap_id: &str) -> QueryResult<()> {
    let about = about!(post).or(activity::post_id.eq(post));
    let ids: Vec<ActivityId> = each!(db, c => activity::table
        .filter(about.assume_not_null())
        .select(activity::id)
        .load(c))?;
    super::delivery::delete_of(db, &ids)?;
    each!(db, c => diesel::delete(
        activity::table.filter(among(activity::id, ids.iter().copied())))
        .execute(c))?;
    super::inbound::drop_bodies_naming(db, ap_id)
}

/// Frozen activities that no outbox shows are kept for a week.
pub(crate) const RETENTION: Retention = Retention {
    name: "activities",
    keep_seconds: 7 * DAY,
    delete: prune,
};

/// Deletes at most `limit` activities for which no delivery waits and which no outbox shows. Returns
/// whether there may be more.
pub fn prune(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let waited_for = delivery::table.filter(delivery::activity_id.eq(activity::id));
    let ids: Vec<ActivityId> = activity::table
        .filter(activity::created_at.lt(before))
        .filter(activity::public.eq(false))
        .filter(diesel::dsl::not(diesel::dsl::exists(waited_for)))
        .limit(limit)
        .select(activity::id)
        .load(db)?;
    each!(db, c => diesel::delete(activity::table.filter(among(activity::id, ids.iter().copied()))).execute(c))?;
    Ok(i64::try_from(ids.len()).is_ok_and(|gone| gone >= limit))
}
