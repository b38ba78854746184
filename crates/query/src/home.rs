//! The home pages: "Today" for those signed in, the front page for guests.

use crate::discussion::{ThreadCard, cards, list};
use crate::row::{CommunityWithActor, Post, ThreadCursor, ThreadList, Within};
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
    pub threads: i64,
    /// Of these, threads of one community or person.
    pub per_source: i64,
    /// Questions that wait for an answer.
    pub waiting: i64,
    /// Unread threads of people, and of one person.
    pub personal: (usize, usize),
}

/// The most recently active threads of some communities that the reader follows, what the people they
/// follow wrote, and the questions in these communities that wait for an answer.
///
/// # Errors
/// Faults.
pub fn today(
    db: &mut Db,
    reader: Reader,
    communities: &[ActorId],
    limits: TodayLimits,
) -> Outcome<TodayThreads> {
    let people = match reader.viewer.person() {
        Some(me) => crate::account::followed_people(db, me)?,
        None => Vec::new(),
    };
    let followed = |people| Within::Followed {
        communities,
        people,
        each: limits.per_source,
    };
    let newest = ThreadList::new(followed(&people), limits.threads);
    let mut heads = store::post::threads(db, reader, &newest)?;
    let latest = heads.len();
    let unanswered = ThreadList {
        unanswered: true,
        ..ThreadList::new(followed(&[]), limits.waiting)
    };
    heads.extend(store::post::threads(db, reader, &unanswered)?);
    let mut cards = cards(db, reader, heads)?;
    let waiting = cards.split_off(latest.min(cards.len()));
    let (in_communities, of_people) = cards.into_iter().partition(|card| card.community.is_some());
    Ok(TodayThreads {
        groups: by_community(in_communities),
        personal: personal(db, reader, of_people, limits.personal)?,
        waiting,
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

/// What the people whom the reader follows wrote in no community and the reader has not read, and the
/// newest post of each thread, the most recently active `limit` at most.
///
/// # Errors
/// Faults.
pub fn unread_of_people(
    db: &mut Db,
    reader: Reader,
    me: ActorId,
    limit: i64,
) -> Outcome<Vec<(PostId, PostId)>> {
    let people = crate::account::followed_people(db, me)?;
    let within = Within::Followed {
        communities: &[],
        people: &people,
        each: limit,
    };
    let cards = list(db, reader, &ThreadList::new(within, limit))?;
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
