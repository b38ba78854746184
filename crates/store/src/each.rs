//! `each!`: one body, compiled twice, run on the concrete connection.
//!
//! For what does not compile on [`Db`](crate::connection::Db): batch insert, `on_conflict`,
//! `as_returning`, `union`. Also for the statements of every received activity: on `Db` diesel
//! renders a statement as SQL at each use to find it in the cache of prepared ones. Two different
//! bodies are a plain `match`, used only for full-text search and for claiming work.

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
