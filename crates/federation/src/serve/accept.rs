//! Content negotiation: a page for people, or a document for programs.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use mime::Mime;

/// The quality of a media type and its position in the header.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Preference {
    quality: f32,
    place: usize,
}

impl Preference {
    fn beats(self, other: Self) -> bool {
        self.quality > other.quality || (self.quality >= other.quality && self.place < other.place)
    }
}

/// Whether a request prefers ActivityPub to HTML: `application/activity+json`, or
/// `application/ld+json` with any profile or none. Between the two the greater `q` wins, then what
/// is first. A wildcard, or no header at all, selects the page.
#[must_use]
pub fn wants_activity_json(headers: &HeaderMap) -> bool {
    let (mut page, mut document): (Option<Preference>, Option<Preference>) = (None, None);
    let lines = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok());
    for (place, mime) in lines
        .flat_map(split)
        // Some write a profile in single quotes, which RFC 9110 does not know.
        .filter_map(|t| t.trim().replace('\'', "\"").parse::<Mime>().ok())
        .enumerate()
    {
        let slot = match mime.essence_str() {
            "application/activity+json" | "application/ld+json" => &mut document,
            "text/html" | "application/xhtml+xml" => &mut page,
            _ => continue,
        };
        let preference = Preference {
            quality: quality(&mime),
            place,
        };
        if preference.quality > 0.0 && slot.is_none_or(|known| preference.beats(known)) {
            *slot = Some(preference);
        }
    }
    match (document, page) {
        (Some(document), Some(page)) => document.beats(page),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The types of one header line; a comma inside quotes parts nothing.
fn split(line: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(line.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(line.get(from..).unwrap_or_default());
    parts
}

fn quality(mime: &Mime) -> f32 {
    let given = mime
        .get_param("q")
        .and_then(|q| q.as_str().parse::<f32>().ok());
    given.unwrap_or(1.0).clamp(0.0, 1.0)
}
