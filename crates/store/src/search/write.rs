//! Writing the index.

use super::letter;
use crate::connection::Db;
use crate::each;
use crate::fragment::{Value, among, statement};
use crate::row::SearchText;
use crate::schema::{
    actor, post, search_index, search_name, search_outdated, search_text, search_trigram,
};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use model::search::{IndexedText, distance_allowed, trigrams};
use model::{ActorId, ActorKind, ActorState, PostId, PostState, SearchTextId};
use std::collections::HashSet;

/// What an entry of the index is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchTarget {
    Post(PostId),
    Actor(ActorId, ActorKind),
}

/// Replaces the entries of a post or an actor; with none it is not found any more.
pub fn put(
    db: &mut Db,
    target: SearchTarget,
    texts: &[(SearchTextId, IndexedText)],
) -> QueryResult<()> {
    let old = entries_of(db, target)?;
    for row in &old {
        delete_text(db, row.id)?;
    }
    for (id, text) in texts {
        insert(db, target, *id, text)?;
    }
    let new = || texts.iter().flat_map(|(_, text)| &text.title);
    learn(db, &new().map(String::as_str).collect())?;
    let new: HashSet<&str> = new().map(String::as_str).collect();
    let gone = old.iter().flat_map(|row| row.words.split(' '));
    forget(db, &gone.filter(|word| !new.contains(word)).collect())
}

fn entries_of(db: &mut Db, target: SearchTarget) -> QueryResult<Vec<SearchText>> {
    let (post, actor) = columns_of(target);
    each!(db, c => {
        let all = search_text::table.select(SearchText::as_select());
        match (post, actor) {
            (Some(id), _) => all.filter(search_text::post_id.eq(id)).load(c),
            (None, id) => all.filter(search_text::actor_id.eq(id)).load(c),
        }
    })
}

const fn columns_of(target: SearchTarget) -> (Option<PostId>, Option<ActorId>) {
    match target {
        SearchTarget::Post(id) => (Some(id), None),
        SearchTarget::Actor(id, _) => (None, Some(id)),
    }
}

fn insert(
    db: &mut Db,
    target: SearchTarget,
    id: SearchTextId,
    text: &IndexedText,
) -> QueryResult<()> {
    let (post_id, actor_id) = columns_of(target);
    let row = SearchText {
        id,
        post_id,
        actor_id,
        lang: text.lang.clone(),
        words: text.title.join(" "),
    };
    each!(db, c => diesel::insert_into(search_text::table).values(&row).execute(c))?;
    let (name, about) = match target {
        SearchTarget::Post(_) => {
            insert_post(db, id, text)?;
            (letter::TITLE, None)
        }
        SearchTarget::Actor(_, kind) => (letter::name(kind), Some(letter::about(kind))),
    };
    let names = [&text.title, &text.title_stems].into_iter().flatten();
    let names = names.map(|word| format!("{name}{word}"));
    let about = about.into_iter().flat_map(|letter| {
        let words = text.body.iter();
        words.map(move |word| format!("{letter}{word}"))
    });
    insert_name(db, id, &names.chain(about).collect::<Vec<_>>())
}

/// Inserts all words of a post.
fn insert_post(db: &mut Db, id: SearchTextId, text: &IndexedText) -> QueryResult<()> {
    match db {
        Db::Sqlite(c) => {
            let title = [text.title.join(" "), text.title_stems.join(" ")].join(" ");
            let values = [
                Value::BigInt(id.0),
                Value::Text(title),
                Value::Text(text.body.join(" ")),
            ];
            statement!(
                "INSERT INTO search_index (rowid, title, body) VALUES (?, ?, ?)",
                values
            )
            .execute(c)?
        }
        Db::Pg(c) => {
            let values = [Value::BigInt(id.0), Value::Text(tsvector(text))];
            statement!(
                "INSERT INTO search_index (rowid, tokens) VALUES (?, CAST(? AS tsvector))",
                values
            )
            .execute(c)?
        }
    };
    Ok(())
}

