//! The newest threads of several communities or people, as one fixed statement.

use crate::fragment::{Predicate, SqlText, json_array};
use crate::visible;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, HasSqlType, Text};
use diesel::sqlite::Sqlite;
use model::ActorId;

/// The most recently active threads of several communities, or of several people. Reads no more than
/// `each` rows of one of them, by the index. What is withheld is left out by the query that reads these:
/// a community with more withheld threads among its newest than `each` shows fewer than it could.
pub(super) struct NewestOfEach<K> {
    /// Which threads `q` are those of the actor `a`.
    of_actor: Predicate<K>,
    actors: Vec<i64>,
    json: String,
    each: i64,
    limit: i64,
}

impl<K: SqlText> QueryId for NewestOfEach<K> {
    type QueryId = Self;
}

impl<K> Query for NewestOfEach<K> {
    type SqlType = BigInt;
}

impl<K, Conn> RunQueryDsl<Conn> for NewestOfEach<K> {}

impl<K: SqlText> NewestOfEach<K> {
    pub(super) fn new(of_actor: Predicate<K>, actors: &[ActorId], each: i64, limit: i64) -> Self {
        let actors: Vec<i64> = actors.iter().map(|id| id.0).collect();
        Self {
            of_actor,
            json: json_array(&actors),
            actors,
            each,
            limit,
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
        out.push_bind_param::<BigInt, _>(&self.each)
    }
}

impl<K: SqlText> QueryFragment<Sqlite> for NewestOfEach<K> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("SELECT p.id FROM actor a CROSS JOIN post p WHERE p.id IN (SELECT q.id ");
        self.walk_newest(&mut out)?;
        out.push_sql(") AND a.id IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql(")) ORDER BY p.active_at DESC, p.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl<K: SqlText> QueryFragment<Pg> for NewestOfEach<K> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT p.id FROM actor a CROSS JOIN LATERAL (SELECT q.id, q.active_at ");
        self.walk_newest(&mut out)?;
        out.push_sql(") p WHERE a.id = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(&self.actors)?;
        out.push_sql(") ORDER BY p.active_at DESC, p.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}
