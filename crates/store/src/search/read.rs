//! Searching, as far as a reader may find it.

use super::matches::{Entries, Matches};
use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::schema::{
    actor, former_slug, post, post_share, post_tag, search_text, search_trigram, tag,
};
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
    /// In threads with a tag of this slug, which it has or had.
    pub tag: Option<String>,
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

/// Entries read at a time, more with each time, until as many are shown as were asked for.
const ENTRIES_MAX: i64 = 20_000;

/// Entries read in all where nothing but filters is looked for: what matches them may be rare.
const LISTED_MAX: usize = 100_000;

/// The newest of the entries that match, as far as `shown` lets them through, at most `limit`. `shown` is
/// given some of them at a time and returns them in the order of their ids, the last first.
///
/// The index is read without the rows that its entries are of, so that neither database may choose to go
/// through those first: how long that takes would depend on what the reader may see.
fn newest_shown<T>(
    db: &mut Db,
    matches: &Matches,
    limit: i64,
    shown: impl FnMut(&mut Db, &[i64]) -> QueryResult<Vec<T>>,
) -> QueryResult<Vec<T>> {
    let newest = |db: &mut Db, before, read| matches.newest(db, before, read);
    shown_of(db, newest, limit, usize::MAX, shown)
}

/// As [`newest_shown`], of the entries that `newest` returns: below an id, and at most so many. No more are asked for
/// after `most`.
fn shown_of<T>(
    db: &mut Db,
    mut newest: impl FnMut(&mut Db, i64, i64) -> QueryResult<Vec<i64>>,
    limit: i64,
    most: usize,
    mut shown: impl FnMut(&mut Db, &[i64]) -> QueryResult<Vec<T>>,
) -> QueryResult<Vec<T>> {
    let wanted = usize::try_from(limit).unwrap_or(0);
    let (mut found, mut before, mut seen) = (Vec::new(), i64::MAX, 0);
    let mut read = limit.saturating_add(16).min(ENTRIES_MAX);
    loop {
        let ids = newest(db, before, read)?;
        seen += ids.len();
        if !ids.is_empty() {
            found.extend(shown(db, &ids)?);
        }
        let is_last = i64::try_from(ids.len()).is_ok_and(|count| count < read);
        match ids.last() {
            Some(last) if !is_last && found.len() < wanted && seen < most => before = *last,
            Some(_) | None => break,
        }
        read = read.saturating_mul(8).min(ENTRIES_MAX);
    }
    found.truncate(wanted);
    Ok(found)
}

/// A post in a thread with a tag that has or had this slug.
macro_rules! tagged {
    ($slug:expr) => {
        exists(
            post_tag::table
                .inner_join(tag::table)
                .filter(post_tag::post_id.eq(post::root_id))
                .filter(
                    tag::slug.eq($slug).or(tag::id.eq_any(
                        former_slug::table
                            .filter(former_slug::slug.eq($slug))
                            .select(former_slug::tag_id),
                    )),
                ),
        )
    };
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
    let entries = match within {
        MatchIn::Text | MatchIn::Names => Entries::Posts,
        MatchIn::Title | MatchIn::Beginnings => Entries::Titles,
    };
    let matches = Matches::new(pattern, within, entries);
    newest_shown(db, &matches, limit, |db, ids| {
        shown_posts(db, reader, filter, ids)
    })
}

/// Live posts, whatever their words, those indexed last first, at most `limit`, and of the last 100,000 entries,
/// or those of the author. A post in two languages is there twice.
pub fn newest_posts(
    db: &mut Db,
    reader: Reader,
    filter: &PostFilter,
    limit: i64,
) -> QueryResult<Vec<PostMatch>> {
    let newest = |db: &mut Db, before: i64, read: i64| -> QueryResult<Vec<i64>> {
        each!(db, c => match filter.author {
            Some(author) => search_text::table
                .inner_join(post::table.on(search_text::post_id.eq(post::id.nullable())))
                .filter(post::author_id.eq(author).and(search_text::id.lt(before)))
                .order(search_text::id.desc())
                .limit(read)
                .select(search_text::id)
                .load(c),
            None => search_text::table
                .filter(search_text::post_id.is_not_null().and(search_text::id.lt(before)))
                .order(search_text::id.desc())
                .limit(read)
                .select(search_text::id)
                .load(c),
        })
    };
    shown_of(db, newest, limit, LISTED_MAX, |db, ids| {
        shown_posts(db, reader, filter, ids)
    })
}

/// Those of some entries that are of posts which the reader may find.
fn shown_posts(
    db: &mut Db,
    reader: Reader,
    filter: &PostFilter,
    entries: &[i64],
) -> QueryResult<Vec<PostMatch>> {
    each!(db, c => {
        let mut query = search_text::table
            .inner_join(post::table.on(search_text::post_id.eq(post::id.nullable())))
            .filter(among(search_text::id, entries.iter().copied()))
            .filter(post::state.eq(PostState::Live))
            .filter(visible::post(reader))
            .filter(visible::listed_post(reader))
            .filter(visible::searchable_post(reader))
            .order(search_text::id.desc())
            .select(FOUND)
            .into_boxed();
        if let Some(id) = filter.community {
            let shared = post_share::table
                .filter(post_share::post_id.eq(post::root_id))
                .filter(post_share::community_id.eq(id));
            query = query.filter(post::community_id.eq(id).or(exists(shared)).assume_not_null());
        }
        if let Some(slug) = &filter.tag {
            query = query.filter(tagged!(slug));
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
    let matches = Matches::new(pattern, within, Entries::Actors(kind));
    newest_shown(db, &matches, limit, |db, ids| {
        each!(db, c => search_text::table
            .inner_join(actor::table.on(search_text::actor_id.eq(actor::id.nullable())))
            .filter(among(search_text::id, ids.iter().copied()))
            .filter(actor::kind.eq(kind))
            .filter(actor::state.eq(ActorState::Active))
            .filter(visible::actor(reader))
            .filter(visible::listed_actor(reader))
            .filter(visible::findable_actor(reader))
            .order(search_text::id.desc())
            .select((actor::id, search_text::lang))
            .load(c))
    })
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