/// Inserts the words of a title, or of a name and what is said under it, each with its letter.
fn insert_name(db: &mut Db, id: SearchTextId, words: &[String]) -> QueryResult<()> {
    if words.is_empty() {
        return Ok(());
    }
    match db {
        Db::Sqlite(c) => {
            let values = [Value::BigInt(id.0), Value::Text(words.join(" "))];
            statement!(
                "INSERT INTO search_name (rowid, words) VALUES (?, ?)",
                values
            )
            .execute(c)?
        }
        Db::Pg(c) => {
            let words = (1..).zip(words).map(|(position, word)| {
                let position: usize = position;
                format!("'{word}':{}", position.min(POSITION_MAX))
            });
            let tokens = words.collect::<Vec<_>>().join(" ");
            let values = [Value::BigInt(id.0), Value::Text(tokens)];
            statement!(
                "INSERT INTO search_name (rowid, tokens) VALUES (?, CAST(? AS tsvector))",
                values
            )
            .execute(c)?
        }
    };
    Ok(())
}

/// The highest position that PostgreSQL distinguishes.
const POSITION_MAX: usize = 16_383;

/// A text as PostgreSQL writes the words of one, with their positions; phrases do not reach from the
/// title into the body.
fn tsvector(text: &IndexedText) -> String {
    let title = [&text.title, &text.title_stems];
    let title = title.into_iter().flatten().map(|word| (word, "A", 0));
    let body = text.body.iter().map(|word| (word, "", 1));
    let words = (1..)
        .zip(title.chain(body))
        .map(|(position, (word, weight, gap))| {
            let position = (position + gap).min(POSITION_MAX);
            format!("'{word}':{position}{weight}")
        });
    words.collect::<Vec<_>>().join(" ")
}

fn delete_text(db: &mut Db, id: SearchTextId) -> QueryResult<()> {
    each!(db, c => diesel::delete(search_index::table.find(id)).execute(c))?;
    each!(db, c => diesel::delete(search_name::table.find(id)).execute(c))?;
    each!(db, c => diesel::delete(search_text::table.find(id)).execute(c))?;
    Ok(())
}

/// Deletes one entry.
pub fn remove_text(db: &mut Db, id: SearchTextId) -> QueryResult<()> {
    let row = each!(db, c => search_text::table
        .find(id)
        .select(SearchText::as_select())
        .first(c)
        .optional())?;
    let Some(row) = row else { return Ok(()) };
    delete_text(db, id)?;
    forget(db, &row.words.split(' ').collect())
}

