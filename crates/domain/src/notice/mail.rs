//! Notices by mail: queues them with the notice, decides just before sending whether they still are to be sent,
//! records what became of them, and keeps what people choose. The texts are written elsewhere.

use super::{HOUR_SECONDS, quiet_seconds, thread_of};
use crate::{Error, Outcome, Tx, secret};
use chrono_tz::Tz;
use model::account::AccountState;
use model::mail::{MailAddress, MailFailureKind};
use model::notice_mail::{
    HOUR_MAX, MailHours, MailNewThread, MailState, MailTopic, PAUSE_SECONDS, Rhythm,
    SendNoticeMail, Unsubscribe,
};
use model::{ActorId, FollowId, MailId, NoticeId, PostId, PostState, Why};
use store::row;

/// Followers looked at in one transaction.
const CHUNK: i64 = 200;
/// How long a mail is tried, in seconds: two days.
const TRIED_SECONDS: i64 = 2 * 86_400;

/// How often somebody is told of what, by mail.
pub type Choices = super::choices::Choices<row::MailChoice>;

fn choices(tx: &mut Tx<'_>, account: ActorId) -> Outcome<Choices> {
    Ok(Choices::new(store::notice_mail::choices(tx.db, account)?))
}

/// Where mail to an account goes now; `None` where none is sent.
#[must_use]
pub fn address_of(account: &row::Account) -> Option<MailAddress> {
    let open = account.state == AccountState::Active && account.address_refused_at.is_none();
    account.address.parse().ok().filter(|_| open)
}

/// Queues the mail of a notice, where its recipient wants it at once.
pub(super) fn enqueue(tx: &mut Tx<'_>, notice: &row::Notice) -> Outcome<()> {
    let topic = MailTopic::of(notice.kind);
    let Some((account, _)) = store::account::by_id(tx.db, notice.actor_id)? else {
        return Ok(());
    };
    if address_of(&account).is_none() || choices(tx, account.actor_id)?.of(topic) != Rhythm::AtOnce
    {
        return Ok(());
    }
    let thread = thread_of(tx, notice)?;
    queue(tx, account.actor_id, topic, thread, notice.id)
}

/// Queues a mail, unless one about the same thread waits already, which will tell of this as well. Where too many
/// were queued within the hour, it is left to the digest.
fn queue(
    tx: &mut Tx<'_>,
    account: ActorId,
    topic: MailTopic,
    thread_id: Option<PostId>,
    first_notice: NoticeId,
) -> Outcome<()> {
    if let Some(thread) = thread_id
        && store::notice_mail::is_queued(tx.db, account, thread)?
    {
        return Ok(());
    }
    let hour_ago = tx.now.plus_seconds(-HOUR_SECONDS);
    if store::notice_mail::count_since(tx.db, account, hour_ago)? >= HOUR_MAX {
        return Ok(store::notice::leave_to_digest(tx.db, first_notice)?);
    }
    let mail: MailId = tx.id();
    let row = row::NoticeMail {
        id: mail,
        account_id: account,
        topic: topic.to_string(),
        thread_id,
        first_notice,
        state: MailState::Queued,
        failure: String::new(),
        created_at: tx.now,
        changed_at: tx.now,
    };
    store::notice_mail::insert(tx.db, &row)?;
    let at = tx.now.plus_seconds(PAUSE_SECONDS);
    store::queue::jobs::insert(tx.db, tx.id(), &SendNoticeMail { mail }, at, tx.now)?;
    Ok(())
}

