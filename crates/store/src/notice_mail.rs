//! Notices by mail: what people choose, when they get mail, and what became of each one.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::retention::{DAY, Retention};
use crate::row::{Account, MailChoice, MailSetting, NoticeMail};
use crate::schema::{account, follow, mail_choice, mail_setting, notice_mail};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use model::id::first_of;
use model::notice_mail::{MailState, MailTopic, Rhythm};
use model::{AccountState, ActorId, FollowId, MailId, PostId, Time};

/// All choices of an account.
pub fn choices(db: &mut Db, account: ActorId) -> QueryResult<Vec<MailChoice>> {
    each!(db, c => mail_choice::table
        .filter(mail_choice::account_id.eq(account))
        .select(MailChoice::as_select())
        .load(c))
}

/// What some accounts have chosen of the new threads of a community, or of all of them.
pub fn choices_of_community(
    db: &mut Db,
    accounts: &[ActorId],
    community: ActorId,
) -> QueryResult<Vec<MailChoice>> {
    each!(db, c => mail_choice::table
        .filter(among(mail_choice::account_id, accounts.iter().copied()))
        .filter(mail_choice::topic.eq(MailTopic::Community))
        .filter(mail_choice::community_id.is_null().or(mail_choice::community_id.eq(community)))
        .select(MailChoice::as_select())
        .load(c))
}

/// Whether anybody wants new threads of a community, or of all that they follow, at once.
pub fn is_wanted_at_once(db: &mut Db, community: ActorId) -> QueryResult<bool> {
    let wanted = mail_choice::table
        .filter(mail_choice::topic.eq(MailTopic::Community))
        .filter(mail_choice::rhythm.eq(Rhythm::AtOnce))
        .filter(
            mail_choice::community_id
                .is_null()
                .or(mail_choice::community_id.eq(community)),
        );
    each!(db, c => diesel::select(exists(wanted)).get_result(c))
}

/// Deletes the choice of a topic, and of a community where one is named.
pub fn delete_choice(
    db: &mut Db,
    account: ActorId,
    topic: MailTopic,
    community: Option<ActorId>,
) -> QueryResult<()> {
    let rows = mail_choice::table.filter(
        mail_choice::account_id
            .eq(account)
            .and(mail_choice::topic.eq(topic)),
    );
    match community {
        Some(id) => {
            let rows = rows.filter(mail_choice::community_id.eq(id));
            each!(db, c => diesel::delete(rows).execute(c))?;
        }
        None => {
            let rows = rows.filter(mail_choice::community_id.is_null());
            each!(db, c => diesel::delete(rows).execute(c))?;
        }
    }
    Ok(())
}

/// Stores a choice in place of the former one.
pub fn put_choice(db: &mut Db, row: &MailChoice) -> QueryResult<()> {
    delete_choice(db, row.account_id, row.topic, row.community_id)?;
    each!(db, c => diesel::insert_into(mail_choice::table).values(row).execute(c))?;
    Ok(())
}

/// When somebody gets mail; `None` before the first was prepared.
pub fn setting(db: &mut Db, account: ActorId) -> QueryResult<Option<MailSetting>> {
    mail_setting::table
        .find(account)
        .select(MailSetting::as_select())
        .first(db)
        .optional()
}

/// Stores when somebody gets mail.
pub fn put_setting(db: &mut Db, row: &MailSetting) -> QueryResult<()> {
    diesel::delete(mail_setting::table.find(row.account_id)).execute(db)?;
    each!(db, c => diesel::insert_into(mail_setting::table).values(row).execute(c))?;
    Ok(())
}

/// Active accounts with a confirmed address and without a setting.
pub fn without_setting(db: &mut Db, limit: i64) -> QueryResult<Vec<Account>> {
    let known = mail_setting::table.filter(mail_setting::account_id.eq(account::actor_id));
    each!(db, c => account::table
        .filter(account::state.eq(AccountState::Active).and(account::address.ne("")))
        .filter(not(exists(known)))
        .order(account::actor_id.asc())
        .limit(limit)
        .select(Account::as_select())
        .load(c))
}

/// Accounts whose digest is due, with their settings, the longest due first.
pub fn due(db: &mut Db, now: Time, limit: i64) -> QueryResult<Vec<(MailSetting, Account)>> {
    each!(db, c => mail_setting::table
        .inner_join(account::table)
        .filter(mail_setting::digest_at.le(now))
        .order((mail_setting::digest_at.asc(), mail_setting::account_id.asc()))
        .limit(limit)
        .select((MailSetting::as_select(), Account::as_select()))
        .load(c))
}

/// The followers of a community here whose follow was accepted, after a cursor.
pub fn local_followers(
    db: &mut Db,
    community: ActorId,
    after: FollowId,
    limit: i64,
) -> QueryResult<Vec<(FollowId, ActorId)>> {
    each!(db, c => follow::table
        .inner_join(account::table.on(account::actor_id.eq(follow::follower_id)))
        .filter(follow::target_id.eq(community).and(follow::accepted.eq(true)))
        .filter(follow::id.gt(after))
        .order(follow::id.asc())
        .limit(limit)
        .select((follow::id, follow::follower_id))
        .load(c))
}

