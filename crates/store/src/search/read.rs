//! Searching, as far as a reader may find it.

use super::matches::matches;
use crate::connection::Db;
use crate::each;
use crate::schema::{actor, post, post_share, search_index, search_text, search_trigram};
use crate::visible;
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;
use model::access::Reader;
use model::search::{MatchIn, Pattern, distance_allowed, is_similar, trigrams};
use model::{ActorId, ActorKind, ActorState, PostId, PostKind, PostState, Time};

/// Which posts are searched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostFilter {
    /// In a community, or shared by it.
    pub community: Option<ActorId>,
    pub author: Option<ActorId>,
    /// Threads of a kind.
    pub kind: Option<PostKind>,
    /// Only threads, or only replies.
    pub replies: Option<bool>,
    /// Only texts in a language, by its primary tag.
    pub lang: Option<String>,
    /// Published at this time or later.
    pub since: Option<Time>,
    /// Published before this time.
    pub until: Option<Time>,
    /// Questions with an accepted answer, or without.
    pub answered: Option<bool>,
}

/// A post that was found, in one of its languages.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PostMatch {
    pub id: PostId,
    pub root_id: PostId,
    pub published_at: Time,
    /// The primary tag of the language in which it was found.
    pub lang: String,
    /// How many of its replies are accepted answers.
    pub answer_count: i32,
    /// When it was accepted as an answer.
    pub accepted_at: Option<Time>,
}

/// The columns of a [`PostMatch`].
const FOUND: (
    post::id,
    post::root_id,
    post::published_at,
    search_text::lang,
    post::answer_count,
    post::accepted_at,
) = (
    post::id,
    post::root_id,
    post::published_at,
    search_text::lang,
    post::answer_count,
    post::accepted_at,
);

/// An actor that was found, in one of its languages.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ActorMatch {
    pub id: ActorId,
    /// The primary tag of the language in which it was found.
    pub lang: String,
}

/// Live posts that match, those indexed last first, at most `limit`. A post that is found in two of its
/// languages is there twice.
pub fn posts(
    db: &mut Db,
    reader: Reader,
    (pattern, within): (&Pattern, MatchIn),
    filter: &PostFilter,
    limit: i64,
) -> QueryResult<Vec<PostMatch>> {
    if pattern.is_empty() {
        return Ok(Vec::new());
    }
    each!(db, c => {
        let mut query = search_index::table
            .inner_join(search_text::table.on(search_text::id.eq(search_index::rowid)))
            .inner_join(post::table.on(search_text::post_id.eq(post::id.nullable())))
            .filter(matches(pattern, within))
            .filter(post::state.eq(PostState::Live))
            .filter(visible::post(reader))
            .filter(visible::listed_post(reader))
            .filter(visible::searchable_post(reader))
            .order(search_index::rowid.desc())
            .limit(limit)
            .select(FOUND)
            .into_boxed();
        if let Some(id) = filter.community {
            let shared = post_share::table
                .filter(post_share::post_id.eq(post::root_id))
                .filter(post_share::community_id.eq(id));
            query = query.filter(post::community_id.eq(id).or(exists(shared)).assume_not_null());
        }
        if let Some(id) = filter.author {
            query = query.filter(post::author_id.eq(id));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(post::parent_id.is_null()).filter(post::kind.eq(kind));
        }
        query = match filter.replies {
            Some(true) => query.filter(post::parent_id.is_not_null()),
            Some(false) => query.filter(post::parent_id.is_null()),
            None => query,
        };
        if let Some(lang) = &filter.lang {
            query = query.filter(search_text::lang.eq(lang));
        }
        if let Some(since) = filter.since {
            query = query.filter(post::published_at.ge(since));
        }
        if let Some(until) = filter.until {
            query = query.filter(post::published_at.lt(until));
        }
        if let Some(answered) = filter.answered {
            query = query
                .filter(post::parent_id.is_null().and(post::kind.eq(PostKind::Question)));
            query = match answered {
                true => query.filter(post::answer_count.gt(0)),
                false => query.filter(post::answer_count.eq(0)),
            };
        }
        query.load(c)
    })
}

/// Active actors of a kind that match, those indexed last first, at most `limit`. An actor that is found
/// in two of its languages is there twice.
pub fn actors(
    db: &mut Db,
    reader: Reader,
    (pattern, within): (&Pattern, MatchIn),
    kind: ActorKind,
    limit: i64,
) -> QueryResult<Vec<ActorMatch>> {
    if pattern.is_empty() {
        return Ok(Vec::new());
    }
    each!(db, c => search_index::table
        .inner_join(search_text::table.on(search_text::id.eq(search_index::rowid)))
        .inner_join(actor::table.on(search_text::actor_id.eq(actor::id.nullable())))
        .filter(matches(pattern, within))
        .filter(actor::kind.eq(kind))
        .filter(actor::state.eq(ActorState::Active))
        .filter(visible::actor(reader))
        .filter(visible::listed_actor(reader))
        .filter(visible::discoverable_actor(reader))
        .order(search_index::rowid.desc())
        .limit(limit)
        .select((actor::id, search_text::lang))
        .load(c))
}

/// Words compared with a misspelled one.
const COMPARED_MAX: i64 = 200;

/// Words of titles and names that a word may have been meant for: nearly the same, or longer with the
/// same beginning. Whoever shows one checks first that the reader may find something by it.
pub fn similar(db: &mut Db, word: &str) -> QueryResult<Vec<String>> {
    let allowed = distance_allowed(word);
    if allowed == 0 {
        return Ok(Vec::new());
    }
    let groups = trigrams(word);
    // Two characters that changed places spoil four of them, any other change three.
    let shared = groups.len().saturating_sub(4 * allowed).max(1);
    let shared = i64::try_from(shared).unwrap_or(1);
    let found: Vec<String> = each!(db, c => search_trigram::table
        .filter(search_trigram::trigram.eq_any(&groups))
        .group_by(search_trigram::word)
        .having(count_star().ge(shared))
        .order((count_star().desc(), search_trigram::word.asc()))
        .limit(COMPARED_MAX)
        .select(search_trigram::word)
        .load(c))?;
    let meant = |other: &String| is_similar(word, other) || other.starts_with(word);
    Ok(found.into_iter().filter(meant).collect())
}