/// Keeps words of titles and names, for whoever misspells them.
fn learn(db: &mut Db, words: &HashSet<&str>) -> QueryResult<()> {
    let rows: Vec<_> = words
        .iter()
        .filter(|word| distance_allowed(word) > 0)
        .flat_map(|word| {
            trigrams(word).into_iter().map(|group| {
                (
                    search_trigram::trigram.eq(group),
                    search_trigram::word.eq((*word).to_owned()),
                )
            })
        })
        .collect();
    for rows in rows.chunks(100) {
        each!(db, c => diesel::insert_into(search_trigram::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Forgets those of these words that no title and no name has.
fn forget(db: &mut Db, words: &HashSet<&str>) -> QueryResult<()> {
    for word in words.iter().filter(|word| distance_allowed(word) > 0) {
        if !is_in_a_title(db, word)? {
            each!(db, c => diesel::delete(search_trigram::table.filter(search_trigram::word.eq(*word)))
                .execute(c))?;
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    held: bool,
}

/// Whether a title or name has a word, which was made by `model::search`.
fn is_in_a_title(db: &mut Db, word: &str) -> QueryResult<bool> {
    let any = |quote: &str, or: &str| {
        let words = letter::NAMES.map(|letter| format!("{quote}{letter}{word}{quote}"));
        Value::Text(words.join(or))
    };
    let row: Held = match db {
        Db::Sqlite(c) => statement!(
            "SELECT EXISTS (SELECT 1 FROM search_name WHERE search_name MATCH ?) AS held",
            [any("\"", " OR ")]
        )
        .get_result(c)?,
        Db::Pg(c) => statement!(
            "SELECT EXISTS (SELECT 1 FROM search_name WHERE tokens @@ CAST(? AS tsquery)) AS held",
            [any("'", " | ")]
        )
        .get_result(c)?,
    };
    Ok(row.held)
}

/// Counts anew how frequent the words of the index are, which PostgreSQL plans by; its own schedule does so
/// some time after many rows have changed. SQLite does not plan by them.
pub fn analyze(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(_) => Ok(()),
        Db::Pg(c) => c.batch_execute("ANALYZE search_text, search_index, search_name"),
    }
}

/// Entries of posts by an author that are not live any more, at most `limit`.
pub fn outdated(db: &mut Db, author: ActorId, limit: i64) -> QueryResult<Vec<SearchTextId>> {
    each!(db, c => search_text::table
        .inner_join(post::table.on(search_text::post_id.eq(post::id.nullable())))
        .filter(post::author_id.eq(author))
        .filter(post::state.ne(PostState::Live))
        .select(search_text::id)
        .limit(limit)
        .load(c))
}

/// Entries with an id below this one: what building the index anew has not written again.
pub fn left_behind(
    db: &mut Db,
    before: SearchTextId,
    limit: i64,
) -> QueryResult<Vec<SearchTextId>> {
    each!(db, c => search_text::table
        .filter(search_text::id.lt(before))
        .order(search_text::id.asc())
        .select(search_text::id)
        .limit(limit)
        .load(c))
}

/// An entry of a post or an actor.
pub type FormerEntry = (SearchTextId, Option<PostId>, Option<ActorId>);

/// Entries that a former version wrote in a form of its own, at most `limit`: of actors first, because
/// fewer of their words are found meanwhile. Writing one anew takes it out of these.
pub fn of_former_version(db: &mut Db, limit: i64) -> QueryResult<Vec<FormerEntry>> {
    each!(db, c => search_outdated::table
        .inner_join(search_text::table.on(search_text::id.eq(search_outdated::text_id)))
        .order((search_text::actor_id.is_null().asc(), search_text::id.asc()))
        .limit(limit)
        .select((search_text::id, search_text::post_id, search_text::actor_id))
        .load(c))
}

/// Leaves entries of a former version as they are.
pub fn leave_former(db: &mut Db, ids: &[SearchTextId]) -> QueryResult<()> {
    let left = among(search_outdated::text_id, ids.iter().copied());
    each!(db, c => diesel::delete(search_outdated::table.filter(left)).execute(c))?;
    Ok(())
}

/// Live posts after a cursor, oldest first.
pub fn post_ids(db: &mut Db, after: PostId, limit: i64) -> QueryResult<Vec<PostId>> {
    each!(db, c => post::table
        .filter(post::id.gt(after).and(post::state.eq(PostState::Live)))
        .order(post::id.asc())
        .select(post::id)
        .limit(limit)
        .load(c))
}

/// How many actors and posts [`actor_ids`] and [`post_ids`] go through.
pub fn count(db: &mut Db) -> QueryResult<i64> {
    let posts: i64 = post::table
        .filter(post::state.eq(PostState::Live))
        .count()
        .get_result(db)?;
    let actors: i64 = actor::table
        .filter(actor::state.eq(ActorState::Active))
        .count()
        .get_result(db)?;
    Ok(posts + actors)
}

/// Active actors after a cursor, oldest first.
pub fn actor_ids(db: &mut Db, after: ActorId, limit: i64) -> QueryResult<Vec<ActorId>> {
    each!(db, c => actor::table
        .filter(actor::id.gt(after).and(actor::state.eq(ActorState::Active)))
        .order(actor::id.asc())
        .select(actor::id)
        .limit(limit)
        .load(c))
}
