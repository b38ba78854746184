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
use store::notice::{DigestNotices, KindsSince};

/// The newest threads of one community among which those of a digest are looked for.
const READ_MAX: i64 = 100;
/// Notices that a digest lists; of others, it says how many there are.
const DIGEST_NOTICES: i64 = 30;
/// Unanswered questions that a digest lists, of all communities together.
const QUESTIONS_MAX: usize = 10;

/// A thread that a mail tells a follower of its community of, in place of a notice: nobody has a notice of a new
/// thread.
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
    /// The posts whose text is shown; of others, only the title.
    pub texts: HashSet<PostId>,
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
    let posts = posts_of(&notices).chain(thread.iter().map(|thread| &thread.post));
    let texts = with_text(db, who, posts)?;
    Ok((!is_empty).then_some(MailContent {
        notices,
        thread,
        community,
        texts,
    }))
}

fn notices_of(db: &mut Db, now: Time, ready: &ReadyMail) -> Outcome<Vec<NoticeView>> {
    let (who, mail) = (ready.account.actor_id, &ready.mail);
    let first = mail.first_notice;
    let kinds = kinds_of(&ready.choices, Rhythm::AtOnce);
    let rows = match mail.thread_id {
        Some(thread) => {
            // Ids of one clock: notices of a thread are newer than it.
            let from = if first == NoticeId(0) {
                NoticeId(thread.0)
            } else {
                first
            };
            let of = (thread, from);
            store::notice::unseen_of_thread(db, who, now, of, &kinds, NOTICES_MAX)?
        }
        None => {
            let only = (first, NoticeId(first.0 + 1));
            let mut rows = store::notice::unseen_between(db, who, now, only, 1)?;
            rows.retain(|row| kinds.contains(&row.kind));
            rows
        }
    };
    let mut found = views(db, who, now, rows)?;
    found.retain(is_there);
    found.reverse();
    Ok(found)
}

/// The kinds of notices that somebody is told of in a rhythm.
fn kinds_of(choices: &Choices, rhythm: Rhythm) -> Vec<NoticeKind> {
    let all = NoticeKind::ALL.iter().copied();
    all.filter(|kind| choices.of(MailTopic::of(*kind)) == rhythm)
        .collect()
}

/// Those of some posts whose text a mail shows: what was written here, or by people whom its reader follows. Of
/// strangers elsewhere nobody has read anything before it is sent on.
fn with_text<'p>(
    db: &mut Db,
    who: ActorId,
    posts: impl IntoIterator<Item = &'p Post>,
) -> Outcome<HashSet<PostId>> {
    let mut found = HashSet::new();
    for post in posts {
        let is_shown = post.peer_id.is_none()
            || store::follow::between(db, who, post.author_id)?
                .is_some_and(|follow| follow.accepted);
        if is_shown {
            found.insert(post.id);
        }
    }
    Ok(found)
}

fn posts_of(notices: &[NoticeView]) -> impl Iterator<Item = &Post> {
    let posts = notices.iter().flat_map(|view| [&view.post, &view.thread]);
    posts.filter_map(Option::as_ref)
}

/// Whether what a notice tells of is still there: a mail shows its text. What was removed by others is told of.
pub(crate) fn is_there(view: &NoticeView) -> bool {
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
    /// First what comes from people whom somebody here knows; the newest first.
    pub notices: Vec<NoticeView>,
    /// How many more there are.
    pub more_notices: usize,
    /// The posts whose text is shown; of others, only the title.
    pub texts: HashSet<PostId>,
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
    let (notices, more_notices) = digest_notices(db, now, job, &choices)?;
    let texts = with_text(db, job.account, posts_of(&notices))?;
    let reader = as_person(job.account, now);
    let mut listed: HashSet<PostId> = HashSet::new();
    let (mut questions, mut communities) = (Vec::new(), Vec::new());
    for community in store::community::followed(db, job.account, now)? {
        let rhythm = choices.of_community(community.id);
        let Some(from) = from_of(job, &choices, rhythm) else {
            continue;
        };
        let period = (from, job.due);
        let mut threads = new_threads(db, reader, job.account, &community, period)?;
        if rhythm == Rhythm::AtOnce {
            drop_mailed(db, job.account, &mut threads)?;
        }
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
        more_notices,
        texts,
        communities,
    }))
}

/// Leaves out the threads that somebody has had a mail about.
fn drop_mailed(db: &mut Db, who: ActorId, threads: &mut Vec<ThreadCard>) -> Outcome<()> {
    let ids: Vec<PostId> = threads.iter().map(|card| card.head.id).collect();
    let mailed = store::notice_mail::mailed_threads(db, who, &ids)?;
    threads.retain(|card| !mailed.contains(&card.head.id));
    Ok(())
}

fn is_open_question(card: &ThreadCard) -> bool {
    card.head.kind == PostKind::Question && card.head.answer_count == 0
}

/// Since when a digest tells of a topic; `None` where it does not.
fn from_of(job: &SendDigest, choices: &Choices, rhythm: Rhythm) -> Option<Time> {
    match rhythm {
        Rhythm::Daily => Some(job.daily_from),
        Rhythm::Weekly => job.weekly_from,
        Rhythm::AtOnce => Some(left_from(job, choices)),
        Rhythm::Never => None,
    }
}

/// Since when a digest tells of what was to come at once and was too much: since the digest before.
fn left_from(job: &SendDigest, choices: &Choices) -> Time {
    let is_daily = choices.is_daily();
    job.weekly_from
        .filter(|_| !is_daily)
        .unwrap_or(job.daily_from)
}

/// The notices of a digest, and how many more there are.
fn digest_notices(
    db: &mut Db,
    now: Time,
    job: &SendDigest,
    choices: &Choices,
) -> Outcome<(Vec<NoticeView>, usize)> {
    let since = |rhythm, from| KindsSince {
        kinds: kinds_of(choices, rhythm),
        from: first_of(from),
    };
    let weekly = job.weekly_from.map(|from| since(Rhythm::Weekly, from));
    let of = DigestNotices {
        who: job.account,
        now,
        daily: since(Rhythm::Daily, job.daily_from),
        weekly: weekly.unwrap_or_default(),
        left: since(Rhythm::AtOnce, left_from(job, choices)),
        before: first_of(job.due),
    };
    let rows = store::notice::for_digest(db, &of, DIGEST_NOTICES)?;
    let all = usize::try_from(store::notice::count_for_digest(db, &of)?).unwrap_or(0);
    let more = all.saturating_sub(rows.len());
    let mut found = views(db, job.account, now, rows)?;
    found.retain(is_there);
    Ok((found, more))
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

pub(crate) const fn as_person(who: ActorId, now: Time) -> Reader {
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
