//! Hostile peers: they forge, replay, contradict and redirect. Each is refused or causes a bounded number of
//! requests, and no partial state is written.

mod flood;
mod forged_activities;
mod forged_ids;
mod invalid_documents;
mod object_variations;
mod ownership;
mod raw_requests;
mod redirects;
mod unbounded;
mod unresponsive;

use super::Weavers;
use serde_json::{Value, json};
use testkit::{Hostile, PeerResponse, PostSnapshot, ReceivedRequest};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

fn silent(_: &ReceivedRequest) -> Option<PeerResponse> {
    None
}

/// Builds a reply of Mallory's in Mastodon's format.
fn note(evil: &Hostile, number: u32, to: &PostSnapshot) -> Value {
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

/// Builds the two instances, a thread, and a hostile peer.
async fn setup() -> (Weavers, PostSnapshot, Hostile) {
    let story = Weavers::new().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", silent).await;
    let _ = story.net.wire_since();
    (story, topic, evil)
}
