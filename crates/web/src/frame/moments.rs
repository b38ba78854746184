//! Days and times, as pages show them to their reader.

use chrono::{DateTime, NaiveDate, Utc};
use words::Tz;

use super::{Frame, Period, Stamp, StampForm};

impl Frame {
    /// How long ago, as a `<time>` whose tooltip is the minute.
    #[must_use]
    pub fn ago(&self, at: &DateTime<Utc>) -> Stamp {
        Stamp {
            at: *at,
            text: words::ago(self.lang, *at, self.now, self.zone()),
            form: StampForm::Ago(words::moment(self.lang, *at, self.zone())),
        }
    }

    /// The day, as a `<time>`.
    #[must_use]
    pub fn day(&self, at: &DateTime<Utc>) -> Stamp {
        Stamp {
            at: *at,
            text: words::day(self.lang, *at, self.zone()),
            form: StampForm::Day,
        }
    }

    /// A day that is the same in every time zone (`YYYY-MM-DD`).
    #[must_use]
    pub fn date(&self, day: &str) -> String {
        let noon = day
            .parse::<NaiveDate>()
            .ok()
            .and_then(|day| day.and_hms_opt(12, 0, 0));
        noon.map_or_else(
            || day.to_owned(),
            |noon| words::day(self.lang, noon.and_utc(), Tz::UTC),
        )
    }

    /// The minute, as a `<time>`.
    #[must_use]
    pub fn moment(&self, at: &DateTime<Utc>) -> Stamp {
        Stamp {
            at: *at,
            text: words::moment(self.lang, *at, self.zone()),
            form: StampForm::Minute,
        }
    }

    /// A time, or the period from one to another, as a `<time>`.
    #[must_use]
    pub fn period(&self, from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Period {
        Period {
            from,
            until,
            text: words::period(self.lang, from, until, &self.zone()),
        }
    }
}
