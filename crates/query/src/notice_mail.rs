//! What mails tell somebody, read as that person; what they have chosen, and what became of their mails.

use crate::discussion::{ThreadCard, list};
use crate::notice::{NoticeView, views};
use crate::row::{
    Account, Actor, CommunityWithActor, FollowedCommunity, MailSetting, NoticeMail, Post,
    ThreadList, ThreadOrder, Within,
};
use domain::Outcome;
use domain::notice::mail::{Choices, ReadyMail, UnsubscribeLink, address_of};
use model::access::{Reader, Viewer};
use model::id::first_of;
use model::notice::NoticeKind;
use model::notice_mail::{
    DIGEST_THREADS, MailState, MailTopic, NOTICES_MAX, Rhythm, SendDigest, Unsubscribe,
};
use model::{AccountState, ActorId, NoticeId, PostId, PostKind, PostState, Time};
use std::collections::HashSet;
use store::Db;

/// Notices read for one mail, and threads of one community for a digest.
const READ_MAX: i64 = 100;
/// Notices of a digest.
const DIGEST_NOTICES: usize = 30;
/// Unanswered questions of a digest.
const QUESTIONS_MAX: usize = 10;

/// A thread that its reader has not opened.
#[derive(Debug, Clone)]
pub struct NewThread {
    pub post: Post,
    pub author: Actor,
}

/// What a mail of notices tells, and the community that its thread is in.
#[derive(Debug, Clone)]
pub struct MailContent {
    /// Oldest first.
    pub notices: Vec<NoticeView>,
    pub thread: Option<NewThread>,
    pub community: Option<CommunityWithActor>,
}

