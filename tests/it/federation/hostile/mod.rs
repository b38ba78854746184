//! Peers that mean no good: they forge, repeat, contradict, and lead astray. Each costs a refusal
//! or a bounded number of requests, and nothing is half-written.

mod astray;
mod bytes;
mod endless;
mod flood;
mod forged;
mod masks;
mod pasture;
mod socket;
mod tarpit;

use super::Weavers;
use serde_json::{Value, json};
use testkit::{Answer, Asked, Hostile, Seen};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

fn silent(_: &Asked) -> Option<Answer> {
    None
}

/// A reply of Mallory's, as Mastodon would send it.
fn note(evil: &Hostile, number: u32, to: &Seen) -> Value {
    json!({
        "id": evil.at(&format!("/notes/{number}")),
        "type": "Note",
        "attributedTo": evil.mallory(),
        "to": [PUBLIC],
        "cc": [evil.at("/u/mallory/followers")],
        "inReplyTo": to.ap_id(),
        "content": format!("<p>Note {number}</p>"),
        "published": "2026-01-01T00:00:00Z",
    })
}

fn activity(evil: &Hostile, kind: &str, number: u32, object: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": evil.at(&format!("/activities/{kind}/{number}")),
        "type": kind,
        "actor": evil.mallory(),
        "to": [PUBLIC],
        "object": object,
    })
}

/// The weavers, a topic of theirs, and a stranger.
async fn stage() -> (Weavers, Seen, Hostile) {
    let story = Weavers::gather().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", silent).await;
    let _ = story.net.wire_since();
    (story, topic, evil)
}
