//! One connection type for both databases, so that every query is written once.
//!
//! diesel's derive makes `Db` a connection with the SQL that both databases share. What does not
//! compile on it runs on the concrete connection through `each!`.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSql;
use diesel::pg::PgConnection;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Timestamp;
use diesel::sqlite::SqliteConnection;
use model::Time;

/// A connection to PostgreSQL or SQLite. Only `Store::read` and `Store::write` hand one out.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// PostgreSQL, when one machine is not enough.
    Pg(PgConnection),
    /// SQLite inside the binary, the default.
    Sqlite(SqliteConnection),
}

// diesel's derive implements this for the types it knows.
impl FromSql<Timestamp, MultiBackend> for Time {
    fn from_sql(value: MultiRawValue<'_>) -> diesel::deserialize::Result<Self> {
        value.from_sql::<Self, Timestamp>()
    }
}

impl ToSql<Timestamp, MultiBackend> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> diesel::serialize::Result {
        let naive: &'b NaiveDateTime = self.as_ref();
        ToSql::<Timestamp, MultiBackend>::to_sql(naive, out)
    }
}