/// Queues what tells followers of a new thread by mail or push, where any might want that.
pub(crate) fn announce_thread(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<()> {
    let Some(community) = post.community_id else {
        return Ok(());
    };
    if store::notice_mail::is_wanted_at_once(tx.db, community)?
        || super::push::is_wanted(tx, community)?
    {
        let job = MailNewThread { post: post.id };
        store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    }
    Ok(())
}

/// Queues the mails and push messages of a new thread to some of the followers of its community, after a cursor.
/// Returns the next cursor, if there are more. Whoever has had one about the thread gets none: a job that was
/// interrupted begins again.
///
/// # Errors
/// Faults only.
pub fn mail_followers(
    tx: &mut Tx<'_>,
    thread: PostId,
    after: FollowId,
) -> Outcome<Option<FollowId>> {
    let post = store::raw::post::by_id(tx.db, thread)?;
    let Some(post) = post.filter(|post| post.state == PostState::Live) else {
        return Ok(None);
    };
    let Some(community) = post.community_id else {
        return Ok(None);
    };
    let followers = store::notice_mail::local_followers(tx.db, community, after, CHUNK)?;
    let ids: Vec<ActorId> = followers.iter().map(|(_, who)| *who).collect();
    let chosen = store::notice_mail::choices_of_community(tx.db, &ids, community)?;
    for who in ids.into_iter().filter(|who| *who != post.author_id) {
        super::push::tell_follower(tx, who, community, thread)?;
        let own = chosen.iter().filter(|row| row.account_id == who);
        let wants = Choices::new(own.copied().collect()).of_community(community);
        let account = match wants {
            Rhythm::AtOnce => store::account::by_id(tx.db, who)?,
            Rhythm::Daily | Rhythm::Weekly | Rhythm::Never => None,
        };
        let reachable = account.is_some_and(|(account, _)| address_of(&account).is_some());
        let reader = tx.reader(who);
        if reachable
            && store::post::is_visible(tx.db, reader, thread)?
            && !store::notice_mail::has_mail(tx.db, who, thread)?
            && !store::thread_notify::is_muted(tx.db, who, thread)?
        {
            queue(tx, who, MailTopic::Community, Some(thread), NoticeId(0))?;
        }
    }
    Ok(followers.last().map(|(follow, _)| *follow))
}

/// A mail that is about to be written and sent.
#[derive(Debug, Clone)]
pub struct ReadyMail {
    pub mail: row::NoticeMail,
    pub to: MailAddress,
    pub account: row::Account,
    pub person: row::Actor,
    pub choices: Choices,
    /// Signs the links that unsubscribe.
    pub unsubscribe_key: String,
}

impl ReadyMail {
    /// Returns the path and query of the link that turns something off.
    #[must_use]
    pub fn unsubscribe_path(&self, what: Unsubscribe) -> String {
        let account = self.account.actor_id;
        let (word, signed) = (what.word(), signature(&self.unsubscribe_key, account, what));
        format!("/mail/unsubscribe?key={account}.{word}.{signed}")
    }
}

/// Whether a mail is to be sent.
#[derive(Debug, Clone)]
pub enum Preparation {
    Ready(Box<ReadyMail>),
    /// The recipient has quiet hours, which end after so many seconds.
    Quiet(i64),
    /// There is nothing to send any more.
    Pointless,
}

/// Prepares a mail for being sent. From here on, what comes in its thread is another mail. `key` is a new token,
/// for an account that has none yet.
///
/// # Errors
/// Faults only.
pub fn begin(tx: &mut Tx<'_>, id: MailId, key: &str) -> Outcome<Preparation> {
    let Some(mail) = store::notice_mail::by_id(tx.db, id)?.filter(is_open) else {
        return Ok(Preparation::Pointless);
    };
    let member = store::account::by_id(tx.db, mail.account_id)?;
    let open = member.and_then(|(account, person)| Some((address_of(&account)?, account, person)));
    let Some((to, account, person)) = open else {
        store::notice_mail::delete(tx.db, id)?;
        return Ok(Preparation::Pointless);
    };
    let setting = setting(tx, &account, key)?;
    if let Some(seconds) = quiet_seconds(tx, &account, setting.hours()) {
        return Ok(Preparation::Quiet(seconds));
    }
    store::notice_mail::set_state(tx.db, id, MailState::Sending, &mail.failure, tx.now)?;
    Ok(Preparation::Ready(Box::new(ReadyMail {
        choices: choices(tx, account.actor_id)?,
        unsubscribe_key: setting.unsubscribe_key,
        mail,
        to,
        account,
        person,
    })))
}

/// Records that a mail which was prepared waits for its time: others of its domain are sent first.
///
/// # Errors
/// Faults only.
pub fn wait(tx: &mut Tx<'_>, id: MailId) -> Outcome<()> {
    let Some(mail) = store::notice_mail::by_id(tx.db, id)?.filter(is_open) else {
        return Ok(());
    };
    let state = MailState::Queued;
    Ok(store::notice_mail::set_state(
        tx.db,
        id,
        state,
        &mail.failure,
        tx.now,
    )?)
}

fn is_open(mail: &row::NoticeMail) -> bool {
    match mail.state {
        MailState::Queued | MailState::Sending => true,
        MailState::Sent | MailState::Refused | MailState::GivenUp => false,
    }
}

/// The setting of an account, made where there is none, with a key that links are signed with.
pub(super) fn setting(
    tx: &mut Tx<'_>,
    account: &row::Account,
    key: &str,
) -> Outcome<row::MailSetting> {
    let known = store::notice_mail::setting(tx.db, account.actor_id)?;
    let is_whole = known
        .as_ref()
        .is_some_and(|row| !row.unsubscribe_key.is_empty());
    let mut row = match known {
        Some(row) => row,
        None => new_setting(tx, account),
    };
    if !is_whole {
        key.clone_into(&mut row.unsubscribe_key);
        store::notice_mail::put_setting(tx.db, &row)?;
    }
    Ok(row)
}

/// The usual setting: the digest begins with what comes from now on.
pub(super) fn new_setting(tx: &Tx<'_>, account: &row::Account) -> row::MailSetting {
    let hours = MailHours::default();
    let digest_at = hours.next_digest(&zone_of(tx, account), tx.now);
    row::MailSetting::new(account.actor_id, hours, tx.now, digest_at)
}

/// The zone of an account: its own, else the site's.
pub(super) fn zone_of(tx: &Tx<'_>, account: &row::Account) -> Tz {
    let site = || tx.site().ok().and_then(|site| site.zone.parse().ok());
    account.zone.parse().ok().or_else(site).unwrap_or(Tz::UTC)
}

/// How the sending of a mail ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailResult {
    Sent,
    /// There was nothing to tell any more.
    Pointless,
    /// The mail server refuses it for good; where `recipient`, because of the address.
    Refused {
        recipient: bool,
    },
    /// It could not be handed over now.
    Failed(MailFailureKind),
}

