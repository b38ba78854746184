//! What only one kind of post has, in lines.

use chrono::FixedOffset;
use model::{EventDetails, PostDetails, Time};
use query::post::PostView;
use words::Tz;

use crate::frame::Frame;
use crate::views::discussion::{Detail, DetailValue};

/// The lines between the title and the text of a thread.
pub fn lines(f: &Frame, thread: &PostView) -> Vec<Detail> {
    match &thread.details {
        _ if thread.post.deleted_at.is_some() => Vec::new(),
        None | Some(PostDetails::Poll(_)) => Vec::new(),
        Some(PostDetails::Event(event)) => event_lines(f, event),
    }
}

fn event_lines(f: &Frame, event: &EventDetails) -> Vec<Detail> {
    let mut lines = vec![Detail {
        label: f.text("event-when"),
        values: when(f, event),
    }];
    if !event.place.is_empty() {
        lines.push(Detail {
            label: f.text("event-where"),
            values: vec![DetailValue::Text(event.place.clone())],
        });
    }
    lines
}

/// When an event is: by the clocks at its place, and by the reader's, where they differ. Where no time
/// zone is known, the clocks at its place are those its start was written by.
fn when(f: &Frame, event: &EventDetails) -> Vec<DetailValue> {
    let (from, until) = (event.starts_at.utc(), event.ends_at.map(Time::utc));
    let zone: Option<Tz> = event.zone.as_deref().and_then(|zone| zone.parse().ok());
    let offset = FixedOffset::east_opt(event.utc_offset);
    let theirs = match (zone, offset) {
        (Some(zone), _) => Some(words::period(f.lang, from, until, &zone)),
        (None, Some(offset)) => Some(words::period(f.lang, from, until, &offset)),
        (None, None) => None,
    };
    let ours = f.period(from, until);
    let differs = theirs.filter(|theirs| *theirs != ours.text);
    let theirs = differs.map(DetailValue::Text);
    theirs
        .into_iter()
        .chain([DetailValue::Period(ours)])
        .collect()
}
