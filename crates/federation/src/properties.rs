//! Property tests of parsing untrusted input.

use crate::identity::{Query, Resource, webfinger_url};
use crate::kinds::invariants::post;
use crate::serve::wants_activity_json;
use crate::text::{one_line, tag};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};
use httpsig::authority;
use proptest::prelude::*;
use url::Url;
use vocab::testing::{anything, mutated};

/// Pieces of media ranges.
const RANGES: &[&str] = &[
    "application/activity+json",
    "application/ld+json",
    "text/html",
    "*/*",
    ";q=",
    "0.5",
    "1e99",
    "nan",
    "-1",
    ";profile=\"",
    "https://www.w3.org/ns/activitystreams",
    "\"",
    ",",
    ";",
    " ",
    "=",
    "\\",
    "é",
    "/",
    "charset=utf-8",
];

/// Pieces of handles and addresses.
const NAMES: &[&str] = &[
    "@",
    "!",
    "acct:",
    "group:",
    "bea",
    "beta.test",
    ":",
    "8081",
    "https://",
    "http://",
    "javascript:",
    "/",
    "?",
    "#",
    "[::1]",
    "127.0.0.1",
    "0x7f.1",
    "%40",
    "\u{200b}",
    "\u{202e}",
    "é",
    "xn--",
    ".",
    "-",
    " ",
    "ß",
    "。",
    "😀",
];

fn pieces(of: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        9 => prop::sample::select(of).prop_map(str::to_owned),
        1 => "\\PC{0,5}",
    ];
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_accept_is_understood_somehow(lines in prop::collection::vec(pieces(RANGES, 12), 0..3)) {
        let mut headers = HeaderMap::new();
        for line in lines {
            if let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) {
                headers.append(ACCEPT, value);
            }
        }
        let _ = wants_activity_json(&headers);
    }

    #[test]
    fn whatever_is_typed_is_an_address_or_words(text in pieces(NAMES, 10)) {
        let query = Query::parse(&text);
        if let Some(address) = query.as_ref().and_then(Query::address) {
            // What is asked for is asked of that host and of no other.
            let url = webfinger_url(address, "https").unwrap();
            let host = Url::parse(&format!("https://{}/", address.host)).unwrap();
            prop_assert_eq!(authority(&url), authority(&host));
            prop_assert!(url.username().is_empty() && url.password().is_none());
            let again = Query::parse(&format!("@{address}")).unwrap();
            prop_assert_eq!(again.address(), Some(address));
        }
        let _ = Resource::parse(&text);
    }

    #[test]
    fn any_document_is_a_post_of_its_origin_or_none(value in prop_oneof![mutated(), anything()]) {
        post(value.get("object").unwrap_or(&value));
        post(&value);
    }

    #[test]
    fn any_words_fit_on_one_line(text in "\\PC{0,200}|[\\s\\x00-\\x20]{0,60}", max in 1_usize..80) {
        let line = one_line(&text, max);
        prop_assert!(line.chars().count() <= max);
        prop_assert!(!line.chars().any(|c| c.is_control()));
        prop_assert_eq!(one_line(&line, max), line);
        if let Some(tag) = tag(&text) {
            prop_assert!(tag.len() <= 35 && tag.is_ascii());
        }
    }
}
