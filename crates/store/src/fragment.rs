//! Pieces of SQL that diesel prepares once and keeps.
//!
//! diesel prepares a statement again at each use where it holds an `eq_any` list (on SQLite: the
//! number of `?` differs) or an `sql(…)` literal (it cannot know that the text is always the
//! same). Preparing costs more than running such a statement; these can be kept.

mod statement;

pub(crate) use statement::{Statement, Value, statement};

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, Bool, HasSqlType, SingleValue, Text, Timestamp};
use diesel::sqlite::Sqlite;
use model::{ActorId, Time};
use serde::Serialize;
use std::marker::PhantomData;

/// A text of SQL that is a type: diesel finds the prepared statement of a query by the query's type,
/// and would otherwise write the query as text at each use to find it.
pub(crate) trait SqlText: 'static {
    const SQL: &'static str;
}

/// A condition as text. `?1` in it is a viewer and `?2` a time, which are bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Predicate<T> {
    viewer: i64,
    now: Option<Time>,
    text: PhantomData<fn() -> T>,
}

/// `predicate!("text")`: a condition, never made from what anybody sent. Binds nothing until
/// [`Predicate::bind`].
macro_rules! predicate {
    ($sql:expr $(,)?) => {{
        struct Text;
        impl $crate::fragment::SqlText for Text {
            const SQL: &'static str = $sql;
        }
        $crate::fragment::Predicate::<Text>::unbound()
    }};
}
pub(crate) use predicate;

impl<T: SqlText> Predicate<T> {
    /// A condition that binds nothing.
    pub(crate) const fn unbound() -> Self {
        Self {
            viewer: 0,
            now: None,
            text: PhantomData,
        }
    }

    /// Says what `?1` is.
    pub(crate) const fn bind_viewer(self, viewer: ActorId) -> Self {
        Self {
            viewer: viewer.0,
            ..self
        }
    }

    /// Says what `?1` and `?2` are.
    pub(crate) const fn bind(self, viewer: ActorId, now: Time) -> Self {
        Self {
            viewer: viewer.0,
            now: Some(now),
            text: PhantomData,
        }
    }
}

impl<T: SqlText> QueryId for Predicate<T> {
    type QueryId = Self;
}

impl<T> Expression for Predicate<T> {
    type SqlType = Bool;
}

impl<T, From> SelectableExpression<From> for Predicate<T> where Self: AppearsOnTable<From> {}
impl<T, From> AppearsOnTable<From> for Predicate<T> where Self: Expression {}

impl<T, Group> ValidGrouping<Group> for Predicate<T> {
    type IsAggregate = is_aggregate::Never;
}

impl<T, DB> QueryFragment<DB> for Predicate<T>
where
    T: SqlText,
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    Time: ToSql<Timestamp, DB>,
    DB: HasSqlType<BigInt> + HasSqlType<Timestamp>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        let mut rest = T::SQL;
        while let Some((before, after)) = rest.split_once('?') {
            out.push_sql(before);
            match (after.as_bytes().first(), &self.now) {
                (Some(b'2'), Some(now)) => out.push_bind_param::<Timestamp, _>(now)?,
                _ => out.push_bind_param::<BigInt, _>(&self.viewer)?,
            }
            rest = after.get(1..).unwrap_or_default();
        }
        out.push_sql(rest);
        out.push_sql(")");
        Ok(())
    }
}

/// What [`among`] compares a column with.
pub(crate) trait Item: Serialize + 'static {
    /// The type of the column.
    type SqlType: SingleValue;
}

impl Item for i64 {
    type SqlType = BigInt;
}

impl Item for String {
    type SqlType = Text;
}

/// A column is one of these values, which are bound as one.
#[derive(Debug, Clone)]
pub(crate) struct Among<C, T> {
    column: C,
    list: Vec<T>,
    json: String,
}

/// The column is one of these ids.
pub(crate) fn among<C, I>(column: C, ids: I) -> Among<C, i64>
where
    I: IntoIterator,
    I::Item: Into<i64>,
{
    Among::new(column, ids.into_iter().map(Into::into).collect())
}

/// The column is one of these texts.
pub(crate) fn among_texts<C, I>(column: C, texts: I) -> Among<C, String>
where
    I: IntoIterator,
    I::Item: ToString,
{
    let texts = texts.into_iter().map(|text| text.to_string());
    Among::new(column, texts.collect())
}

impl<C, T: Item> Among<C, T> {
    fn new(column: C, list: Vec<T>) -> Self {
        let json = json_array(&list);
        Self { column, list, json }
    }
}

/// A list as `json_each` reads it.
pub(crate) fn json_array<T: Serialize>(list: &[T]) -> String {
    serde_json::json!(list).to_string()
}

impl<C: QueryId, T: Item> QueryId for Among<C, T> {
    type QueryId = Among<C::QueryId, T>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: Expression, T: Item> Expression for Among<C, T> {
    type SqlType = Bool;
}

impl<C: SelectableExpression<From>, T: Item, From> SelectableExpression<From> for Among<C, T> {}
impl<C: AppearsOnTable<From>, T: Item, From> AppearsOnTable<From> for Among<C, T> {}

impl<C: ValidGrouping<Group>, T: Item, Group> ValidGrouping<Group> for Among<C, T> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryFragment<Sqlite>, T: Item> QueryFragment<Sqlite> for Among<C, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C: QueryFragment<Pg>, T: Item> QueryFragment<Pg> for Among<C, T>
where
    Pg: HasSqlType<T::SqlType>,
    Vec<T>: ToSql<Array<T::SqlType>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<T::SqlType>, _>(&self.list)?;
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::peer;
    use crate::{Store, StoreError, both, each, peer as peers};
    use diesel::prelude::*;
    use model::PeerId;

    both! {
        async fn a_list_of_any_length_is_one_statement(store: Store) {
            let found = store.write(|db| {
                for id in 1..=5 {
                    peers::get_or_insert(db, PeerId(id), &format!("p{id}.test"), Time::from_unix_millis(0))?;
                }
                let mut found = Vec::new();
                for ids in [vec![], vec![2], vec![5, 1, 9], vec![1, 2, 3, 4, 5]] {
                    let of = ids.iter().map(|id| PeerId(*id));
                    let rows: Vec<String> = each!(db, c => peer::table
                        .filter(among(peer::id, of))
                        .filter(predicate!("peer.id <> 3"))
                        .order(peer::id.asc())
                        .select(peer::host)
                        .load(c))?;
                    found.push(rows.join(" "));
                }
                Ok::<_, StoreError>(found)
            }).await.unwrap();
            assert_eq!(found, ["", "p2.test", "p1.test p5.test", "p1.test p2.test p4.test p5.test"]);
        }
    }

    #[test]
    fn both_may_be_kept() {
        let of = || among(peer::id, [PeerId(1)]);
        let query = peer::table
            .filter(of())
            .filter(predicate!("?1 = ?1"))
            .select(peer::id);
        assert!(QueryFragment::<Sqlite>::is_safe_to_cache_prepared(&query, &Sqlite).unwrap());
        assert!(QueryFragment::<Pg>::is_safe_to_cache_prepared(&query, &Pg).unwrap());
    }
}