/// Adds a mail, unless it is there.
pub fn insert(db: &mut Db, row: &NoticeMail) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(notice_mail::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// One mail.
pub fn by_id(db: &mut Db, id: MailId) -> QueryResult<Option<NoticeMail>> {
    notice_mail::table
        .find(id)
        .select(NoticeMail::as_select())
        .first(db)
        .optional()
}

/// Whether a mail to somebody about a thread waits to be sent.
pub fn is_queued(db: &mut Db, account: ActorId, thread: PostId) -> QueryResult<bool> {
    let waiting = notice_mail::table
        .filter(
            notice_mail::account_id
                .eq(account)
                .and(notice_mail::thread_id.eq(thread)),
        )
        .filter(notice_mail::state.eq(MailState::Queued));
    each!(db, c => diesel::select(exists(waiting)).get_result(c))
}

/// Whether there is a mail to somebody about a thread, whatever became of it.
pub fn has_mail(db: &mut Db, account: ActorId, thread: PostId) -> QueryResult<bool> {
    let mails = notice_mail::table.filter(
        notice_mail::account_id
            .eq(account)
            .and(notice_mail::thread_id.eq(thread)),
    );
    each!(db, c => diesel::select(exists(mails)).get_result(c))
}

/// Those of some threads that there is a mail to somebody about, whatever became of it.
pub fn mailed_threads(
    db: &mut Db,
    account: ActorId,
    threads: &[PostId],
) -> QueryResult<Vec<PostId>> {
    let found: Vec<Option<PostId>> = each!(db, c => notice_mail::table
        .filter(notice_mail::account_id.eq(account))
        .filter(among(notice_mail::thread_id, threads.iter().copied()))
        .select(notice_mail::thread_id)
        .load(c))?;
    Ok(found.into_iter().flatten().collect())
}

/// How many mails to somebody, without digests, were queued since a moment.
pub fn count_since(db: &mut Db, account: ActorId, since: Time) -> QueryResult<i64> {
    notice_mail::table
        .filter(
            notice_mail::account_id
                .eq(account)
                .and(notice_mail::id.ge(first_of::<MailId>(since))),
        )
        .filter(notice_mail::created_at.gt(since))
        .filter(notice_mail::topic.ne(NoticeMail::DIGEST))
        .count()
        .get_result(db)
}

/// Records what became of a mail.
pub fn set_state(
    db: &mut Db,
    id: MailId,
    state: MailState,
    failure: &str,
    now: Time,
) -> QueryResult<()> {
    diesel::update(notice_mail::table.find(id))
        .set((
            notice_mail::state.eq(state),
            notice_mail::failure.eq(failure),
            notice_mail::changed_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Deletes a mail that has become pointless.
pub fn delete(db: &mut Db, id: MailId) -> QueryResult<()> {
    diesel::delete(notice_mail::table.find(id)).execute(db)?;
    Ok(())
}

/// The newest mails to somebody.
pub fn newest(db: &mut Db, account: ActorId, limit: i64) -> QueryResult<Vec<NoticeMail>> {
    notice_mail::table
        .filter(notice_mail::account_id.eq(account))
        .order(notice_mail::id.desc())
        .limit(limit)
        .select(NoticeMail::as_select())
        .load(db)
}

/// Whether a mail to somebody was given up since a moment.
pub fn was_given_up(db: &mut Db, account: ActorId, since: Time) -> QueryResult<bool> {
    let given_up = notice_mail::table
        .filter(notice_mail::account_id.eq(account))
        .filter(
            notice_mail::state
                .eq(MailState::GivenUp)
                .and(notice_mail::changed_at.gt(since)),
        );
    each!(db, c => diesel::select(exists(given_up)).get_result(c))
}

/// Counts the mails that came into a state from a moment until before another.
pub fn count(db: &mut Db, state: MailState, from: Time, until: Time) -> QueryResult<i64> {
    notice_mail::table
        .filter(
            notice_mail::changed_at
                .ge(from)
                .and(notice_mail::changed_at.lt(until)),
        )
        .filter(notice_mail::state.eq(state))
        .count()
        .get_result(db)
}

/// What became of mails is known for a month.
pub(crate) const RETENTION: Retention = Retention {
    name: "mails of notices",
    keep_seconds: 30 * DAY,
    delete: delete_before,
};

/// Deletes the mails that last changed before `before`.
pub fn delete_before(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let ids: Vec<MailId> = notice_mail::table
        .filter(notice_mail::changed_at.lt(before))
        .limit(limit)
        .select(notice_mail::id)
        .load(db)?;
    each!(db, c => diesel::delete(notice_mail::table.filter(among(notice_mail::id, ids.iter().copied()))).execute(c))?;
    Ok(i64::try_from(ids.len()).is_ok_and(|count| count == limit))
}

/// Records when the mail server refused the confirmed address of an account for good, or that it may be
/// tried again.
pub fn set_refused(db: &mut Db, account: ActorId, at: Option<Time>) -> QueryResult<()> {
    diesel::update(account::table.find(account))
        .set(account::address_refused_at.eq(at))
        .execute(db)?;
    Ok(())
}
