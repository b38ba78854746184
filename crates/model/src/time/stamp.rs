//! A time as SQLite stores it: `2026-11-22 07:30:00.123456`, where `.123` or nothing is enough
//! without the rest. That is how diesel writes it; reading and writing this one form directly costs a
//! tenth of trying all that a column might hold, and every activity received needs some twenty.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// As it is kept; `None` for a year that has not four digits.
pub(super) fn write(at: NaiveDateTime) -> Option<String> {
    let year = u32::try_from(at.year())
        .ok()
        .filter(|year| *year < 10_000)?;
    let mut out = String::with_capacity(26);
    digits(&mut out, year, 4);
    for (mark, part) in [
        ('-', at.month()),
        ('-', at.day()),
        (' ', at.hour()),
        (':', at.minute()),
        (':', at.second()),
    ] {
        out.push(mark);
        digits(&mut out, part, 2);
    }
    let micros = at.nanosecond() / 1_000;
    if micros != 0 {
        out.push('.');
        match micros % 1_000 {
            0 => digits(&mut out, micros / 1_000, 3),
            _ => digits(&mut out, micros, 6),
        }
    }
    Some(out)
}

fn digits(out: &mut String, number: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

/// Reads what [`write`] writes; `None` for any other shape.
pub(super) fn read(text: &str) -> Option<NaiveDateTime> {
    let text = text.as_bytes();
    let part = |from: usize, to: usize| number(text.get(from..to)?);
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| text.get(*at) != Some(mark)) {
        return None;
    }
    let micros = match (text.len(), text.get(19)) {
        (19, _) => 0,
        (23, Some(b'.')) => part(20, 23)? * 1_000,
        (26, Some(b'.')) => part(20, 26)?,
        _ => return None,
    };
    let year = i32::try_from(part(0, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, part(5, 7)?, part(8, 10)?)?.and_hms_micro_opt(
        part(11, 13)?,
        part(14, 16)?,
        part(17, 19)?,
        micros,
    )
}

fn number(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;

    /// diesel's own words for it, which other rows of the same column were written with.
    const FORMAT: &str = "%F %T%.f";

    #[test]
    fn it_is_written_as_diesel_writes_it_and_read_back() {
        for micros in [
            0,
            1,
            999_000,
            1_500_000,
            1_798_761_600_123_456,
            951_782_399_999_999,
            -1,
            -62_000_000_000_000_000,
        ] {
            let at = Time::from_unix_micros(micros).unwrap().0;
            let text = write(at).unwrap();
            assert_eq!(text, at.format(FORMAT).to_string());
            assert_eq!(read(&text), Some(at));
        }
    }

    #[test]
    fn what_has_another_shape_is_left_to_diesel() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T07:30:00",
            "2026-11-22 07:30:00Z",
            "2026-11-22 07:30:00.1234",
            "2026-11-22 07:30:00,123",
            "2026-13-22 07:30:00",
            "2026-11-22 07:60:00",
            "+026-11-22 07:30:00",
            "20é6-11-22 07:30:0",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let far = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
        assert_eq!(write(far.and_hms_opt(0, 0, 0).unwrap()), None);
    }
}
