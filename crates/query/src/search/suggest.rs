//! What is offered while somebody types: communities, people and threads whose name or title has words
//! that begin so.

use super::{communities, people};
use crate::row::{Actor, CommunityWithActor};
use domain::Outcome;
use model::access::Reader;
use model::search::{MatchIn, Pattern, Segment};
use model::{Lang, PostId};
use std::collections::HashSet;
use store::Db;
use store::search::PostFilter;

/// Suggestions at a time.
pub const SUGGESTIONS_MAX: usize = 8;
/// Of them, communities and people at most.
const ACTORS_MAX: i64 = 3;
/// Characters from which on something is offered.
const TYPED_MIN: usize = 2;

/// Something that the reader may have meant.
#[derive(Debug, Clone)]
pub enum Suggestion {
    Community(Box<CommunityWithActor>),
    Person(Box<Actor>),
    Thread {
        id: PostId,
        /// With the beginnings of words marked.
        title: Vec<Segment>,
        /// The language of the title.
        lang: String,
    },
}

/// Communities, people and threads that what is typed so far may lead to.
///
/// # Errors
/// Faults.
pub fn suggest(db: &mut Db, reader: Reader, typed: &str, lang: Lang) -> Outcome<Vec<Suggestion>> {
    let pattern = Pattern::new(typed);
    if pattern.is_empty() || typed.trim().chars().count() < TYPED_MIN {
        return Ok(Vec::new());
    }
    let search = (&pattern, MatchIn::Beginnings);
    let places = communities(db, reader, search, ACTORS_MAX)?;
    let persons = people(db, reader, search, ACTORS_MAX)?;
    let mut all: Vec<Suggestion> = places
        .into_iter()
        .map(|place| Suggestion::Community(Box::new(place)))
        .chain(
            persons
                .into_iter()
                .map(|person| Suggestion::Person(Box::new(person))),
        )
        .collect();
    let threads = PostFilter {
        replies: Some(false),
        ..PostFilter::default()
    };
    let room = SUGGESTIONS_MAX.saturating_sub(all.len());
    // A thread is found once in each of its languages.
    let limit = i64::try_from(room * 2).unwrap_or(0);
    let found = store::search::posts(db, reader, search, &threads, limit)?;
    let mut seen = HashSet::new();
    let found: Vec<_> = found
        .into_iter()
        .filter(|hit| seen.insert(hit.id))
        .take(room)
        .collect();
    let ids: Vec<PostId> = found.iter().map(|hit| hit.id).collect();
    let rows = store::post::by_ids(db, reader, &ids)?;
    for hit in found {
        let Some(row) = rows.iter().find(|row| row.id == hit.id) else {
            continue;
        };
        let title = row
            .title
            .get(&hit.lang)
            .map(|title| (hit.lang.as_str(), title));
        if let Some((tag, title)) = title.or_else(|| row.title.shown(lang)) {
            all.push(Suggestion::Thread {
                id: row.id,
                title: pattern.marked(title, tag),
                lang: tag.to_owned(),
            });
        }
    }
    Ok(all)
}
