//! Reading an answer no further than allowed. Bytes are counted as they come out of gzip, so
//! a small answer that unpacks into a large one is cut off like any other.

use super::error::FetchError;
use bytes::{Bytes, BytesMut};
use mime::Mime;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

/// The whole body, if it is no longer than `max` bytes.
pub(super) async fn read(response: &mut Response, max: usize) -> Result<Bytes, FetchError> {
    let claimed = response.content_length().unwrap_or(0);
    if usize::try_from(claimed).map_or(true, |claimed| claimed > max) {
        return Err(FetchError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| FetchError::of(&e))? {
        if body.len() + chunk.len() > max {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The first words of an answer, at most 200 characters on one line; what cannot be read is
/// left out.
pub(super) async fn first_words(response: &mut Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= 800 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}

/// The media type of an answer, parsed.
pub(super) fn media_type(response: &Response) -> Option<Mime> {
    let header = response.headers().get(CONTENT_TYPE)?;
    header.to_str().ok()?.parse().ok()
}

/// Whether a media type is ActivityPub's: `application/activity+json`, or JSON-LD with the
/// ActivityStreams profile. Anything looser would let an uploaded file pass for an actor.
pub(super) fn is_activity(mime: &Mime) -> bool {
    match mime.essence_str() {
        "application/activity+json" => true,
        "application/ld+json" => mime.get_param("profile").is_some_and(|profile| {
            let mut profiles = profile.as_str().split_ascii_whitespace();
            profiles.any(|uri| uri == "https://www.w3.org/ns/activitystreams")
        }),
        _ => false,
    }
}

/// Whether a media type is JSON of some kind: WebFinger's, NodeInfo's or plain.
pub(super) fn is_json(mime: &Mime) -> bool {
    let essence = mime.essence_str();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(text: &str) -> bool {
        text.parse().is_ok_and(|mime| is_activity(&mime))
    }

    #[test]
    fn media_types_are_parsed_not_compared() {
        assert!(activity("application/activity+json"));
        assert!(activity("Application/Activity+JSON; charset=utf-8"));
        assert!(activity(
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""
        ));
        assert!(activity(
            "application/ld+json;charset=utf-8;profile=\"https://x.example https://www.w3.org/ns/activitystreams\""
        ));
        for other in [
            "application/json",
            "application/ld+json",
            "text/html",
            "application/ld+json; profile=\"https://x.example\"",
            "",
            "x",
        ] {
            assert!(!activity(other), "{other}");
        }
        let json = |text: &str| is_json(&text.parse().unwrap());
        assert!(
            json("application/jrd+json")
                && json("application/json; charset=utf-8")
                && json("application/activity+json")
        );
        assert!(!json("text/html") && !json("image/svg+xml"));
    }
}
