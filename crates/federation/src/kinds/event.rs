//! Event: when and where it is, as details of its post; without them, as the line its body begins
//! with.

use super::post_type::PostType;
use crate::text::one_line;
use chrono::{DateTime, FixedOffset};
use model::{EventDetails, PostDetails, PostKind, Time};
use vocab::Object;

/// Longest place kept, in characters.
const PLACE_MAX: usize = 500;
/// Longest name of a time zone kept, in bytes.
const ZONE_MAX: usize = 60;

pub(crate) struct Event;

impl PostType for Event {
    fn types(&self) -> &'static [&'static str] {
        &["Event"]
    }

    /// It is one whatever else it says of itself.
    fn kind(&self, _named: Option<PostKind>) -> PostKind {
        PostKind::Event
    }

    fn lead(&self, object: &Object, _lang: &str) -> Option<String> {
        line(object)
    }

    fn details(&self, object: &Object) -> Option<PostDetails> {
        details(object).map(PostDetails::Event)
    }
}

/// The details of an Event; `None` where it does not say when it begins.
fn details(object: &Object) -> Option<EventDetails> {
    let starts = read(object.start_time.as_deref())?;
    let ends = read(object.end_time.as_deref()).filter(|end| *end > starts);
    Some(EventDetails {
        starts_at: Time::new(starts.to_utc()),
        ends_at: ends.map(|end| Time::new(end.to_utc())),
        zone: object.timezone.as_deref().and_then(iana_name),
        utc_offset: starts.offset().local_minus_utc(),
        place: one_line(&object.places().join(" · "), PLACE_MAX),
    })
}

/// What has the form of a time zone's IANA name.
fn iana_name(text: &str) -> Option<String> {
    let text = text.trim();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'-');
    let fits = (1..=ZONE_MAX).contains(&text.len()) && text.bytes().all(allowed);
    fits.then(|| text.to_owned())
}

/// A time with its offset, as written.
fn read(text: Option<&str>) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text?.trim()).ok()
}

/// `2026-12-05 10:00–12:00 (UTC+01:00) · Boat shed, 4 Quay St`; the same in every language. The
/// offset is the one written, which is the place's. `None` where neither time nor place is told.
fn line(object: &Object) -> Option<String> {
    let mut parts: Vec<String> = when(object).into_iter().collect();
    parts.extend(object.places());
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn when(object: &Object) -> Option<String> {
    let from = read(object.start_time.as_deref())?;
    let until = match read(object.end_time.as_deref()).map(|end| end.with_timezone(from.offset())) {
        Some(end) if end <= from => String::new(),
        Some(end) if end.date_naive() == from.date_naive() => format!("–{}", end.format("%H:%M")),
        Some(end) => format!(" – {}", end.format("%Y-%m-%d %H:%M")),
        None => String::new(),
    };
    Some(format!(
        "{}{until} ({})",
        from.format("%Y-%m-%d %H:%M"),
        zone(&from)
    ))
}

fn zone(at: &DateTime<FixedOffset>) -> String {
    if at.offset().local_minus_utc() == 0 {
        "UTC".to_owned()
    } else {
        format!("UTC{}", at.format("%:z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn of(value: Value) -> Option<String> {
        line(&serde_json::from_value(value).unwrap())
    }

    #[test]
    fn when_and_where_in_one_line() {
        let event = json!({"startTime": "2026-12-05T10:00:00.000+01:00", "endTime": "2026-12-05T12:00:00.000+01:00",
            "location": {"type": "Place", "name": "Boat shed", "address": "4 Quay St"}});
        assert_eq!(
            of(event).as_deref(),
            Some("2026-12-05 10:00–12:00 (UTC+01:00) · Boat shed, 4 Quay St")
        );
        let long = json!({"startTime": "2026-12-05T10:00:00Z", "endTime": "2026-12-07T12:00:00Z"});
        assert_eq!(
            of(long).as_deref(),
            Some("2026-12-05 10:00 – 2026-12-07 12:00 (UTC)")
        );
        let open = json!({"startTime": "2026-12-05T10:00:00Z"});
        assert_eq!(of(open).as_deref(), Some("2026-12-05 10:00 (UTC)"));
        assert_eq!(
            of(json!({"location": "Mill Lane"})).as_deref(),
            Some("Mill Lane")
        );
        assert_eq!(of(json!({"startTime": "soon"})), None);
    }

    #[test]
    fn details_are_kept_of_events_that_say_when() {
        let of = |value: Value| details(&serde_json::from_value(value).unwrap());
        let event = json!({"type": "Event", "startTime": "2026-12-05T10:00:00-05:00", "endTime": "2026-12-05T12:00:00-05:00",
            "timezone": "America/Toronto", "location": {"type": "Place", "name": "Boat shed", "address": "4 Quay St"}});
        let time = |text: &str| Time::parse_rfc3339(text).unwrap();
        assert_eq!(
            of(event.clone()),
            Some(EventDetails {
                starts_at: time("2026-12-05T15:00:00Z"),
                ends_at: Some(time("2026-12-05T17:00:00Z")),
                zone: Some("America/Toronto".to_owned()),
                utc_offset: -18_000,
                place: "Boat shed, 4 Quay St".to_owned(),
            })
        );
        let changed = |key: &str, value: &str| {
            let mut event = event.clone();
            event[key] = json!(value);
            of(event)
        };
        let backwards = changed("endTime", "2026-12-05T09:00:00-05:00").unwrap();
        assert_eq!(backwards.ends_at, None);
        assert_eq!(changed("timezone", "<b>here</b>").unwrap().zone, None);
        assert_eq!(changed("startTime", "soon"), None);
    }
}
