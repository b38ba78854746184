//! What a calendar event is reduced to until there is a calendar: one line of when and where.

use chrono::{DateTime, FixedOffset};
use vocab::Object;

/// `2026-12-05 10:00–12:00 (UTC+01:00) · Boat shed, 4 Quay St`; the same in every language. The
/// offset is the one written, which is the place's. `None` where neither time nor place is told.
pub(super) fn line(object: &Object) -> Option<String> {
    let mut parts: Vec<String> = when(object).into_iter().collect();
    parts.extend(object.places());
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn when(object: &Object) -> Option<String> {
    let read = |text: &Option<String>| DateTime::parse_from_rfc3339(text.as_deref()?.trim()).ok();
    let from = read(&object.start_time)?;
    let until = match read(&object.end_time).map(|end| end.with_timezone(from.offset())) {
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
}
