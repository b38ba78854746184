//! Notices by web push: which browsers take messages, what people choose, and, as with mails, what is queued with a
//! notice, whether it still is to be sent, and what became of it. Messages are encrypted and sent elsewhere.

use super::{HOUR_SECONDS, quiet_seconds, thread_of};
use crate::vapid::VapidKey;
use crate::{Error, Outcome, Tx};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::account::AccountState;
use model::notice_mail::MailTopic;
use model::notice_push::{
    ENDPOINT_MAX, HOUR_MAX, PAUSE_SECONDS, PushFailureKind, PushState, SUBSCRIPTIONS_MAX, SendPush,
    TRIED_SECONDS, usually_wanted,
};
use model::refusal::Rule;
use model::{ActorId, NoticeId, PostId, PushId, SessionId, Why};
use store::row;
use url::Url;

/// The name of the setting with the key.
const KEY: &str = "push-key";

/// The key with which push services know this instance: the stored one, or else this new one, which is stored.
///
/// # Errors
/// Faults only.
pub fn key(tx: &mut Tx<'_>, new: &VapidKey) -> Outcome<VapidKey> {
    if let Some(known) = stored_key(tx.db)? {
        return Ok(known);
    }
    let text = new.to_stored();
    let text = text.map_err(|error| Error::fault(error.to_string()))?;
    store::site::put(tx.db, KEY, &text)?;
    Ok(new.clone())
}

/// The stored key; `None` before the first browser asked for it.
///
/// # Errors
/// Faults.
pub fn stored_key(db: &mut store::Db) -> Outcome<Option<VapidKey>> {
    let text = store::site::get(db, KEY)?;
    Ok(text.and_then(|text| VapidKey::from_stored(&text)))
}

/// What a browser gives to be sent messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    endpoint: Url,
    p256dh: String,
    auth: String,
}

impl NewSubscription {
    /// Reads what a browser gives, its keys in base64url. Whether its push service may be connected to is not
    /// looked at.
    ///
    /// # Errors
    /// `Invalid(push: NotAChoice)`.
    pub fn read(endpoint: &str, p256dh: &str, auth: &str) -> Outcome<Self> {
        let not = || Error::invalid("push", Why::NotAChoice);
        let url = Url::parse(endpoint).ok();
        let endpoint = url.filter(|_| endpoint.len() <= ENDPOINT_MAX);
        let endpoint = endpoint.filter(|url| matches!(url.scheme(), "https" | "http"));
        let endpoint = endpoint.ok_or_else(not)?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let is_point = |bytes: &Vec<u8>| bytes.len() == 65 && bytes.first() == Some(&4);
        let point = decode(p256dh).filter(is_point).ok_or_else(not)?;
        let secret = decode(auth).filter(|bytes| bytes.len() == 16);
        Ok(Self {
            endpoint,
            p256dh: URL_SAFE_NO_PAD.encode(point),
            auth: URL_SAFE_NO_PAD.encode(secret.ok_or_else(not)?),
        })
    }

    /// The address at its push service.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        &self.endpoint
    }
}

/// Has the browser of a session take messages. Of more than [`SUBSCRIPTIONS_MAX`], the oldest take none any more.
///
/// # Errors
/// `NotAllowed(SignedIn)` where the session is not theirs.
pub fn subscribe(
    tx: &mut Tx<'_>,
    who: ActorId,
    session: SessionId,
    new: &NewSubscription,
) -> Outcome<()> {
    if store::account::live_session(tx.db, who, session)?.is_none() {
        return Err(Error::not_allowed(Rule::SignedIn));
    }
    let row = row::PushSubscription {
        id: tx.id(),
        account_id: who,
        session_id: session,
        endpoint: new.endpoint.to_string(),
        p256dh: new.p256dh.clone(),
        auth: new.auth.clone(),
        created_at: tx.now,
    };
    store::notice_push::put_subscription(tx.db, &row)?;
    let all = store::notice_push::subscriptions(tx.db, who)?;
    for old in all.iter().skip(SUBSCRIPTIONS_MAX) {
        store::notice_push::delete_subscription(tx.db, old.id)?;
    }
    Ok(())
}

