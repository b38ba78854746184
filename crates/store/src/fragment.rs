//! SQL fragments whose statements diesel can cache as prepared.
//!
//! diesel prepares a statement at each use where it contains an `eq_any` list (on SQLite the number
//! of `?` differs) or an `sql(…)` literal (which may differ at each use). Preparing such a statement
//! costs more than running it; those made of these two fragments are cached.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
    is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel::sqlite::Sqlite;
use std::marker::PhantomData;

/// A constant SQL text without bound values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixed<T = Bool> {
    text: &'static str,
    kind: PhantomData<T>,
}

/// Makes a fragment of this SQL type from a constant text.
pub(crate) const fn fixed<T>(text: &'static str) -> Fixed<T> {
    Fixed {
        text,
        kind: PhantomData,
    }
}

impl<T> QueryId for Fixed<T> {
    type QueryId = ();
    // Two texts are two statements, which the cache distinguishes by their SQL.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: TypedExpressionType> Expression for Fixed<T> {
    type SqlType = T;
}

impl<T, From> SelectableExpression<From> for Fixed<T> where Self: AppearsOnTable<From> {}
impl<T, From> AppearsOnTable<From> for Fixed<T> where Self: Expression {}

impl<T, Group> ValidGrouping<Group> for Fixed<T> {
    type IsAggregate = is_aggregate::Never;
}

impl<T, DB: Backend> QueryFragment<DB> for Fixed<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.text);
        Ok(())
    }
}

/// The condition `column IN (ids)`, with the ids bound as one value.
#[derive(Debug, Clone, QueryId, ValidGrouping)]
pub(crate) struct Among<C> {
    column: C,
    ids: Ids,
}

#[derive(Debug, Clone, QueryId)]
struct Ids {
    list: Vec<i64>,
    json: String,
}

impl<Group> ValidGrouping<Group> for Ids {
    type IsAggregate = is_aggregate::Never;
}

/// Makes the condition that the column is one of these ids.
pub(crate) fn among<C, I>(column: C, ids: I) -> Among<C>
where
    I: IntoIterator,
    I::Item: Into<i64>,
{
    let list: Vec<i64> = ids.into_iter().map(Into::into).collect();
    let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
    let json = format!("[{}]", texts.join(","));
    Among {
        column,
        ids: Ids { list, json },
    }
}

impl<C: Expression> Expression for Among<C> {
    type SqlType = Bool;
}

impl<C: SelectableExpression<From>, From> SelectableExpression<From> for Among<C> {}
impl<C: AppearsOnTable<From>, From> AppearsOnTable<From> for Among<C> {}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.ids.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(&self.ids.list)?;
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
    use model::{PeerId, Time};

    both! {
        async fn a_list_of_any_length_is_one_statement(store: Store) {
            let found = store.write(|db| {
                for id in 1..=5 {
                    peers::meet(db, PeerId(id), &format!("p{id}.test"), Time::from_unix_millis(0))?;
                }
                let mut found = Vec::new();
                for ids in [vec![], vec![2], vec![5, 1, 9], vec![1, 2, 3, 4, 5]] {
                    let of = ids.iter().map(|id| PeerId(*id));
                    let rows: Vec<String> = each!(db, c => peer::table
                        .filter(among(peer::id, of))
                        .filter(fixed::<Bool>("peer.id <> 3"))
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
    fn both_fragments_can_be_cached() {
        let of = || among(peer::id, [PeerId(1)]);
        let query = peer::table
            .filter(of())
            .filter(fixed::<Bool>("1 = 1"))
            .select(peer::id);
        assert!(QueryFragment::<Sqlite>::is_safe_to_cache_prepared(&query, &Sqlite).unwrap());
        assert!(QueryFragment::<Pg>::is_safe_to_cache_prepared(&query, &Pg).unwrap());
    }
}