/// Records how the sending of a mail ended. Returns whether it is tried again.
///
/// # Errors
/// Faults only.
pub fn finish(tx: &mut Tx<'_>, ready: &ReadyMail, result: &MailResult) -> Outcome<bool> {
    let id = ready.mail.id;
    let tried = tx.now >= ready.mail.created_at.plus_seconds(TRIED_SECONDS);
    let (state, failure) = match result {
        MailResult::Sent => (MailState::Sent, ""),
        MailResult::Pointless => {
            store::notice_mail::delete(tx.db, id)?;
            return Ok(false);
        }
        MailResult::Refused { recipient } => {
            if *recipient {
                crate::account::refuse_address(tx, ready.account.actor_id, &ready.to)?;
            }
            (MailState::Refused, MailFailureKind::Refused.as_str())
        }
        MailResult::Failed(kind) if tried => (MailState::GivenUp, kind.as_str()),
        MailResult::Failed(kind) => (MailState::Queued, kind.as_str()),
    };
    store::notice_mail::set_state(tx.db, id, state, failure, tx.now)?;
    Ok(state == MailState::Queued)
}

/// What somebody chooses of the mails they get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChoices {
    pub topics: Vec<(MailTopic, Rhythm)>,
    /// `None` for a community without a choice of its own.
    pub communities: Vec<(ActorId, Option<Rhythm>)>,
    pub hours: MailHours,
}

/// Stores what somebody chooses.
///
/// # Errors
/// `NotFound`; `Invalid(hour | weekday | quiet_from | quiet_to: NotAChoice)`.
pub fn choose(tx: &mut Tx<'_>, who: ActorId, new: &NewChoices) -> Outcome<()> {
    let (account, _) = store::account::by_id(tx.db, who)?.ok_or(Error::not_found("account"))?;
    check_hours(new.hours)?;
    for (topic, rhythm) in &new.topics {
        put(
            tx,
            who,
            *topic,
            None,
            Some(*rhythm).filter(|rhythm| *rhythm != topic.usual()),
        )?;
    }
    for (community, rhythm) in &new.communities {
        put(tx, who, MailTopic::Community, Some(*community), *rhythm)?;
    }
    let known = store::notice_mail::setting(tx.db, who)?;
    let mut row = match known {
        Some(row) => row,
        None => new_setting(tx, &account),
    }
    .with(new.hours);
    row.digest_at = new.hours.next_digest(&zone_of(tx, &account), tx.now);
    Ok(store::notice_mail::put_setting(tx.db, &row)?)
}

/// Stores how often somebody is told of new threads in a community that they follow.
///
/// # Errors
/// `NotFound`, also where they do not follow it.
pub fn choose_for_community(
    tx: &mut Tx<'_>,
    who: ActorId,
    community: ActorId,
    rhythm: Rhythm,
) -> Outcome<()> {
    if store::follow::between(tx.db, who, community)?.is_none()
        || store::raw::community::by_id(tx.db, community)?.is_none()
    {
        return Err(Error::not_found("community"));
    }
    put(tx, who, MailTopic::Community, Some(community), Some(rhythm))
}