/// Sends the browser of a session no more messages. Idempotent.
///
/// # Errors
/// Faults only.
pub fn unsubscribe(tx: &mut Tx<'_>, who: ActorId, session: SessionId) -> Outcome<()> {
    Ok(store::notice_push::delete_of_session(tx.db, who, session)?)
}

/// Of what somebody is told by push.
pub type PushChoices = super::choices::Choices<row::PushChoice>;

/// What somebody chooses to be told by push. A community that is not named has no choice of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPushChoices {
    pub topics: Vec<(MailTopic, bool)>,
    pub communities: Vec<(ActorId, bool)>,
}

/// Stores what somebody chooses.
///
/// # Errors
/// Faults only.
pub fn choose(tx: &mut Tx<'_>, who: ActorId, new: &NewPushChoices) -> Outcome<()> {
    let row = |topic, community_id, wanted| row::PushChoice {
        account_id: who,
        topic,
        community_id,
        wanted,
    };
    let topics = new.topics.iter();
    let topics = topics.filter(|(topic, wanted)| *wanted != usually_wanted(*topic));
    let topics = topics.map(|(topic, wanted)| row(*topic, None, *wanted));
    let own = new.communities.iter();
    let own = own.map(|(id, wanted)| row(MailTopic::Community, Some(*id), *wanted));
    let rows: Vec<row::PushChoice> = topics.chain(own).collect();
    Ok(store::notice_push::replace_choices(tx.db, who, &rows)?)
}

fn choices(tx: &mut Tx<'_>, account: ActorId) -> Outcome<PushChoices> {
    Ok(PushChoices::new(store::notice_push::choices(
        tx.db, account,
    )?))
}

/// Queues the messages of a notice, where its recipient wants them.
pub(super) fn enqueue(tx: &mut Tx<'_>, notice: &row::Notice) -> Outcome<()> {
    let (who, topic) = (notice.actor_id, MailTopic::of(notice.kind));
    let browsers = store::notice_push::subscriptions(tx.db, who)?;
    if browsers.is_empty() || !choices(tx, who)?.of(topic) {
        return Ok(());
    }
    let thread = thread_of(tx, notice)?;
    queue(tx, &browsers, topic, thread, notice.id)
}

/// Whether somebody may want to be told of new threads in a community.
pub(super) fn is_wanted(tx: &mut Tx<'_>, community: ActorId) -> Outcome<bool> {
    Ok(store::notice_push::is_wanted(tx.db, community)?)
}

/// Queues the messages of a new thread to a follower who may see it, where they want them and have had none.
pub(super) fn tell_follower(
    tx: &mut Tx<'_>,
    who: ActorId,
    community: ActorId,
    thread: PostId,
) -> Outcome<()> {
    let browsers = store::notice_push::subscriptions(tx.db, who)?;
    if browsers.is_empty()
        || !choices(tx, who)?.of_community(community)
        || store::notice_push::has_push(tx.db, who, thread)?
        || !store::post::is_visible(tx.db, tx.reader(who), thread)?
        || store::thread_notify::is_muted(tx.db, who, thread)?
    {
        return Ok(());
    }
    queue(
        tx,
        &browsers,
        MailTopic::Community,
        Some(thread),
        NoticeId(0),
    )
}

/// Queues a message to each browser of an account, unless one about the same thread waits already, or the account
/// had too many within the hour.
fn queue(
    tx: &mut Tx<'_>,
    browsers: &[row::PushSubscription],
    topic: MailTopic,
    thread_id: Option<PostId>,
    notice_id: NoticeId,
) -> Outcome<()> {
    let hour_ago = tx.now.plus_seconds(-HOUR_SECONDS);
    for browser in browsers {
        let waits = match thread_id {
            Some(thread) => store::notice_push::is_queued(tx.db, browser.id, thread)?,
            None => false,
        };
        let who = browser.account_id;
        if waits || store::notice_push::count_since(tx.db, who, hour_ago)? >= HOUR_MAX {
            continue;
        }
        let push: PushId = tx.id();
        let row = row::NoticePush {
            id: push,
            account_id: browser.account_id,
            subscription_id: browser.id,
            topic,
            thread_id,
            notice_id,
            state: PushState::Queued,
            failure: String::new(),
            created_at: tx.now,
            changed_at: tx.now,
        };
        store::notice_push::insert(tx.db, &row)?;
        let at = tx.now.plus_seconds(PAUSE_SECONDS);
        store::queue::jobs::insert(tx.db, tx.id(), &SendPush { push }, at, tx.now)?;
    }
    Ok(())
}

