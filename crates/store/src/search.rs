//! Finding what is here by a part of its name. Plain substring search, case-insensitive for
//! ASCII; full-text search has its own issue.

use crate::community::Place;
use crate::connection::Db;
use crate::discussion::ThreadHead;
use crate::peer::shown;
use crate::row::{Actor, Community};
use crate::schema::{actor, community, post};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use model::{ActorId, ActorKind, ActorState};

/// A LIKE pattern that finds the words literally, anywhere.
fn pattern(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.trim().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.extend(c.to_lowercase());
    }
    pattern.push('%');
    pattern
}

/// Communities whose name or handle holds the words, as far as a reader may find them.
pub fn communities(
    db: &mut Db,
    reader: Option<ActorId>,
    words: &str,
    limit: i64,
) -> QueryResult<Vec<Place>> {
    let like = pattern(words);
    community::table
        .inner_join(actor::table)
        .filter(actor::state.eq(ActorState::Active))
        .filter(shown::found_actor!(reader))
        .filter(
            sql::<Bool>("(lower(community.name_en) LIKE ")
                .bind::<Text, _>(like.clone())
                .sql(" ESCAPE '\\' OR lower(community.name_fr) LIKE ")
                .bind::<Text, _>(like.clone())
                .sql(" ESCAPE '\\' OR actor.handle LIKE ")
                .bind::<Text, _>(like)
                .sql(" ESCAPE '\\')"),
        )
        .order(actor::id.desc())
        .limit(limit)
        .select((Community::as_select(), Actor::as_select()))
        .load(db)
}

/// People whose name or handle holds the words, as far as a reader may find them.
pub fn people(
    db: &mut Db,
    reader: Option<ActorId>,
    words: &str,
    limit: i64,
) -> QueryResult<Vec<Actor>> {
    let like = pattern(words);
    actor::table
        .filter(actor::kind.eq(ActorKind::Person))
        .filter(actor::state.eq(ActorState::Active))
        .filter(shown::found_actor!(reader))
        .filter(
            sql::<Bool>("(lower(actor.name) LIKE ")
                .bind::<Text, _>(like.clone())
                .sql(" ESCAPE '\\' OR actor.handle LIKE ")
                .bind::<Text, _>(like)
                .sql(" ESCAPE '\\')"),
        )
        .order(actor::id.desc())
        .limit(limit)
        .select(Actor::as_select())
        .load(db)
}

/// Threads whose title holds the words, as far as a reader may find them, most recently active
/// first.
pub fn threads(
    db: &mut Db,
    reader: Option<ActorId>,
    words: &str,
    limit: i64,
) -> QueryResult<Vec<ThreadHead>> {
    let like = pattern(words);
    post::table
        .filter(post::parent_id.is_null())
        .filter(post::deleted_at.is_null())
        .filter(shown::found_post!(reader))
        .filter(shown::thread_of_post())
        .filter(
            sql::<Bool>("(lower(post.title) LIKE ")
                .bind::<Text, _>(like.clone())
                .sql(" ESCAPE '\\' OR lower(post.alt_title) LIKE ")
                .bind::<Text, _>(like)
                .sql(" ESCAPE '\\')"),
        )
        .order((post::active_at.desc(), post::id.desc()))
        .limit(limit)
        .select(ThreadHead::as_select())
        .load(db)
}
