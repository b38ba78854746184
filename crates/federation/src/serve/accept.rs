//! Content negotiation: a page for people, or a document for programs.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use mime::Mime;

/// How much something is wanted, and how early it was named.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wish {
    quality: f32,
    place: usize,
}

impl Wish {
    fn beats(self, other: Self) -> bool {
        self.quality > other.quality || (self.quality >= other.quality && self.place < other.place)
    }
}

/// Whether a request would rather have ActivityPub than HTML: `application/activity+json`, or
/// `application/ld+json` with any profile or none. Between the two the greater `q` wins, then what
/// stands first. A wildcard, or nothing at all, is a browser's wish for a page.
#[must_use]
pub fn wants_activity_json(headers: &HeaderMap) -> bool {
    let (mut page, mut document): (Option<Wish>, Option<Wish>) = (None, None);
    let lines = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok());
    for (place, mime) in lines
        .flat_map(split)
        .filter_map(|t| t.trim().parse::<Mime>().ok())
        .enumerate()
    {
        let slot = match mime.essence_str() {
            "application/activity+json" | "application/ld+json" => &mut document,
            "text/html" | "application/xhtml+xml" => &mut page,
            _ => continue,
        };
        let wish = Wish {
            quality: quality(&mime),
            place,
        };
        if wish.quality > 0.0 && slot.is_none_or(|known| wish.beats(known)) {
            *slot = Some(wish);
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
