//! Search: communities, people and threads by a part of a name.

use crate::discussion::{ThreadCard, list};
use crate::row::{Actor, CommunityWithActor, ThreadList, Within};
use domain::Outcome;
use model::access::Reader;
use model::limits::SEARCH_MAX;
use model::{ActorState, PostId};
use store::Db;

/// Most names read to find those of one host.
const NAMESAKES: i64 = 100;

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

/// The beginning of a name as somebody types it: `@an`, `!weav`, `@an@faculty`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePart {
    /// Whether a community is meant (`!`), or a person (`@`).
    pub community: bool,
    /// What was typed of the name, and of the host behind it.
    pub name: String,
    pub host: String,
}

impl NamePart {
    /// `None` where the text is no beginning of a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().take(SEARCH_MAX).collect();
        let community = text.starts_with('!');
        let rest = text.strip_prefix(['@', '!'])?;
        let (name, host) = rest.split_once('@').unwrap_or((rest, ""));
        (!name.is_empty()).then(|| Self {
            community,
            name: name.to_owned(),
            host: host.to_lowercase(),
        })
    }

    fn fits(&self, actor: &Actor) -> bool {
        actor.host.starts_with(&self.host)
    }
}

/// The people or communities whose name or handle holds what was typed, at most `limit`.
///
/// # Errors
/// Faults.
pub fn names(db: &mut Db, reader: Reader, part: &NamePart, limit: i64) -> Outcome<Vec<Actor>> {
    let read = if part.host.is_empty() {
        limit
    } else {
        NAMESAKES
    };
    let mut found: Vec<Actor> = if part.community {
        let communities = store::search::communities(db, reader, &part.name, read)?;
        communities.into_iter().map(|place| place.actor).collect()
    } else {
        store::search::people(db, reader, &part.name, read)?
    };
    found.retain(|actor| part.fits(actor));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
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
