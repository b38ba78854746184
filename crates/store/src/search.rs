//! Search by a part of a name: plain substring search, without regard to ASCII case. Threads are
//! found by title, as a [`crate::post::ThreadList`].

use crate::community::CommunityWithActor;
use crate::connection::Db;
use crate::each;
use crate::fragment::{holds_words, like_pattern};
use crate::row::Actor;
use crate::schema::{actor, community};
use crate::visible;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use model::access::Reader;
use model::{ActorKind, ActorState};

/// Communities whose name or handle holds the words, as far as a reader may find them.
pub fn communities(
    db: &mut Db,
    reader: Reader,
    words: &str,
    limit: i64,
) -> QueryResult<Vec<CommunityWithActor>> {
    each!(db, c => community::table
        .inner_join(actor::table)
        .filter(actor::state.eq(ActorState::Active))
        .filter(visible::actor(reader))
        .filter(visible::listed_actor(reader))
        .filter(visible::discoverable_actor(reader))
        .filter(
            holds_words("community.name", words)
                .or(sql::<Bool>("actor.handle LIKE ")
                    .bind::<Text, _>(like_pattern(words))
                    .sql(" ESCAPE '\\'")),
        )
        .order(actor::id.desc())
        .limit(limit)
        .select(CommunityWithActor::as_select())
        .load(c))
}

/// People whose name or handle holds the words, as far as a reader may find them.
pub fn people(db: &mut Db, reader: Reader, words: &str, limit: i64) -> QueryResult<Vec<Actor>> {
    let like = like_pattern(words);
    actor::table
        .filter(actor::kind.eq(ActorKind::Person))
        .filter(actor::state.eq(ActorState::Active))
        .filter(visible::actor(reader))
        .filter(visible::listed_actor(reader))
        .filter(visible::discoverable_actor(reader))
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
