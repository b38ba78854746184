//! The newest threads of each community and person whom somebody follows, as fixed statements.

use super::list::unanswered;
use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, predicate};
use crate::visible;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};
use diesel::sqlite::Sqlite;
use model::{ActorId, PostId};

/// How many of the newest threads are read.
#[derive(Debug, Clone, Copy)]
pub struct NewestLimits {
    /// Of one community or person.
    pub each: i64,
    pub all: i64,
}

/// The most recently active threads of the communities that somebody follows, whoever may see them.
pub fn newest_in_followed(
    db: &mut Db,
    who: ActorId,
    limits: NewestLimits,
) -> QueryResult<Vec<PostId>> {
    let of_actor = predicate!("q.community_id = a.id");
    let newest = NewestOfEach::new(of_actor, communities_of(who), limits);
    each!(db, c => newest.load(c))
}

/// The most recently active questions without an accepted answer in the communities that somebody
/// follows, whoever may see them.
pub fn unanswered_in_followed(
    db: &mut Db,
    who: ActorId,
    limits: NewestLimits,
) -> QueryResult<Vec<PostId>> {
    let of_actor = predicate!(concat!("q.community_id = a.id AND ", unanswered!("q")));
    let newest = NewestOfEach::new(of_actor, communities_of(who), limits);
    each!(db, c => newest.load(c))
}

/// The most recently active threads, outside of communities, of those whom somebody follows and who
/// have accepted that, whoever may see them.
pub fn newest_of_followed_people(
    db: &mut Db,
    who: ActorId,
    limits: NewestLimits,
) -> QueryResult<Vec<PostId>> {
    let of_actor = predicate!("q.author_id = a.id AND q.community_id IS NULL");
    let people = predicate!(
        "SELECT f.target_id FROM follow f WHERE f.follower_id = ?1 AND f.accepted = TRUE \
         AND f.target_id NOT IN (SELECT actor_id FROM community)",
    );
    let newest = NewestOfEach::new(of_actor, people.bind_viewer(who), limits);
    each!(db, c => newest.load(c))
}

fn communities_of(who: ActorId) -> Predicate<impl SqlText> {
    predicate!(
        "SELECT f.target_id FROM follow f WHERE f.follower_id = ?1 \
         AND f.target_id IN (SELECT actor_id FROM community)",
    )
    .bind_viewer(who)
}

/// The most recently active threads of several actors. Reads no more than `each` rows of one of them, by
/// the index. What is withheld is left out by the query that reads these: a community with more withheld
/// threads among its newest than `each` shows fewer than it could.
struct NewestOfEach<K, A> {
    /// Which threads `q` are those of the actor `a`.
    of_actor: Predicate<K>,
    /// The query of the actors' ids.
    actors: Predicate<A>,
    limits: NewestLimits,
}

impl<K: SqlText, A: SqlText> QueryId for NewestOfEach<K, A> {
    type QueryId = Self;
}

impl<K, A> Query for NewestOfEach<K, A> {
    type SqlType = BigInt;
}

impl<K, A, Conn> RunQueryDsl<Conn> for NewestOfEach<K, A> {}

impl<K: SqlText, A: SqlText> NewestOfEach<K, A> {
    const fn new(of_actor: Predicate<K>, actors: Predicate<A>, limits: NewestLimits) -> Self {
        Self {
            of_actor,
            actors,
            limits,
        }
    }

    /// What is newest of the actor `a`.
    fn walk_newest<'b, DB>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        i64: ToSql<BigInt, DB>,
        Predicate<K>: QueryFragment<DB>,
    {
        out.push_sql("FROM post q WHERE q.parent_id IS NULL AND q.state = 'live' AND ");
        self.of_actor.walk_ast(out.reborrow())?;
        out.push_sql(" AND ");
        out.push_sql(visible::SHOWN_Q);
        out.push_sql(" ORDER BY q.active_at DESC, q.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limits.each)
    }
}

impl<K: SqlText, A: SqlText> QueryFragment<Sqlite> for NewestOfEach<K, A> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("SELECT p.id FROM actor a CROSS JOIN post p WHERE p.id IN (SELECT q.id ");
        self.walk_newest(&mut out)?;
        out.push_sql(") AND a.id IN ");
        self.actors.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY p.active_at DESC, p.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limits.all)
    }
}

impl<K: SqlText, A: SqlText> QueryFragment<Pg> for NewestOfEach<K, A> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT p.id FROM actor a CROSS JOIN LATERAL (SELECT q.id, q.active_at ");
        self.walk_newest(&mut out)?;
        out.push_sql(") p WHERE a.id IN ");
        self.actors.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY p.active_at DESC, p.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limits.all)
    }
}
