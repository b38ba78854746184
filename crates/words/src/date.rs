//! Days and times in a reader's time zone (IANA, such as `America/Toronto`) and language.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use model::Lang;

use crate::LANGS;
use crate::message::{message, text};

/// Formats the day in `zone`: `12 November 2026`, `12 novembre 2026`, `1er novembre 2026`.
#[must_use]
pub fn day(lang: Lang, at: DateTime<Utc>, zone: Tz) -> String {
    local_day(lang, &at.with_timezone(&zone))
}

/// Formats the minute in `zone` with the zone's offset at that time:
/// `12 November 2026, 16:05 UTC`, `12 novembre 2026, 11 h 05 UTC−5`.
#[must_use]
pub fn moment(lang: Lang, at: DateTime<Utc>, zone: Tz) -> String {
    minute(lang, &at.with_timezone(&zone))
}

fn minute<Z: TimeZone>(lang: Lang, at: &DateTime<Z>) -> String {
    let (day, time, offset) = (local_day(lang, at), time(lang, at), offset(at));
    format!("{day}, {time} {offset}")
}

/// `16:05`, `16 h 05`.
fn time<Z: TimeZone>(lang: Lang, at: &DateTime<Z>) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    match lang {
        Lang::En => format!("{hour:02}:{minute:02}"),
        Lang::Fr => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
    }
}

/// Formats a time, or the period from one to another, in `zone`: `12 November 2026, 16:05–17:30 UTC`,
/// `12 novembre 2026, 11 h 05 – 12 h 30 UTC−5`; with both days where it ends on another.
#[must_use]
pub fn period<Z: TimeZone>(
    lang: Lang,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    zone: &Z,
) -> String {
    let from = from.with_timezone(zone);
    let Some(until) = until.map(|until| until.with_timezone(zone)) else {
        return minute(lang, &from);
    };
    if until.date_naive() != from.date_naive() {
        return format!("{} – {}", minute(lang, &from), minute(lang, &until));
    }
    let dash = match lang {
        Lang::En => "–",
        Lang::Fr => " – ",
    };
    let (day, first, last) = (
        local_day(lang, &from),
        time(lang, &from),
        time(lang, &until),
    );
    format!("{day}, {first}{dash}{last} {}", offset(&until))
}

/// Says how long ago `at` was; after a week the day and the minute in `zone`: `20 Nov, 16:05`,
/// `le 20 nov. à 16 h 05`, with the year where it is not the present one. It can follow a verb.
#[must_use]
pub fn ago(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let elapsed = now - at;
    if elapsed < TimeDelta::minutes(1) {
        text(lang, "time-now").to_owned()
    } else if elapsed < TimeDelta::hours(1) {
        counted(lang, MINUTES, elapsed.num_minutes())
    } else if elapsed < TimeDelta::days(1) {
        counted(lang, HOURS, elapsed.num_hours())
    } else if elapsed < TimeDelta::days(7) {
        counted(lang, DAYS, elapsed.num_days())
    } else {
        short_moment(
            lang,
            &at.with_timezone(&zone),
            now.with_timezone(&zone).year(),
        )
    }
}

