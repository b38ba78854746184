//! The home pages: "Today" for those signed in, the front page for guests.

use crate::discussion::{ThreadCard, cards, list};
use crate::row::{CommunityWithActor, ThreadCursor, ThreadList, Within};
use domain::Outcome;
use model::ActorId;
use model::access::Reader;
use std::sync::Arc;
use store::Db;

/// What is new in one community that somebody follows.
#[derive(Debug, Clone)]
pub struct TodayGroup {
    pub place: Arc<CommunityWithActor>,
    /// Its threads, most recently active first.
    pub threads: Vec<ThreadCard>,
}

/// What the page "Today" shows of the communities somebody follows.
#[derive(Debug, Clone)]
pub struct TodayThreads {
    /// By community, in the order of their newest.
    pub groups: Vec<TodayGroup>,
    /// Questions without an accepted answer, most recently active first.
    pub waiting: Vec<ThreadCard>,
}

/// The most recently active threads of the communities somebody follows, at most `per_group` of each
/// and `limit` in all, and at most `waiting` questions there that wait for an answer.
///
/// # Errors
/// Faults.
pub fn today(
    db: &mut Db,
    reader: Reader,
    followed: &[ActorId],
    limit: i64,
    per_group: i64,
    waiting: i64,
) -> Outcome<TodayThreads> {
    let within = Within::Communities {
        ids: followed,
        each: per_group,
    };
    let mut heads = store::post::threads(db, reader, &ThreadList::new(within, limit))?;
    let latest = heads.len();
    let unanswered = ThreadList {
        unanswered: true,
        ..ThreadList::new(within, waiting)
    };
    heads.extend(store::post::threads(db, reader, &unanswered)?);
    let mut cards = cards(db, reader, heads)?;
    let waiting = cards.split_off(latest.min(cards.len()));
    let mut groups: Vec<TodayGroup> = Vec::new();
    for card in cards {
        let Some(place) = card.community.clone() else {
            continue;
        };
        match groups
            .iter_mut()
            .find(|group| group.place.id() == place.id())
        {
            Some(group) => group.threads.push(card),
            None => groups.push(TodayGroup {
                place,
                threads: vec![card],
            }),
        }
    }
    Ok(TodayThreads { groups, waiting })
}

/// The latest threads of our own communities, below the cursor.
///
/// # Errors
/// Faults.
pub fn latest(
    db: &mut Db,
    reader: Reader,
    below: Option<ThreadCursor>,
    limit: i64,
) -> Outcome<Vec<ThreadCard>> {
    let local = ThreadList {
        below,
        ..ThreadList::new(Within::Local, limit)
    };
    list(db, reader, &local)
}
