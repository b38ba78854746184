//! The home pages: "Today" for those signed in, the front page for guests.

use crate::discussion::{ThreadCard, cards, list};
use crate::row::{CommunityWithActor, NewestLimits, Post, ThreadCursor, ThreadList, Within};
use domain::Outcome;
use model::access::Reader;
use model::{ActorId, PostId};
use std::collections::HashMap;
use std::sync::Arc;
use store::Db;

/// What is new in one community that somebody follows.
#[derive(Debug, Clone)]
pub struct TodayGroup {
    pub place: Arc<CommunityWithActor>,
    /// Its threads, most recently active first.
    pub threads: Vec<ThreadCard>,
}

/// What somebody whom the reader follows wrote in no community.
#[derive(Debug, Clone)]
pub struct PersonalThread {
    pub card: ThreadCard,
    /// Its first post, with the text: most have no title.
    pub post: Post,
}

/// What the page "Today" shows of the communities and people somebody follows.
#[derive(Debug, Clone)]
pub struct TodayThreads {
    /// By community, in the order of their newest.
    pub groups: Vec<TodayGroup>,
    /// What the people wrote that the reader has not read, most recently active first.
    pub personal: Vec<PersonalThread>,
    /// Questions without an accepted answer, most recently active first.
    pub waiting: Vec<ThreadCard>,
}

/// How much of what somebody follows "Today" shows.
#[derive(Debug, Clone, Copy)]
pub struct TodayLimits {
    /// Threads of communities, and as many of people, that are looked at.
    pub newest: NewestLimits,
    /// Questions that wait for an answer.
    pub waiting: i64,
    /// Unread threads of people, and of one person.
    pub personal: (usize, usize),
}

/// The most recently active threads of the communities that somebody follows, what the people they
/// follow wrote, and the questions in these communities that wait for an answer.
///
/// # Errors
/// Faults.
pub fn today(
    db: &mut Db,
    reader: Reader,
    who: ActorId,
    limits: TodayLimits,
) -> Outcome<TodayThreads> {
    let questions = NewestLimits {
        all: limits.waiting,
        ..limits.newest
    };
    let newest = store::post::newest_in_followed(db, who, limits.newest)?;
    let waiting = store::post::unanswered_in_followed(db, who, questions)?;
    let of_people = store::post::newest_of_followed_people(db, who, limits.newest)?;
    let all = [newest.as_slice(), &waiting, &of_people].concat();
    let heads = store::post::heads(db, reader, &all)?;
    let cards = cards(db, reader, heads)?;
    let of = |ids: &[PostId]| -> Vec<ThreadCard> {
        let listed = cards.iter().filter(|card| ids.contains(&card.head.id));
        listed.cloned().collect()
    };
    Ok(TodayThreads {
        groups: by_community(of(&newest)),
        personal: personal(db, reader, of(&of_people), limits.personal)?,
        waiting: of(&waiting),
    })
}

fn by_community(cards: Vec<ThreadCard>) -> Vec<TodayGroup> {
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
    groups
}

/// The unread among some threads of people, at most `all` and `each` of one person, with their texts.
fn personal(
    db: &mut Db,
    reader: Reader,
    cards: Vec<ThreadCard>,
    (all, each): (usize, usize),
) -> Outcome<Vec<PersonalThread>> {
    let mut of_author: HashMap<ActorId, usize> = HashMap::new();
    let mut kept: Vec<ThreadCard> = cards.into_iter().filter(|card| card.unread).collect();
    kept.retain(|card| {
        let count = of_author.entry(card.head.author_id).or_default();
        *count += 1;
        *count <= each
    });
    kept.truncate(all);
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = kept.iter().map(|card| card.head.id).collect();
    let mut posts = store::post::by_ids(db, reader, &ids)?;
    let thread = |card: ThreadCard| {
        let at = posts.iter().position(|post| post.id == card.head.id)?;
        let post = posts.swap_remove(at);
        Some(PersonalThread { card, post })
    };
    Ok(kept.into_iter().filter_map(thread).collect())
}

/// What the people whom somebody follows wrote in no community and they have not read, and the newest
/// post of each thread, the most recently active `limit` at most.
///
/// # Errors
/// Faults.
pub fn unread_of_people(
    db: &mut Db,
    reader: Reader,
    who: ActorId,
    limit: i64,
) -> Outcome<Vec<(PostId, PostId)>> {
    let limits = NewestLimits {
        each: limit,
        all: limit,
    };
    let newest = store::post::newest_of_followed_people(db, who, limits)?;
    let heads = store::post::heads(db, reader, &newest)?;
    let cards = cards(db, reader, heads)?;
    let unread = cards.iter().filter(|card| card.unread);
    Ok(unread
        .map(|card| (card.head.id, card.head.last_post_id))
        .collect())
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