/// A message that counts a unit of time, and how many make the next larger unit.
type Unit = (&'static str, i64);

const MINUTES: Unit = ("time-minutes", 60);
const HOURS: Unit = ("time-hours", 24);
const DAYS: Unit = ("time-days", 7);

/// Every message of [`MINUTES`], [`HOURS`] and [`DAYS`], formatted once: a page shows one at every post.
static COUNTED: LazyLock<HashMap<(Lang, &str, i64), String>> = LazyLock::new(|| {
    let units = [MINUTES, HOURS, DAYS];
    let keys = LANGS.into_iter().flat_map(|lang| {
        let of_unit = move |(key, end): Unit| (1..end).map(move |n| (lang, key, n));
        units.into_iter().flat_map(of_unit)
    });
    let format = |(lang, key, n)| message(lang, key).arg("count", n).to_string();
    keys.map(|key| (key, format(key))).collect()
});

fn counted(lang: Lang, (key, _): Unit, n: i64) -> String {
    COUNTED.get(&(lang, key, n)).cloned().unwrap_or_default()
}

fn short_moment<Z: TimeZone>(lang: Lang, at: &DateTime<Z>, this_year: i32) -> String {
    let month = text(lang, &format!("month-short-{}", at.month()));
    let day = day_of_month(lang, at.day());
    let year = match at.year() {
        year if year == this_year => String::new(),
        year => format!(" {year}"),
    };
    let time = time(lang, at);
    match lang {
        Lang::En => format!("{day} {month}{year}, {time}"),
        Lang::Fr => format!("le {day} {month}{year} à {time}"),
    }
}

/// `1er` in French, the number otherwise.
fn day_of_month(lang: Lang, day: u32) -> String {
    match (lang, day) {
        (Lang::Fr, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    }
}

fn local_day<Z: TimeZone>(lang: Lang, at: &DateTime<Z>) -> String {
    let month = text(lang, month_key(at.month()));
    format!("{} {month} {}", day_of_month(lang, at.day()), at.year())
}

fn month_key(month: u32) -> &'static str {
    match month {
        1 => "month-1",
        2 => "month-2",
        3 => "month-3",
        4 => "month-4",
        5 => "month-5",
        6 => "month-6",
        7 => "month-7",
        8 => "month-8",
        9 => "month-9",
        10 => "month-10",
        11 => "month-11",
        _ => "month-12",
    }
}

/// `UTC`, `UTC−5`, `UTC+5:30`: abbreviations such as EST have other letters in French, and several
/// zones share one.
fn offset<Z: TimeZone>(at: &DateTime<Z>) -> String {
    let minutes = at.offset().fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_since_is_rounded_to_a_common_unit() {
        let now = Utc.with_ymd_and_hms(2026, 11, 12, 16, 5, 0).unwrap();
        let before = |lang, minutes| ago(lang, now - TimeDelta::minutes(minutes), now, Tz::UTC);
        assert_eq!(before(Lang::En, 0), "just now");
        assert_eq!(before(Lang::Fr, 20), "il y a 20 minutes");
        assert_eq!(before(Lang::En, 60), "1 hour ago");
        assert_eq!(before(Lang::En, 60 * 30), "yesterday");
        assert_eq!(before(Lang::Fr, 60 * 24 * 3), "il y a 3 jours");
        assert_eq!(
            before(Lang::Fr, 60 * 24 * 11),
            "le 1er nov. à 16\u{a0}h\u{a0}05"
        );
        assert_eq!(before(Lang::En, 60 * 24 * 8), "4 Nov, 16:05");
        assert_eq!(before(Lang::En, 60 * 24 * 366), "11 Nov 2025, 16:05");
    }

    #[test]
    fn a_period_names_its_day_once_unless_it_ends_on_another() {
        let from = Utc.with_ymd_and_hms(2026, 12, 5, 9, 0, 0).unwrap();
        let until = |hours| Some(from + TimeDelta::hours(hours));
        let paris = Tz::Europe__Paris;
        assert_eq!(
            period(Lang::En, from, until(2), &paris),
            "5 December 2026, 10:00–12:00 UTC+1"
        );
        assert_eq!(
            period(Lang::Fr, from, until(2), &Tz::UTC),
            "5 décembre 2026, 9\u{a0}h\u{a0}00 – 11\u{a0}h\u{a0}00 UTC"
        );
        assert_eq!(
            period(Lang::En, from, until(16), &paris),
            "5 December 2026, 10:00 UTC+1 – 6 December 2026, 02:00 UTC+1"
        );
        assert_eq!(
            period(Lang::Fr, from, None, &paris),
            "5 décembre 2026, 10\u{a0}h\u{a0}00 UTC+1"
        );
    }

    #[test]
    fn days_and_minutes_follow_the_zone_and_its_summer_time() {
        let winter = Utc.with_ymd_and_hms(2026, 11, 12, 3, 5, 0).unwrap();
        let summer = Utc.with_ymd_and_hms(2026, 7, 2, 3, 5, 0).unwrap();
        let toronto = Tz::America__Toronto;
        assert_eq!(
            moment(Lang::En, winter, Tz::UTC),
            "12 November 2026, 03:05 UTC"
        );
        assert_eq!(day(Lang::En, winter, toronto), "11 November 2026");
        assert_eq!(
            moment(Lang::Fr, winter, toronto),
            "11 novembre 2026, 22\u{a0}h\u{a0}05 UTC−5"
        );
        assert_eq!(
            moment(Lang::Fr, summer, toronto),
            "1er juillet 2026, 23\u{a0}h\u{a0}05 UTC−4"
        );
        assert_eq!(
            moment(Lang::En, summer, Tz::America__St_Johns),
            "2 July 2026, 00:35 UTC−2:30"
        );
        assert_eq!(
            moment(Lang::En, winter, Tz::Asia__Kolkata),
            "12 November 2026, 08:35 UTC+5:30"
        );
    }
}
