//! Documents that are JSON but invalid, or valid but unusual.

use super::{PUBLIC, activity, note, setup};
use crate::federation::Weavers;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::Hostile;

/// Sends a text with a valid signature; returns the status.
async fn send_text(story: &Weavers, evil: &Hostile, text: String) -> u16 {
    let signed = evil.signed_bytes(&story.alpha.at("/inbox"), text.into_bytes());
    story.net.send(signed).await.0
}

#[tokio::test]
async fn a_document_may_have_thirty_two_levels() {
    let (story, _topic, evil) = setup().await;
    for (levels, wanted) in [(31, 202), (32, 400)] {
        let nested = "[".repeat(levels) + &"]".repeat(levels);
        let mallory = evil.mallory();
        let id = evil.at(&format!("/deep/{levels}"));
        let text = format!(
            r#"{{"id":"{id}","type":"Like","actor":"{mallory}","object":"x","odd":{nested}}}"#
        );
        assert_eq!(
            send_text(&story, &evil, text).await,
            wanted,
            "{levels} within the activity"
        );
    }
}

#[tokio::test]
async fn a_duplicate_key_is_refused() {
    let (story, topic, evil) = setup().await;
    let (mallory, bea) = (evil.mallory(), story.bea.ap_id());
    let words = note(&evil, 1, &topic);
    let create = activity(&evil, "Create", 1, &words).to_string();
    for (one, both) in [
        ("\"actor\":", format!("\"actor\":\"{bea}\",\"actor\":")),
        (
            "\"type\":\"Create\"",
            "\"type\":\"Delete\",\"type\":\"Create\"".to_owned(),
        ),
        (
            "\"attributedTo\":",
            format!("\"attributedTo\":\"{bea}\",\"attributedTo\":"),
        ),
        (
            "\"content\":",
            "\"content\":\"other\",\"content\":".to_owned(),
        ),
    ] {
        let twice = create.replacen(one, &both, 1);
        assert_ne!(twice, create, "{one}");
        assert_eq!(send_text(&story, &evil, twice).await, 400, "{one}");
    }
    // The same for a fetched document: an actor with a duplicate key.
    let id = evil.at("/u/two");
    let two = format!(
        r#"{{"id":"{id}","type":"Person","preferredUsername":"two","inbox":"{id}/inbox","inbox":"{mallory}/inbox"}}"#
    );
    let serve = move |requests: &testkit::ReceivedRequest| {
        (requests.path == "/u/two").then(|| testkit::PeerResponse {
            body: two.clone().into_bytes(),
            ..testkit::PeerResponse::activity(&Value::Null)
        })
    };
    let other = story.net.hostile("evil.test", serve).await;
    assert!(story.ann.look_up(&id).await.is_none());
    // As a document, and as a page that might lead to one; it is not tried again.
    assert_eq!(other.requests().len(), 2);
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn invalid_unicode_and_huge_numbers_are_refused() {
    let (story, topic, evil) = setup().await;
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic)).to_string();
    for odd in [
        r#""content":"\ud800 half","x":"#,
        r#""content":"\udc00\ud800","x":"#,
        r#""totalItems":1e999,"content":"#,
        r#""totalItems":-1e999,"content":"#,
        r#""totalItems":NaN,"content":"#,
        r#""totalItems":0x10,"content":"#,
    ] {
        let text = create.replacen("\"content\":", odd, 1);
        assert_eq!(send_text(&story, &evil, text).await, 400, "{odd}");
    }
}

/// Dates that do not exist, and dates out of range.
const FAR: &[&str] = &[
    "+300000-01-01T00:00:00Z",
    "-300000-01-01T00:00:00Z",
    "262142-12-31T23:59:59Z",
    "+262142-12-31T23:59:59+23:59",
    "-262143-01-01T00:00:00-23:59",
    "9999-12-31T23:59:60Z",
    "0000-00-00T00:00:00Z",
    "2026-02-30T25:61:61Z",
    "99999999999999999999",
    "",
    "\u{0}",
];

/// Keys that are read, and some that are not.
const KEYS: &[&str] = &[
    "published",
    "updated",
    "startTime",
    "endTime",
    "deleted",
    "duration",
    "name",
    "summary",
    "content",
    "contentMap",
    "nameMap",
    "mediaType",
    "tag",
    "attachment",
    "image",
    "icon",
    "url",
    "context",
    "conversation",
    "replies",
    "source",
    "sensitive",
    "language",
    "audience",
    "cc",
    "bto",
    "location",
    "timezone",
    "maximumAttendeeCapacity",
    "participantCount",
    "inLanguage",
    "@context",
    "likes",
    "shares",
    "interactionPolicy",
    "quote",
    "proof",
];

/// Returns values of every type, which is wrong for most keys.
fn unusual_values() -> Vec<Value> {
    let large: Value = serde_json::from_str("99999999999999999999999999").unwrap();
    let mut values: Vec<Value> = FAR.iter().map(|text| json!(text)).collect();
    values.extend([
        large,
        json!(-1),
        json!(1e308),
        json!(i64::MIN),
        json!(u64::MAX),
        json!("a\u{0}b"),
        json!("\u{202e}\u{feff}"),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!(null),
        json!(true),
        json!("x".repeat(100_000)),
        json!({ "@value": "x" }),
        json!({ "id": { "id": {} } }),
    ]);
    values
}

