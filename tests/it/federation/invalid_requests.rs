//! Requests without an activity, or with an unusual one: each gets the documented answer.

use super::Weavers;
use serde_json::{Value, json};
use testkit::{Hostile, ReceivedRequest, SignedRequest};

async fn setup() -> (Weavers, Hostile, String) {
    let story = Weavers::new().await;
    let evil = story
        .net
        .hostile("evil.test", |_: &ReceivedRequest| None)
        .await;
    let inbox = story.alpha.at("/inbox");
    (story, evil, inbox)
}

#[tokio::test]
async fn bodies_without_an_activity_are_refused() {
    let (story, evil, inbox) = setup().await;
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let deep = format!(
        r#"{{"id":"{}","type":"Create","actor":"{}","object":{deep}}}"#,
        evil.at("/1"),
        evil.mallory()
    );
    let cases: [(&str, Vec<u8>, &[u16]); 6] = [
        ("empty", Vec::new(), &[400]),
        ("words", b"hello".to_vec(), &[400]),
        ("a list", b"[1,2]".to_vec(), &[400]),
        ("not UTF-8", vec![0xff, 0xfe, 0x00], &[400]),
        ("40 deep", deep.into_bytes(), &[400]),
        ("too large", vec![b' '; (1 << 20) + 1], &[413]),
    ];
    for (name, body, statuses) in cases {
        let (status, words) = story.net.send(evil.signed_bytes(&inbox, body)).await;
        assert!(statuses.contains(&status), "{name}: {status} {words}");
    }
    let unsigned = SignedRequest {
        headers: Default::default(),
        ..evil.signed_request(&inbox, &json!({ "type": "Like", "actor": evil.mallory() }))
    };
    assert_eq!(story.net.send(unsigned).await.0, 401);
    story.net.settle().await;
    story.net.assert_quiet();
}

#[tokio::test]
async fn activities_with_invalid_or_missing_parts_are_handled() {
    let (story, evil, inbox) = setup().await;
    let mallory = evil.mallory();
    let odd: Vec<Value> = vec![
        json!({ "id": evil.at("/1"), "type": "Juggle", "actor": mallory, "object": "x" }),
        json!({ "id": evil.at("/2"), "type": "Create", "actor": mallory }),
        json!({ "id": evil.at("/3"), "type": "Create", "actor": mallory, "object": { "type": "Note" } }),
        json!({ "id": evil.at("/4"), "type": "Create", "actor": mallory, "object": 17 }),
        json!({ "id": evil.at("/5"), "type": "Like", "actor": mallory, "object": null }),
        json!({ "id": evil.at("/6"), "type": "Undo", "actor": mallory, "object": { "type": "Undo", "object": {} } }),
        json!({ "id": evil.at("/7"), "type": "Follow", "actor": mallory, "object": "not a url" }),
        json!({ "id": evil.at("/8"), "type": "Follow", "actor": mallory, "object": "http://alpha.test/c/nobody" }),
        json!({ "id": evil.at("/9"), "type": ["Create", "Juggle"], "actor": mallory, "object": [] }),
        json!({ "id": evil.at("/10"), "type": "Accept", "actor": mallory, "object": "http://alpha.test/follows/1" }),
        json!({ "id": evil.at("/11"), "type": "Delete", "actor": mallory, "object": "http://nowhere.test/u/x" }),
        json!({ "id": evil.at("/12"), "type": "Announce", "actor": mallory, "object": { "type": "Announce", "object": { "type": "Announce" } } }),
        json!({ "type": "Update", "actor": mallory, "object": evil.at("/notes/1") }),
    ];
    for activity in odd {
        let (status, words) = story.net.send(evil.signed_request(&inbox, &activity)).await;
        assert!(
            matches!(status, 202 | 400 | 404),
            "{activity}: {status} {words}"
        );
    }
    story.net.settle().await;
    assert_eq!(story.ann.threads(&story.weavers).await, [""; 0]);
}

#[tokio::test]
async fn deletes_of_unknown_actors_cause_no_fetch() {
    let (story, evil, inbox) = setup().await;
    let gone = evil.mallory();
    let delete = json!({ "id": format!("{gone}#delete"), "type": "Delete", "actor": gone, "object": gone, "to": ["as:Public"] });
    let (status, _) = story.net.send(evil.signed_request(&inbox, &delete)).await;
    assert_eq!(status, 202);
    story.net.settle().await;
    assert_eq!(evil.requests(), []);
}
