//! `each!`: one body, compiled twice, run on the concrete connection.
//!
//! For what does not compile on [`Db`](crate::connection::Db): batch insert, `on_conflict`,
//! `as_returning`, `union`. And for what every activity received asks or changes: on `Db` diesel
//! writes a statement out as SQL each time, only to find it among those that are prepared. Two
//! different bodies are a plain `match` and are kept for full-text search and for claiming jobs.

/// `each!(db, c => body)`: runs `body` with `c` the `&mut PgConnection` or `&mut SqliteConnection`
/// inside `db: &mut Db`.
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::connection::Db::Pg($c) => $body,
            $crate::connection::Db::Sqlite($c) => $body,
        }
    };
}
pub(crate) use each;
