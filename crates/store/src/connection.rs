//! One connection type over both databases, so that every query is written once.
//!
//! diesel's derive makes `Db` a connection of its own with the SQL the two have in common. What
//! does not compile on it runs on the concrete connection through `each!`.

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

/// A connection to PostgreSQL or SQLite. Only `Store::read` and `Store::write` hand one out.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// PostgreSQL, when one machine is not enough.
    Pg(PgConnection),
    /// SQLite inside the binary, the default.
    Sqlite(SqliteConnection),
}
