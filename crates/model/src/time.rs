//! Times in UTC with microseconds, and the clock that is passed to whatever needs the time.

#[cfg(feature = "diesel")]
mod stamp;

use chrono::{DateTime, Duration, NaiveDateTime, SubsecRound, TimeZone, Utc};
use std::sync::Arc;

/// A time in UTC, truncated to microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "diesel",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Timestamp))]
pub struct Time(NaiveDateTime);

impl Time {
    /// Converts a time, truncated to microseconds.
    #[must_use]
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(at.naive_utc().trunc_subsecs(6))
    }

    /// Returns the begin of its day in UTC.
    #[must_use]
    pub fn midnight(self) -> Self {
        Self(self.0.date().and_time(chrono::NaiveTime::MIN))
    }

    /// Converts milliseconds since 1970-01-01T00:00Z; a value out of range gives the epoch.
    #[must_use]
    pub fn from_unix_millis(ms: i64) -> Self {
        Self::new(Utc.timestamp_millis_opt(ms).single().unwrap_or_default())
    }

    /// Returns the milliseconds since 1970-01-01T00:00Z.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.0.and_utc().timestamp_millis()
    }

    /// Converts microseconds since 1970-01-01T00:00Z; `None` out of range.
    #[must_use]
    pub fn from_unix_micros(us: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(us).map(Self::new)
    }

    /// Parses RFC 3339 with any offset.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|t| Self::new(t.with_timezone(&Utc)))
    }

    /// Parses the date of an HTTP header, such as `Sun, 22 Nov 2026 04:30:00 GMT` (RFC 9110 §5.6.7).
    #[must_use]
    pub fn parse_http_date(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc2822(text.trim())
            .ok()
            .map(|t| Self::new(t.with_timezone(&Utc)))
    }

    /// Formats as RFC 3339 in UTC with `Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.0
            .and_utc()
            .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }

    /// Converts to chrono's type.
    #[must_use]
    pub const fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// Adds seconds, or subtracts when negative.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + Duration::seconds(seconds))
    }

    /// Adds milliseconds, or subtracts when negative.
    #[must_use]
    pub fn plus_millis(self, ms: i64) -> Self {
        Self(self.0 + Duration::milliseconds(ms))
    }

    /// Clamps a peer's publication time to [2000, now + 5 min].
    #[must_use]
    pub fn clamp_published(self, now: Self) -> Self {
        let earliest = Self::from_unix_millis(946_684_800_000);
        self.clamp(earliest, now.plus_seconds(300).max(earliest))
    }
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Self::parse_rfc3339(&s).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

impl AsRef<NaiveDateTime> for Time {
    fn as_ref(&self) -> &NaiveDateTime {
        &self.0
    }
}

impl From<NaiveDateTime> for Time {
    fn from(naive: NaiveDateTime) -> Self {
        Self::new(naive.and_utc())
    }
}

#[cfg(feature = "diesel")]
mod sql {
    use super::{NaiveDateTime, Time, stamp};
    use diesel::backend::Backend;
    use diesel::deserialize::FromSql;
    use diesel::pg::Pg;
    use diesel::serialize::{IsNull, Output, ToSql};
    use diesel::sql_types::Timestamp;
    use diesel::sqlite::{Sqlite, SqliteValue};

    // `store` adds these two for its connection to either database.
    impl ToSql<Timestamp, Pg> for Time {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
            ToSql::<Timestamp, Pg>::to_sql(&self.0, out)
        }
    }

    impl ToSql<Timestamp, Sqlite> for Time {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
            match stamp::write(self.0) {
                Some(text) => {
                    out.set_value(text);
                    Ok(IsNull::No)
                }
                None => ToSql::<Timestamp, Sqlite>::to_sql(&self.0, out),
            }
        }
    }

    impl FromSql<Timestamp, Pg> for Time {
        fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
            let naive: NaiveDateTime = FromSql::<Timestamp, Pg>::from_sql(bytes)?;
            Ok(naive.into())
        }
    }

    impl FromSql<Timestamp, Sqlite> for Time {
        fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> diesel::deserialize::Result<Self> {
            if let Some(at) = stamp::read(value.read_text()) {
                return Ok(Self(at));
            }
            let naive: NaiveDateTime = FromSql::<Timestamp, Sqlite>::from_sql(value)?;
            Ok(naive.into())
        }
    }
}

/// A source of the current time; tests use their own.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Returns the current time.
    fn now(&self) -> Time;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> Time {
        Time::new(Utc::now())
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Time {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_a_header_is_read() {
        let read = Time::parse_http_date("Sun, 22 Nov 2026 04:30:00 GMT");
        assert_eq!(read, Time::parse_rfc3339("2026-11-22T04:30:00Z"));
        assert_eq!(Time::parse_http_date("yesterday"), None);
    }

    #[test]
    fn a_peers_publication_time_is_clamped() {
        let now = Time::from_unix_millis(1_800_000_000_000);
        let far = now.plus_seconds(86_400);
        assert_eq!(far.clamp_published(now), now.plus_seconds(300));
        assert!(Time::from_unix_millis(0).clamp_published(now) > Time::from_unix_millis(0));
    }
}
