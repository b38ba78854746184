//! Search: communities, people and threads by a part of a name.

use crate::discussion::{ThreadCard, list};
use crate::row::{Actor, CommunityWithActor, ThreadList, Within};
use domain::Outcome;
use model::access::Reader;
use model::limits::SEARCH_MAX;
use model::{ActorState, PostId};
use store::Db;

/// What was found, at most so many of each.
#[derive(Debug, Clone, Default)]
pub struct SearchResults {
    pub communities: Vec<CommunityWithActor>,
    pub people: Vec<Actor>,
    pub threads: Vec<ThreadCard>,
}

/// Communities, people and threads whose name or title holds the words, at most `limit` of each.
///
/// # Errors
/// Faults.
pub fn find(db: &mut Db, reader: Reader, words: &str, limit: i64) -> Outcome<SearchResults> {
    let words: String = words.trim().chars().take(SEARCH_MAX).collect();
    let threads = ThreadList {
        title: Some(&words),
        ..ThreadList::new(Within::Instance, limit)
    };
    Ok(SearchResults {
        communities: store::search::communities(db, reader, &words, limit)?,
        people: store::search::people(db, reader, &words, limit)?,
        threads: list(db, reader, &threads)?,
    })
}

/// What an ActivityPub id names here.
#[derive(Debug, Clone)]
pub enum Named {
    Actor(Box<Actor>),
    Post(PostId),
}

/// The actor or post with an ActivityPub id, where the reader may see it.
///
/// # Errors
/// Faults.
pub fn by_ap_id(db: &mut Db, reader: Reader, ap_id: &str) -> Outcome<Option<Named>> {
    if let Some(actor) = store::raw::actor::by_ap_id(db, ap_id)? {
        let seen = store::actor::by_id(db, reader, actor.id)?
            .filter(|actor| actor.state != ActorState::Pending);
        return Ok(seen.map(|actor| Named::Actor(Box::new(actor))));
    }
    Ok(crate::post::by_ap_id(db, reader, ap_id)?.map(Named::Post))
}
