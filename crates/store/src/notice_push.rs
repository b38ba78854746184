//! Notices by web push: the browsers that take messages, what people choose, and what became of each message.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::retention::{DAY, Retention};
use crate::row::{NoticePush, PushChoice, PushSubscription};
use crate::schema::{notice_push, push_choice, push_subscription};
use diesel::dsl::exists;
use diesel::prelude::*;
use model::id::first_of;
use model::notice_mail::MailTopic;
use model::notice_push::PushState;
use model::{ActorId, PostId, PushId, PushSubscriptionId, SessionId, Time};

/// Adds a browser in place of an earlier one of its session, and of one with its address.
pub fn put_subscription(db: &mut Db, row: &PushSubscription) -> QueryResult<()> {
    let former = push_subscription::table.filter(
        push_subscription::session_id
            .eq(row.session_id)
            .or(push_subscription::endpoint.eq(&row.endpoint)),
    );
    each!(db, c => diesel::delete(former).execute(c))?;
    each!(db, c => diesel::insert_into(push_subscription::table).values(row).execute(c))?;
    Ok(())
}

/// One browser.
pub fn subscription(db: &mut Db, id: PushSubscriptionId) -> QueryResult<Option<PushSubscription>> {
    push_subscription::table
        .find(id)
        .select(PushSubscription::as_select())
        .first(db)
        .optional()
}

/// The browsers of an account, the newest first.
pub fn subscriptions(db: &mut Db, account: ActorId) -> QueryResult<Vec<PushSubscription>> {
    push_subscription::table
        .filter(push_subscription::account_id.eq(account))
        .order(push_subscription::id.desc())
        .select(PushSubscription::as_select())
        .load(db)
}

/// Ends a browser's messages.
pub fn delete_subscription(db: &mut Db, id: PushSubscriptionId) -> QueryResult<()> {
    diesel::delete(push_subscription::table.find(id)).execute(db)?;
    Ok(())
}

/// Ends the messages to the browser of a session.
pub fn delete_of_session(db: &mut Db, account: ActorId, session: SessionId) -> QueryResult<()> {
    let own = push_subscription::table.filter(
        push_subscription::account_id
            .eq(account)
            .and(push_subscription::session_id.eq(session)),
    );
    diesel::delete(own).execute(db)?;
    Ok(())
}

/// All choices of an account.
pub fn choices(db: &mut Db, account: ActorId) -> QueryResult<Vec<PushChoice>> {
    each!(db, c => push_choice::table
        .filter(push_choice::account_id.eq(account))
        .select(PushChoice::as_select())
        .load(c))
}

/// Whether anybody wants new threads of a community, or of all that they follow.
pub fn is_wanted(db: &mut Db, community: ActorId) -> QueryResult<bool> {
    let wanted = push_choice::table
        .filter(
            push_choice::topic
                .eq(MailTopic::Community)
                .and(push_choice::wanted.eq(true)),
        )
        .filter(
            push_choice::community_id
                .is_null()
                .or(push_choice::community_id.eq(community)),
        );
    each!(db, c => diesel::select(exists(wanted)).get_result(c))
}

/// Deletes all choices of an account, and stores others.
pub fn replace_choices(db: &mut Db, account: ActorId, rows: &[PushChoice]) -> QueryResult<()> {
    let former = push_choice::table.filter(push_choice::account_id.eq(account));
    diesel::delete(former).execute(db)?;
    for row in rows {
        each!(db, c => diesel::insert_into(push_choice::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Adds a message.
pub fn insert(db: &mut Db, row: &NoticePush) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(notice_push::table).values(row).execute(c))?;
    Ok(())
}

/// One message.
pub fn by_id(db: &mut Db, id: PushId) -> QueryResult<Option<NoticePush>> {
    notice_push::table
        .find(id)
        .select(NoticePush::as_select())
        .first(db)
        .optional()
}

/// Whether a message to a browser about a thread waits to be sent.
pub fn is_queued(
    db: &mut Db,
    subscription: PushSubscriptionId,
    thread: PostId,
) -> QueryResult<bool> {
    let waiting = notice_push::table
        .filter(
            notice_push::subscription_id
                .eq(subscription)
                .and(notice_push::thread_id.eq(thread)),
        )
        .filter(notice_push::state.eq(PushState::Queued));
    each!(db, c => diesel::select(exists(waiting)).get_result(c))
}

/// Whether there is a message to somebody about a thread, whatever became of it.
pub fn has_push(db: &mut Db, account: ActorId, thread: PostId) -> QueryResult<bool> {
    let messages = notice_push::table.filter(
        notice_push::account_id
            .eq(account)
            .and(notice_push::thread_id.eq(thread)),
    );
    each!(db, c => diesel::select(exists(messages)).get_result(c))
}

/// How many messages to all browsers of an account were queued since a moment.
pub fn count_since(db: &mut Db, account: ActorId, since: Time) -> QueryResult<i64> {
    notice_push::table
        .filter(
            notice_push::account_id
                .eq(account)
                .and(notice_push::id.ge(first_of::<PushId>(since))),
        )
        .count()
        .get_result(db)
}

/// Records what became of a message.
pub fn set_state(
    db: &mut Db,
    id: PushId,
    state: PushState,
    failure: &str,
    now: Time,
) -> QueryResult<()> {
    diesel::update(notice_push::table.find(id))
        .set((
            notice_push::state.eq(state),
            notice_push::failure.eq(failure),
            notice_push::changed_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Deletes a message that has become pointless.
pub fn delete(db: &mut Db, id: PushId) -> QueryResult<()> {
    diesel::delete(notice_push::table.find(id)).execute(db)?;
    Ok(())
}

/// The newest messages to somebody.
pub fn newest(db: &mut Db, account: ActorId, limit: i64) -> QueryResult<Vec<NoticePush>> {
    notice_push::table
        .filter(notice_push::account_id.eq(account))
        .order(notice_push::id.desc())
        .limit(limit)
        .select(NoticePush::as_select())
        .load(db)
}

/// Counts the messages that came into a state from a moment until before another.
pub fn count(db: &mut Db, state: PushState, from: Time, until: Time) -> QueryResult<i64> {
    notice_push::table
        .filter(
            notice_push::changed_at
                .ge(from)
                .and(notice_push::changed_at.lt(until)),
        )
        .filter(notice_push::state.eq(state))
        .count()
        .get_result(db)
}

/// What became of messages is known for a month.
pub(crate) const RETENTION: Retention = Retention {
    name: "push messages of notices",
    keep_seconds: 30 * DAY,
    delete: delete_before,
};

/// Deletes the messages that last changed before `before`.
pub fn delete_before(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let ids: Vec<PushId> = notice_push::table
        .filter(notice_push::changed_at.lt(before))
        .limit(limit)
        .select(notice_push::id)
        .load(db)?;
    each!(db, c => diesel::delete(notice_push::table.filter(among(notice_push::id, ids.iter().copied()))).execute(c))?;
    Ok(i64::try_from(ids.len()).is_ok_and(|count| count == limit))
}