/// What a mail is to tell now: what its recipient may see, has not seen, and wants at once. `None` where nothing
/// is left.
///
/// # Errors
/// Faults.
pub fn content(db: &mut Db, now: Time, ready: &ReadyMail) -> Outcome<Option<MailContent>> {
    let (who, mail) = (ready.account.actor_id, &ready.mail);
    let reader = as_person(who, now);
    let notices = notices_of(db, now, ready)?;
    let root = match mail.thread_id {
        Some(id) => store::post::by_id(db, reader, id)?,
        None => None,
    };
    let community = match root.as_ref().and_then(|post| post.community_id) {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    let is_new = mail.topic == MailTopic::Community.as_str();
    let told = |post: &Post| {
        notices
            .iter()
            .any(|view| view.notice.post_id == Some(post.id))
    };
    let thread = match root.filter(|post| is_new && !told(post)) {
        Some(post) => new_thread(db, reader, ready, post)?,
        None => None,
    };
    let is_empty = notices.is_empty() && thread.is_none();
    Ok((!is_empty).then_some(MailContent {
        notices,
        thread,
        community,
    }))
}

fn notices_of(db: &mut Db, now: Time, ready: &ReadyMail) -> Outcome<Vec<NoticeView>> {
    let (who, mail) = (ready.account.actor_id, &ready.mail);
    let from = match (mail.first_notice, mail.thread_id) {
        // Ids of one clock: notices of a thread are newer than it.
        (NoticeId(0), Some(thread)) => NoticeId(thread.0),
        (first, _) => first,
    };
    let all = (from, NoticeId(i64::MAX));
    let rows = store::notice::unseen_between(db, who, now, all, READ_MAX)?;
    let mut found = views(db, who, now, rows)?;
    found.retain(|view| {
        let of_thread = view.thread.as_ref().map(|thread| thread.id);
        let is_first = view.notice.id == mail.first_notice;
        let wanted = ready.choices.of(MailTopic::of(view.notice.kind)) == Rhythm::AtOnce;
        wanted
            && is_there(view)
            && (is_first || (of_thread.is_some() && of_thread == mail.thread_id))
    });
    found.truncate(NOTICES_MAX);
    found.reverse();
    Ok(found)
}

/// Whether what a notice tells of is still there: a mail shows its text. What was removed by others is told of.
fn is_there(view: &NoticeView) -> bool {
    let is_live = |post: &Post| post.state == PostState::Live;
    view.notice.kind == NoticeKind::Removed || view.post.as_ref().is_none_or(is_live)
}

/// A thread, where its reader still follows its community, wants it at once and has not opened it.
fn new_thread(
    db: &mut Db,
    reader: Reader,
    ready: &ReadyMail,
    post: Post,
) -> Outcome<Option<NewThread>> {
    let who = ready.account.actor_id;
    let Some(community) = post.community_id.filter(|_| post.state == PostState::Live) else {
        return Ok(None);
    };
    let follow = store::follow::between(db, who, community)?;
    let wanted = ready.choices.of_community(community) == Rhythm::AtOnce
        && follow.is_some_and(|follow| follow.accepted)
        && store::post::read_marks(db, who, &[post.id])?.is_empty()
        && store::post::is_visible(db, reader, post.id)?;
    let author = store::raw::actor::by_id(db, post.author_id)?;
    Ok(author
        .filter(|_| wanted)
        .map(|author| NewThread { post, author }))
}

/// New threads of a community in a digest.
#[derive(Debug, Clone)]
pub struct DigestCommunity {
    pub community: FollowedCommunity,
    /// At most [`DIGEST_THREADS`], the newest first.
    pub threads: Vec<ThreadCard>,
    /// How many more there are.
    pub more: usize,
}

/// What a digest tells.
#[derive(Debug, Clone)]
pub struct Digest {
    pub account: Account,
    /// Questions without an answer that the reader may answer.
    pub questions: Vec<ThreadCard>,
    /// Newest first.
    pub notices: Vec<NoticeView>,
    pub communities: Vec<DigestCommunity>,
}

/// The digest of an account, with what it may see and has not seen. `None` where there is nothing, or no mail is
/// sent to it.
///
/// # Errors
/// Faults.
pub fn digest(db: &mut Db, now: Time, job: &SendDigest) -> Outcome<Option<Digest>> {
    let account = store::account::by_id(db, job.account)?.map(|(account, _)| account);
    let Some(account) = account.filter(|account| address_of(account).is_some()) else {
        return Ok(None);
    };
    let choices = Choices::new(store::notice_mail::choices(db, job.account)?);
    let notices = digest_notices(db, now, job, &choices)?;
    let reader = as_person(job.account, now);
    let mut listed: HashSet<PostId> = HashSet::new();
    let (mut questions, mut communities) = (Vec::new(), Vec::new());
    for community in store::community::followed(db, job.account, now)? {
        let Some(from) = from_of(job, choices.of_community(community.id)) else {
            continue;
        };
        let period = (from, job.due);
        let mut threads = new_threads(db, reader, job.account, &community, period)?;
        threads.retain(|card| listed.insert(card.head.id));
        let answers = threads.iter().any(is_open_question)
            && crate::community::allowed(db, reader, community.id)?.post;
        if answers {
            let (open, rest) = threads.into_iter().partition(is_open_question);
            questions.extend::<Vec<ThreadCard>>(open);
            threads = rest;
        }
        let more = threads.len().saturating_sub(DIGEST_THREADS);
        threads.truncate(DIGEST_THREADS);
        if !threads.is_empty() {
            communities.push(DigestCommunity {
                community,
                threads,
                more,
            });
        }
    }
    questions.truncate(QUESTIONS_MAX);
    let is_empty = questions.is_empty() && notices.is_empty() && communities.is_empty();
    Ok((!is_empty).then_some(Digest {
        account,
        questions,
        notices,
        communities,
    }))
}

fn is_open_question(card: &ThreadCard) -> bool {
    card.head.kind == PostKind::Question && card.head.answer_count == 0
}

/// Since when a digest tells of a topic; `None` where it does not.
const fn from_of(job: &SendDigest, rhythm: Rhythm) -> Option<Time> {
    match rhythm {
        Rhythm::Daily => Some(job.daily_from),
        Rhythm::Weekly => job.weekly_from,
        Rhythm::AtOnce | Rhythm::Never => None,
    }
}

fn digest_notices(
    db: &mut Db,
    now: Time,
    job: &SendDigest,
    choices: &Choices,
) -> Outcome<Vec<NoticeView>> {
    let from = job
        .weekly_from
        .map_or(job.daily_from, |from| from.min(job.daily_from));
    let period = (first_of(from), first_of(job.due));
    let mut rows = store::notice::unseen_between(db, job.account, now, period, READ_MAX)?;
    rows.retain(|row| {
        let from = from_of(job, choices.of(MailTopic::of(row.kind)));
        from.is_some_and(|from| row.id >= first_of(from))
    });
    rows.truncate(DIGEST_NOTICES);
    let mut found = views(db, job.account, now, rows)?;
    found.retain(is_there);
    Ok(found)
}

/// The threads begun in a community within a period that somebody has not opened.
fn new_threads(
    db: &mut Db,
    reader: Reader,
    who: ActorId,
    community: &FollowedCommunity,
    (from, until): (Time, Time),
) -> Outcome<Vec<ThreadCard>> {
    let newest = ThreadList {
        order: ThreadOrder::Newest,
        ..ThreadList::new(Within::Community(community.id), READ_MAX)
    };
    let mut cards = list(db, reader, &newest)?;
    let (first, end): (PostId, PostId) = (first_of(from), first_of(until));
    // What was fetched came later than it was published.
    cards.retain(|card| {
        let head = &card.head;
        let is_new = first <= head.id && head.id < end && from <= head.published_at;
        is_new && head.author_id != who && card.unread && !card.resume
    });
    Ok(cards)
}

const fn as_person(who: ActorId, now: Time) -> Reader {
    Reader {
        viewer: Viewer::Person(who),
        now,
    }
}

/// What somebody has chosen, and when they get mail.
#[derive(Debug, Clone)]
pub struct MailChoices {
    pub choices: Choices,
    pub setting: Option<MailSetting>,
    pub communities: Vec<FollowedCommunity>,
    /// The newest mails to them.
    pub mails: Vec<NoticeMail>,
}

/// What the page of choices shows.
///
/// # Errors
/// Faults.
pub fn chosen(db: &mut Db, who: ActorId, now: Time, mails: i64) -> Outcome<MailChoices> {
    Ok(MailChoices {
        choices: Choices::new(store::notice_mail::choices(db, who)?),
        setting: store::notice_mail::setting(db, who)?,
        communities: store::community::followed(db, who, now)?,
        mails: store::notice_mail::newest(db, who, mails)?,
    })
}

/// How often somebody is told of new threads in a community.
///
/// # Errors
/// Faults.
pub fn of_community(db: &mut Db, who: ActorId, community: ActorId) -> Outcome<Rhythm> {
    let choices = Choices::new(store::notice_mail::choices(db, who)?);
    Ok(choices.of_community(community))
}

/// Whether a mail to somebody was given up within the last days.
///
/// # Errors
/// Faults.
pub fn was_given_up(db: &mut Db, who: ActorId, now: Time) -> Outcome<bool> {
    let recent = now.plus_seconds(-7 * 86_400);
    Ok(store::notice_mail::was_given_up(db, who, recent)?)
}

/// What a link turns off: its account's language is not looked at. `None` where it was not signed, or its account
/// is not active.
///
/// # Errors
/// Faults.
pub fn unsubscribes(db: &mut Db, link: &UnsubscribeLink) -> Outcome<Option<UnsubscribeView>> {
    let setting = store::notice_mail::setting(db, link.account)?;
    let account = store::account::by_id(db, link.account)?;
    let active = account.is_some_and(|(account, _)| account.state == AccountState::Active);
    if !active || !setting.is_some_and(|row| link.is_signed(&row.unsubscribe_key)) {
        return Ok(None);
    }
    let community = match link.what {
        Unsubscribe::Community(id) => store::raw::community::by_id(db, id)?,
        Unsubscribe::Topic(_) | Unsubscribe::Digest => None,
    };
    Ok(Some(UnsubscribeView {
        what: link.what,
        community,
    }))
}

/// What a link turns off.
#[derive(Debug, Clone)]
pub struct UnsubscribeView {
    pub what: Unsubscribe,
    pub community: Option<CommunityWithActor>,
}

/// How many mails of notices ended how, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailDay {
    /// Its begin in UTC.
    pub day: Time,
    pub sent: i64,
    pub refused: i64,
    pub given_up: i64,
}

/// The last seven days, today first.
///
/// # Errors
/// Faults.
pub fn days(db: &mut Db, now: Time) -> Outcome<Vec<MailDay>> {
    let mut days = Vec::new();
    for back in 0..7 {
        let day = now.midnight().plus_seconds(-back * 86_400);
        let until = day.plus_seconds(86_400);
        let mut count = |state| store::notice_mail::count(db, state, day, until);
        days.push(MailDay {
            day,
            sent: count(MailState::Sent)?,
            refused: count(MailState::Refused)?,
            given_up: count(MailState::GivenUp)?,
        });
    }
    Ok(days)
}