#[tokio::test]
async fn values_of_any_type_are_handled() {
    let (story, topic, evil) = setup().await;
    let values = unusual_values();
    let mut number = 0;
    for value in &values {
        // One group of keys at a time is unusual, so that each is combined with valid others.
        for keys in KEYS.chunks(6) {
            number += 1;
            let kind = ["Note", "Event", "Article", "Question", "Page"][number % 5];
            let n = u32::try_from(number).unwrap();
            let mut words = note(&evil, n, &topic);
            words["type"] = json!(kind);
            for key in keys {
                words[*key] = value.clone();
            }
            let mut create = activity(&evil, "Create", n, &words);
            create["published"] = value.clone();
            create["to"] = json!([PUBLIC]);
            let status = send_text(&story, &evil, create.to_string()).await;
            assert!(
                matches!(status, 202 | 400),
                "{status} for {keys:?} = {value}"
            );
        }
    }
    story.net.settle().await;
    let waiting = story.alpha.due().await;
    assert!(waiting.is_quiet(), "{waiting:?}");
    let here = story.ann.find(topic.ap_id()).await.unwrap();
    assert!(
        here.replies > 50,
        "{} {:#?}",
        here.replies,
        story.alpha.reasons().await
    );
    let page = story.ann.page(&format!("/p/{}", here.id)).await;
    assert!(page.contains("Warping a heddle"));
    assert!(
        story
            .ann
            .page("/c/weavers")
            .await
            .contains("Warping a heddle")
    );
}

#[tokio::test]
async fn an_id_that_is_too_long_is_replaced_by_a_digest() {
    let (story, topic, evil) = setup().await;
    let mut like = activity(&evil, "Like", 1, &json!(topic.ap_id()));
    like["id"] = json!(evil.at(&format!("/{}", "y".repeat(5_000))));
    let undo = activity(&evil, "Undo", 2, &like);
    for (named, likes) in [(&like, 1), (&like, 1), (&undo, 0)] {
        assert_eq!(send_text(&story, &evil, named.to_string()).await, 202);
        story.net.settle().await;
        let here = story.ann.find(topic.ap_id()).await.unwrap();
        assert_eq!(here.likes, likes, "{:?}", story.alpha.reasons().await);
    }
}

/// Returns the document with all ids moved to one host.
fn moved_to(host: &str, value: &Value) -> Value {
    let text = value.to_string();
    let mut parts = text.split("://");
    let mut moved = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['/', '"', '#', '?', ' ', '<', '\\']);
        moved.push_str("://");
        moved.push_str(host);
        moved.push_str(&part[end.unwrap_or(part.len())..]);
    }
    serde_json::from_str(&moved.replace("https://evil.test", "http://evil.test")).unwrap()
}

#[tokio::test]
async fn mutated_activities_are_handled() {
    let (story, topic, evil) = setup().await;
    let mut runner = TestRunner::deterministic();
    let (documents, mut sent) = (vocab::testing::mutated(), 0);
    for number in 0..200 {
        let document = documents.new_tree(&mut runner).unwrap().current();
        let mut document = moved_to("evil.test", &document);
        let Some(activity) = document.as_object_mut() else {
            continue;
        };
        // Some keys must be valid, or the activity is refused at once.
        activity.insert("actor".to_owned(), json!(evil.mallory()));
        activity.insert("id".to_owned(), json!(evil.at(&format!("/wrong/{number}"))));
        if let Some(Value::Object(object)) = activity.get_mut("object") {
            let id = evil.at(&format!("/wrong/{number}/object"));
            object.insert("id".to_owned(), json!(id));
            object.insert("attributedTo".to_owned(), json!(evil.mallory()));
            if number % 2 == 0 {
                object.insert("inReplyTo".to_owned(), json!(topic.ap_id()));
                object.insert("to".to_owned(), json!(PUBLIC));
            }
        }
        let status = send_text(&story, &evil, document.to_string()).await;
        assert!(matches!(status, 202 | 400), "{status} for {document}");
        sent += usize::from(status == 202);
    }
    story.net.settle().await;
    assert!(sent > 100, "{sent} were taken");
    let aside = story.alpha.set_aside().await;
    assert_eq!(
        (aside.jobs, aside.deliveries),
        (0, 0),
        "{:#?}",
        story.alpha.reasons().await
    );
    assert!(
        story
            .ann
            .page("/c/weavers")
            .await
            .contains("Warping a heddle")
    );
    let here = story.ann.find(topic.ap_id()).await.unwrap();
    story.ann.page(&format!("/p/{}", here.id)).await;
}

testkit::on_postgres_too! {
    values_of_any_type_are_handled
    an_id_that_is_too_long_is_replaced_by_a_digest
}