/// Has digests come at their hour in another zone.
pub(crate) fn zone_changed(tx: &mut Tx<'_>, account: &row::Account) -> Outcome<()> {
    let Some(mut row) = store::notice_mail::setting(tx.db, account.actor_id)? else {
        return Ok(());
    };
    row.digest_at = row.hours().next_digest(&zone_of(tx, account), tx.now);
    Ok(store::notice_mail::put_setting(tx.db, &row)?)
}

fn check_hours(hours: MailHours) -> Outcome<()> {
    let not = |field| Err(Error::invalid(field, Why::NotAChoice));
    let quiet = hours.quiet.unwrap_or_default();
    match hours {
        MailHours { hour: 24.., .. } => not("hour"),
        MailHours {
            weekday: 0 | 8.., ..
        } => not("weekday"),
        MailHours { .. } if quiet.0 > 23 => not("quiet_from"),
        MailHours { .. } if quiet.1 > 23 => not("quiet_to"),
        MailHours { .. } => Ok(()),
    }
}

fn put(
    tx: &mut Tx<'_>,
    account_id: ActorId,
    topic: MailTopic,
    community_id: Option<ActorId>,
    rhythm: Option<Rhythm>,
) -> Outcome<()> {
    match rhythm {
        Some(rhythm) => {
            let row = row::MailChoice {
                account_id,
                topic,
                community_id,
                rhythm,
            };
            store::notice_mail::put_choice(tx.db, &row)?;
        }
        None => store::notice_mail::delete_choice(tx.db, account_id, topic, community_id)?,
    }
    Ok(())
}

/// What a link turns off, for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsubscribeLink {
    pub account: ActorId,
    pub what: Unsubscribe,
    signature: String,
}

impl UnsubscribeLink {
    /// Reads the key of a link; whether it was signed is not looked at.
    #[must_use]
    pub fn read(key: &str) -> Option<Self> {
        let (account, rest) = key.split_once('.')?;
        let (word, signature) = rest.split_once('.')?;
        Some(Self {
            account: account.parse().ok()?,
            what: Unsubscribe::read(word)?,
            signature: signature.to_owned(),
        })
    }

    /// Whether it was signed with a key.
    #[must_use]
    pub fn is_signed(&self, key: &str) -> bool {
        let expected = signature(key, self.account, self.what);
        !expected.is_empty() && secret::same(&expected, &self.signature)
    }
}

fn signature(key: &str, account: ActorId, what: Unsubscribe) -> String {
    secret::signature(key, &format!("{account} {}", what.word()))
}

/// Turns off what a link names. Idempotent.
///
/// # Errors
/// `NotFound` where the link was not signed for this account, or the account is not active.
pub fn unsubscribe(tx: &mut Tx<'_>, link: &UnsubscribeLink) -> Outcome<()> {
    let who = link.account;
    let account = store::account::by_id(tx.db, who)?;
    let setting = store::notice_mail::setting(tx.db, who)?;
    let active = account.is_some_and(|(account, _)| account.state == AccountState::Active);
    if !active || !setting.is_some_and(|row| link.is_signed(&row.unsubscribe_key)) {
        return Err(Error::not_found("link"));
    }
    match link.what {
        Unsubscribe::Topic(topic) => put(tx, who, topic, None, Some(Rhythm::Never)),
        Unsubscribe::Community(id) => {
            put(tx, who, MailTopic::Community, Some(id), Some(Rhythm::Never))
        }
        Unsubscribe::Digest => end_digest(tx, who),
    }
}

/// Turns off whatever comes daily or weekly.
fn end_digest(tx: &mut Tx<'_>, who: ActorId) -> Outcome<()> {
    let choices = choices(tx, who)?;
    let in_digest = |rhythm: Rhythm| matches!(rhythm, Rhythm::Daily | Rhythm::Weekly);
    for topic in MailTopic::ALL
        .iter()
        .filter(|topic| in_digest(choices.of(**topic)))
    {
        put(tx, who, *topic, None, Some(Rhythm::Never))?;
    }
    for (community, rhythm) in choices.of_communities() {
        if in_digest(rhythm) {
            let topic = MailTopic::Community;
            put(tx, who, topic, Some(community), Some(Rhythm::Never))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
