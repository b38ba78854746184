//! How much of the index of names a look-up reads.

use super::Matches;
use crate::Db;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

#[derive(QueryableByName)]
struct PlanLine {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

#[derive(QueryableByName)]
struct Term {
    #[diesel(sql_type = Text)]
    term: String,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// The entries under the words that a look-up in `search_name` reads, whether or not they match in the end.
pub(super) fn index_rows(db: &mut Db, matches: &Matches) -> QueryResult<i64> {
    match db {
        Db::Sqlite(c) => {
            sql_query("CREATE VIRTUAL TABLE IF NOT EXISTS temp.term USING fts5vocab(main, search_name, row)")
                .execute(c)?;
            let terms: Vec<Term> =
                sql_query("SELECT term, doc AS entries FROM temp.term").load(c)?;
            let read = terms
                .iter()
                .filter(|term| reads(matches.fts5(), &term.term));
            Ok(read.map(|term| term.entries).sum())
        }
        Db::Pg(c) => {
            sql_query("SET LOCAL enable_seqscan = off").execute(c)?;
            let explain = format!(
                "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) SELECT rowid FROM search_name \
                 WHERE tokens @@ CAST($${}$$ AS tsquery)",
                matches.tsquery()
            );
            let plan: Vec<PlanLine> = sql_query(explain).load(c)?;
            let scans = plan
                .iter()
                .filter(|row| row.line.contains("Bitmap Index Scan"));
            let rows = scans.filter_map(|row| {
                let (_, rest) = row.line.split_once("actual rows=")?;
                rest.split_once(' ')?.0.parse::<f64>().ok()
            });
            #[expect(clippy::cast_possible_truncation, reason = "a whole number of rows")]
            let rows: Vec<i64> = rows.map(|rows| rows as i64).collect();
            assert!(!rows.is_empty(), "the index is not used");
            Ok(rows.iter().sum())
        }
    }
}

/// Whether an expression of FTS5 reads a term of the index.
fn reads(expression: &str, term: &str) -> bool {
    let mut parts = expression.split('"').skip(1);
    while let (Some(word), rest) = (parts.next(), parts.next()) {
        let prefix = rest.is_some_and(|rest| rest.starts_with(" *"));
        if term == word || prefix && term.starts_with(word) {
            return true;
        }
    }
    false
}
