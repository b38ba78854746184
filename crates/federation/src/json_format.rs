//! The formats of the JSON documents that are fetched from other servers.

use client::{FetchError, JsonFormat};
use mime::Mime;
use serde_json::Value;
use vocab::ParseError;

/// ActivityPub documents: actors, objects, activities and collections.
pub(crate) static ACTIVITY_JSON: JsonFormat = JsonFormat {
    accept: vocab::ACCEPT,
    accepts: is_activity,
    parse,
    id_of,
};

/// WebFinger, NodeInfo and other plain JSON.
pub(crate) static PLAIN_JSON: JsonFormat = JsonFormat {
    accept: "application/jrd+json, application/json;q=0.9",
    accepts: is_json,
    parse,
    id_of,
};

/// Whether a media type is ActivityPub's: `application/activity+json`, or JSON-LD with the
/// ActivityStreams profile. With anything looser an uploaded file could pass for an actor.
fn is_activity(mime: &Mime) -> bool {
    match mime.essence_str() {
        "application/activity+json" => true,
        "application/ld+json" => mime.get_param("profile").is_some_and(|profile| {
            let mut profiles = profile.as_str().split_ascii_whitespace();
            profiles.any(|uri| uri == "https://www.w3.org/ns/activitystreams")
        }),
        _ => false,
    }
}

/// Whether a media type is JSON of any kind.
fn is_json(mime: &Mime) -> bool {
    let essence = mime.essence_str();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn parse(bytes: &[u8]) -> Result<Value, FetchError> {
    vocab::parse(bytes).map_err(|error| match error {
        ParseError::TooLarge | ParseError::TooMany => FetchError::TooLarge,
        ParseError::TooDeep | ParseError::NotJson => FetchError::NotJson,
    })
}

fn id_of(document: &Value) -> Option<&str> {
    document.get("id").and_then(vocab::id_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::extract::Path;
    use axum::http::HeaderMap;
    use axum::response::{IntoResponse, Response};
    use axum::routing::get;
    use chrono::DateTime;
    use client::{Client, ClientConfig, Guard, HostMap};
    use std::sync::Arc;
    use url::Url;

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

    /// Answers with the media type that the path names.
    async fn document(Path(kind): Path<String>, headers: HeaderMap) -> Response {
        let accept = headers["accept"].to_str().unwrap();
        let kind = match kind.as_str() {
            "html" => "text/html",
            "json" => "application/json",
            "jrd" => "application/jrd+json; charset=utf-8",
            _ => {
                assert!(
                    accept.starts_with("application/activity+json, application/ld+json; profile=")
                );
                "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\""
            }
        };
        ([("content-type", kind)], "{}").into_response()
    }

    #[tokio::test]
    async fn only_activitypub_counts_as_activitypub() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hosts = HostMap::new();
        hosts.insert("peer.test", listener.local_addr().unwrap());
        let router = Router::new().route("/{kind}", get(document));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let guard = Guard {
            allow_http: true,
            ..Guard::default()
        };
        let mut config = ClientConfig::new(guard, "test", Arc::new(|| DateTime::UNIX_EPOCH));
        config.host_map = Some(hosts);
        let client = Client::new(config).unwrap();
        let fetch = async |format: &'static JsonFormat, path: &str| {
            let url = Url::parse("http://peer.test").unwrap().join(path).unwrap();
            client.get_json(format, &url, None).await.map(|_| ())
        };
        assert_eq!(fetch(&ACTIVITY_JSON, "/ld").await, Ok(()));
        for path in ["/html", "/json"] {
            let refused = Err(FetchError::NotJson);
            assert_eq!(fetch(&ACTIVITY_JSON, path).await, refused, "{path}");
        }
        assert_eq!(fetch(&PLAIN_JSON, "/json").await, Ok(()));
        assert_eq!(fetch(&PLAIN_JSON, "/jrd").await, Ok(()));
        assert_eq!(fetch(&PLAIN_JSON, "/html").await, Err(FetchError::NotJson));
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_refused() {
        assert_eq!(parse(b"<html>"), Err(FetchError::NotJson));
        let deep = "[".repeat(33) + &"]".repeat(33);
        assert_eq!(parse(deep.as_bytes()), Err(FetchError::NotJson));
    }
}
