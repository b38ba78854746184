//! Notices by web push: what a message is to tell now, what somebody has chosen, and what became of messages.

use crate::notice::{NoticeView, views};
use crate::notice_mail::{MailDay, as_person, is_there};
use crate::row::{CommunityWithActor, NoticePush};
use domain::Outcome;
use domain::notice::push::{PushChoices, ReadyPush};
use domain::vapid::VapidKey;
use model::notice::NoticeKind;
use model::notice_mail::MailTopic;
use model::notice_push::PushState;
use model::{ActorId, NoticeId, PostState, SessionId, Time};
use store::Db;
use store::row::Notice;

/// What a message tells.
#[derive(Debug, Clone)]
pub struct PushContent {
    /// The newest notice that it tells of; `None` for a new thread.
    pub notice: Option<NoticeView>,
    /// The community of its thread.
    pub community: Option<CommunityWithActor>,
}

/// What a message is to tell now: what its recipient may see, has not seen, and wants. `None` where nothing is left.
///
/// # Errors
/// Faults.
pub fn content(db: &mut Db, now: Time, ready: &ReadyPush) -> Outcome<Option<PushContent>> {
    let (who, push) = (ready.account.actor_id, &ready.push);
    let root = match push.thread_id {
        Some(id) => store::post::by_id(db, as_person(who, now), id)?,
        None => None,
    };
    let community = match root.as_ref().and_then(|root| root.community_id) {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    if push.topic == MailTopic::Community {
        let Some(place) = community.filter(|_| {
            root.as_ref()
                .is_some_and(|root| root.state == PostState::Live)
        }) else {
            return Ok(None);
        };
        let id = place.actor.id;
        let follow = store::follow::between(db, who, id)?;
        let read: Vec<_> = push.thread_id.into_iter().collect();
        let is_new = ready.choices.of_community(id)
            && follow.is_some_and(|follow| follow.accepted)
            && store::post::read_marks(db, who, &read)?.is_empty();
        return Ok(is_new.then_some(PushContent {
            notice: None,
            community: Some(place),
        }));
    }
    let rows = unseen(db, now, ready)?;
    let mut found = views(db, who, now, rows)?;
    found.retain(is_there);
    Ok(found.into_iter().next().map(|view| PushContent {
        notice: Some(view),
        community,
    }))
}

/// The newest notices that a message tells of.
fn unseen(db: &mut Db, now: Time, ready: &ReadyPush) -> Outcome<Vec<Notice>> {
    let (who, push) = (ready.account.actor_id, &ready.push);
    let wanted = |kind: &NoticeKind| ready.choices.of(MailTopic::of(*kind));
    let kinds: Vec<NoticeKind> = NoticeKind::ALL.iter().copied().filter(wanted).collect();
    let first = push.notice_id;
    let rows = match push.thread_id {
        Some(thread) => store::notice::unseen_of_thread(db, who, now, (thread, first), &kinds, 1)?,
        None => {
            let only = (first, NoticeId(first.0 + 1));
            let mut rows = store::notice::unseen_between(db, who, now, only, 1)?;
            rows.retain(|row| kinds.contains(&row.kind));
            rows
        }
    };
    Ok(rows)
}

/// What the page of choices shows of push messages.
#[derive(Debug, Clone)]
pub struct PushSettings {
    pub choices: PushChoices,
    /// How many browsers get messages.
    pub browsers: usize,
    /// Whether the one of this session does.
    pub is_on: bool,
    /// The newest messages.
    pub newest: Vec<NoticePush>,
}

/// What somebody has chosen, and what became of the newest messages to them.
///
/// # Errors
/// Faults.
pub fn chosen(
    db: &mut Db,
    who: ActorId,
    session: Option<SessionId>,
    limit: i64,
) -> Outcome<PushSettings> {
    let browsers = store::notice_push::subscriptions(db, who)?;
    Ok(PushSettings {
        choices: PushChoices::new(store::notice_push::choices(db, who)?),
        is_on: browsers.iter().any(|one| Some(one.session_id) == session),
        browsers: browsers.len(),
        newest: store::notice_push::newest(db, who, limit)?,
    })
}

/// The key with which push services know this instance; `None` before the first browser asked for it.
///
/// # Errors
/// Faults.
pub fn key(db: &mut Db) -> Outcome<Option<VapidKey>> {
    domain::notice::push::stored_key(db)
}

/// How many messages ended how on the last seven days, today first. To a browser that takes no more is refused.
///
/// # Errors
/// Faults.
pub fn days(db: &mut Db, now: Time) -> Outcome<Vec<MailDay>> {
    let mut days = Vec::new();
    for back in 0..7 {
        let day = now.midnight().plus_seconds(-back * 86_400);
        let until = day.plus_seconds(86_400);
        let mut count = |state| store::notice_push::count(db, state, day, until);
        days.push(MailDay {
            day,
            sent: count(PushState::Sent)?,
            refused: count(PushState::Refused)? + count(PushState::Ended)?,
            given_up: count(PushState::GivenUp)?,
        });
    }
    Ok(days)
}
