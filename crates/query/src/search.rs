//! Search: communities, people and posts by their words. Every result is what the reader may find; a word
//! that is offered for a misspelled one is in a title or name that they find.

mod like;
mod names;
mod posts;
mod suggest;

pub use like::communities_like;
pub use names::{NamePart, names};
pub use posts::{PostHit, SearchFilter, SearchOrder};
pub use suggest::{SUGGESTIONS_MAX, Suggestion, suggest};

use crate::row::{Actor, CommunityWithActor};
use domain::{Error, Outcome};
use model::access::Reader;
use model::search::{MatchIn, Pattern};
use model::{ActorId, ActorKind, ActorState, Lang, PostId};
use std::collections::{HashMap, HashSet};
use store::Db;
use store::search::PostFilter;

/// Results of a kind that are considered: of more, those indexed last.
const CANDIDATES: i64 = 200;
/// Posts on a page of results.
pub const HITS_PER_PAGE: usize = 20;
/// Words that are corrected, and words tried for each.
const CORRECTED_MAX: usize = 4;
const TRIED_MAX: usize = 6;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest<'a> {
    /// As typed; without any, the filter alone says what is listed.
    pub words: &'a str,
    pub filter: SearchFilter,
    pub order: SearchOrder,
    /// The page of posts, from 1.
    pub page: usize,
    /// Communities and people, at most.
    pub limit: i64,
    /// The language in which a text is shown that was found in several.
    pub lang: Lang,
}

impl<'a> SearchRequest<'a> {
    /// These words, anywhere.
    #[must_use]
    pub fn new(words: &'a str, lang: Lang) -> Self {
        Self {
            words,
            filter: SearchFilter::default(),
            order: SearchOrder::default(),
            page: 1,
            limit: 30,
            lang,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct SearchResults {
    /// None where the filter is about posts.
    pub communities: Vec<CommunityWithActor>,
    /// None where the filter is about posts.
    pub people: Vec<Actor>,
    /// One page.
    pub posts: Vec<PostHit>,
    /// How many posts were found, among those that are considered.
    pub post_count: usize,
    /// This page, from 1.
    pub page: usize,
    /// How many there are.
    pub pages: usize,
    /// Nothing has the words as they were typed: these have similar ones.
    pub corrected: bool,
}

impl SearchResults {
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.communities.is_empty() && self.people.is_empty() && self.post_count == 0
    }
}

/// Communities, people and posts with these words. Where nothing has them, with similar words. Without words, the
/// newest posts that the filter names.
///
/// # Errors
/// `NotFound` for a page that the results do not have.
pub fn find(db: &mut Db, reader: Reader, request: &SearchRequest<'_>) -> Outcome<SearchResults> {
    let pattern = Pattern::new(request.words);
    let lists = request.words.trim().is_empty() && request.filter != SearchFilter::default();
    if pattern.is_empty() && !lists {
        return Ok(SearchResults::default());
    }
    let Some(filter) = request.filter.resolve(db, reader)? else {
        return Ok(SearchResults::default());
    };
    let found = find_pattern(db, reader, request, &pattern, &filter)?;
    if lists || !found.is_empty() {
        return with_page(found, request.page);
    }
    let similar = similar_words(db, reader, &pattern)?;
    if similar.values().all(Vec::is_empty) {
        return with_page(found, request.page);
    }
    let forgiving = pattern.forgiving(|word| similar.get(word).cloned().unwrap_or_default());
    let results = SearchResults {
        corrected: true,
        ..find_pattern(db, reader, request, &forgiving, &filter)?
    };
    with_page(results, request.page)
}

/// Returns the results, if they have the page that was asked for.
fn with_page(results: SearchResults, asked: usize) -> Outcome<SearchResults> {
    if results.page == asked {
        Ok(results)
    } else {
        Err(Error::not_found("page"))
    }
}

fn find_pattern(
    db: &mut Db,
    reader: Reader,
    request: &SearchRequest<'_>,
    pattern: &Pattern,
    filter: &PostFilter,
) -> Outcome<SearchResults> {
    let mut results = posts::find(db, reader, request, pattern, filter)?;
    if request.filter == SearchFilter::default() {
        let limit = request.limit;
        results.communities = communities(db, reader, (pattern, MatchIn::Names), limit)?;
        results.people = people(db, reader, (pattern, MatchIn::Names), limit)?;
    }
    Ok(results)
}

/// Communities that match, at most `limit`.
fn communities(
    db: &mut Db,
    reader: Reader,
    search: (&Pattern, MatchIn),
    limit: i64,
) -> Outcome<Vec<CommunityWithActor>> {
    let ids = actors(db, reader, search, ActorKind::Group, limit)?;
    let mut rows = store::raw::community::by_ids(db, &ids)?;
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

/// People that match, at most `limit`.
fn people(
    db: &mut Db,
    reader: Reader,
    search: (&Pattern, MatchIn),
    limit: i64,
) -> Outcome<Vec<Actor>> {
    let ids = actors(db, reader, search, ActorKind::Person, limit)?;
    let mut rows = store::actor::by_ids(db, reader, &ids)?;
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

/// Actors that match, those by their name first, each once.
fn actors(
    db: &mut Db,
    reader: Reader,
    (pattern, within): (&Pattern, MatchIn),
    kind: ActorKind,
    limit: i64,
) -> Outcome<Vec<ActorId>> {
    let named = (pattern, MatchIn::Beginnings);
    let mut found = store::search::actors(db, reader, named, kind, CANDIDATES)?;
    if within != MatchIn::Beginnings {
        let all = store::search::actors(db, reader, (pattern, within), kind, CANDIDATES)?;
        found.extend(all);
    }
    let mut seen = HashSet::new();
    let ids = found.into_iter().map(|found| found.id);
    let limit = usize::try_from(limit).unwrap_or(0);
    Ok(ids.filter(|id| seen.insert(*id)).take(limit).collect())
}

/// The words that typed ones may have been meant for, of those by which the reader finds something.
fn similar_words(
    db: &mut Db,
    reader: Reader,
    pattern: &Pattern,
) -> Outcome<HashMap<String, Vec<String>>> {
    let mut all = HashMap::new();
    for word in pattern.words().take(CORRECTED_MAX) {
        let mut known = Vec::new();
        for meant in store::search::similar(db, word)?
            .into_iter()
            .take(TRIED_MAX)
        {
            if is_found(db, reader, &meant)? {
                known.push(meant);
            }
        }
        all.insert(word.to_owned(), known);
    }
    Ok(all)
}

/// Whether the reader finds a title or name with this word.
fn is_found(db: &mut Db, reader: Reader, word: &str) -> Outcome<bool> {
    let pattern = Pattern::new(word);
    let search = (&pattern, MatchIn::Title);
    let anything = PostFilter::default();
    if !store::search::posts(db, reader, search, &anything, 1)?.is_empty() {
        return Ok(true);
    }
    for kind in [ActorKind::Group, ActorKind::Person] {
        if !store::search::actors(db, reader, search, kind, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
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
