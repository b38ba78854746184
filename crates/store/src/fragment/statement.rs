//! A whole statement as text that diesel prepares once and keeps; it prepares a `sql_query` and each of its own
//! updates anew at each use.

use super::SqlText;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text, Timestamp, Untyped};
use model::Time;
use std::marker::PhantomData;

/// A value of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    BigInt(i64),
    Text(String),
    Timestamp(Time),
}

/// A statement. Each `?` in its text is the next value.
#[derive(Debug, Clone)]
pub(crate) struct Statement<T> {
    values: Vec<Value>,
    text: PhantomData<fn() -> T>,
}

/// `statement!("text", values…)`: a statement, never made from what anybody sent.
macro_rules! statement {
    ($sql:expr, $values:expr $(,)?) => {{
        struct StatementText;
        impl $crate::fragment::SqlText for StatementText {
            const SQL: &'static str = $sql;
        }
        $crate::fragment::Statement::<StatementText>::new(Vec::from($values))
    }};
}
pub(crate) use statement;

impl<T: SqlText> Statement<T> {
    pub(crate) const fn new(values: Vec<Value>) -> Self {
        Self {
            values,
            text: PhantomData,
        }
    }
}

impl<T: SqlText> QueryId for Statement<T> {
    type QueryId = Self;
}

impl<T> Query for Statement<T> {
    type SqlType = Untyped;
}

impl<T, Conn> RunQueryDsl<Conn> for Statement<T> {}

impl<T, DB> QueryFragment<DB> for Statement<T>
where
    T: SqlText,
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text> + HasSqlType<Timestamp>,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
    Time: ToSql<Timestamp, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = T::SQL.split('?');
        out.push_sql(parts.next().unwrap_or_default());
        for (value, after) in self.values.iter().zip(parts) {
            match value {
                Value::BigInt(number) => out.push_bind_param::<BigInt, _>(number)?,
                Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Value::Timestamp(time) => out.push_bind_param::<Timestamp, _>(time)?,
            }
            out.push_sql(after);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Db;
    use crate::{Store, StoreError, both, each};
    use diesel::QueryableByName;
    use diesel::pg::Pg;
    use diesel::sqlite::Sqlite;

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }

    both! {
        async fn a_statement_takes_its_values_in_order(store: Store) {
            let read = store.read(|db: &mut Db| {
                let query = statement!(
                    "SELECT CAST(? AS TEXT) || CAST(? AS TEXT) AS text",
                    [Value::Text("n".to_owned()), Value::BigInt(7)]
                );
                let row: Row = each!(db, c => query.get_result(c))?;
                Ok::<_, StoreError>(row.text)
            });
            assert_eq!(read.await.unwrap(), "n7");
        }
    }

    #[test]
    fn it_may_be_kept() {
        let query = statement!("SELECT ?", [Value::BigInt(1)]);
        assert!(QueryFragment::<Sqlite>::is_safe_to_cache_prepared(&query, &Sqlite).unwrap());
        assert!(QueryFragment::<Pg>::is_safe_to_cache_prepared(&query, &Pg).unwrap());
    }
}