/// A message that is about to be written and sent.
#[derive(Debug, Clone)]
pub struct ReadyPush {
    pub push: row::NoticePush,
    pub browser: row::PushSubscription,
    pub account: row::Account,
    pub choices: PushChoices,
}

/// Whether a message is to be sent.
#[derive(Debug, Clone)]
pub enum PushPreparation {
    Ready(Box<ReadyPush>),
    /// The recipient has quiet hours, which end after so many seconds.
    Quiet(i64),
    /// There is nothing to send any more.
    Pointless,
}

/// Prepares a message for being sent.
///
/// # Errors
/// Faults only.
pub fn begin(tx: &mut Tx<'_>, id: PushId) -> Outcome<PushPreparation> {
    let Some(push) = store::notice_push::by_id(tx.db, id)?.filter(is_open) else {
        return Ok(PushPreparation::Pointless);
    };
    let browser = store::notice_push::subscription(tx.db, push.subscription_id)?;
    let account = store::account::by_id(tx.db, push.account_id)?;
    let account = account.filter(|(account, _)| account.state == AccountState::Active);
    // The session may have ended, and another account's begun in this browser.
    let browser = browser.filter(|browser| browser.account_id == push.account_id);
    let (Some(browser), Some((account, _))) = (browser, account) else {
        store::notice_push::delete(tx.db, id)?;
        return Ok(PushPreparation::Pointless);
    };
    let hours = store::notice_mail::setting(tx.db, account.actor_id)?;
    let hours = hours.map(|row| row.hours()).unwrap_or_default();
    if let Some(seconds) = quiet_seconds(tx, &account, hours) {
        return Ok(PushPreparation::Quiet(seconds));
    }
    store::notice_push::set_state(tx.db, id, PushState::Sending, &push.failure, tx.now)?;
    Ok(PushPreparation::Ready(Box::new(ReadyPush {
        choices: choices(tx, account.actor_id)?,
        push,
        browser,
        account,
    })))
}

fn is_open(push: &row::NoticePush) -> bool {
    match push.state {
        PushState::Queued | PushState::Sending => true,
        PushState::Sent | PushState::Refused | PushState::Ended | PushState::GivenUp => false,
    }
}

/// How the sending of a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushResult {
    Sent,
    /// There was nothing to tell any more.
    Pointless,
    Failed(PushFailureKind),
}

/// Records how the sending of a message ended. Returns whether it is tried again. A browser that is no more gets
/// no other messages; neither does one whose push service leads elsewhere.
///
/// # Errors
/// Faults only.
pub fn finish(tx: &mut Tx<'_>, ready: &ReadyPush, result: PushResult) -> Outcome<bool> {
    let id = ready.push.id;
    let is_late = tx.now >= ready.push.created_at.plus_seconds(TRIED_SECONDS);
    let (state, failure) = match result {
        PushResult::Sent => (PushState::Sent, ""),
        PushResult::Pointless => {
            store::notice_push::delete(tx.db, id)?;
            return Ok(false);
        }
        PushResult::Failed(kind) => {
            let state = match kind {
                PushFailureKind::Gone => PushState::Ended,
                PushFailureKind::Refused | PushFailureKind::Redirect => PushState::Refused,
                PushFailureKind::Unreachable | PushFailureKind::Busy | PushFailureKind::Failing => {
                    match is_late {
                        true => PushState::GivenUp,
                        false => PushState::Queued,
                    }
                }
            };
            (state, kind.as_str())
        }
    };
    if let PushResult::Failed(PushFailureKind::Gone | PushFailureKind::Redirect) = result {
        store::notice_push::delete_subscription(tx.db, ready.browser.id)?;
    }
    store::notice_push::set_state(tx.db, id, state, failure, tx.now)?;
    Ok(state == PushState::Queued)
}

#[cfg(test)]
mod tests;
