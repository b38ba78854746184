//! Activities that any software may send, and their outcomes: the lines of the documentation without a
//! particular software. Each is sent by Mae, or by Gil of another server, in Ann's community.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::{ANN, WEAVERS};
use serde_json::{Value, json};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const MAE: &str = "https://mastodon.example/users/mae";
const GIL: &str = "https://gts.example/users/gil";
const NOTE: &str = "https://mastodon.example/users/mae/statuses/1150";
const UNKNOWN: &str = "https://mastodon.example/users/mae/statuses/7";

/// An activity and its outcome.
pub(super) fn lines() -> Vec<(Value, &'static str)> {
    let by = |actor: &str, kind: &str, object: Value| json!({ "type": kind, "actor": actor, "to": [PUBLIC], "object": object });
    let consent = "ignored: consent to quotes and features is not asked yet";
    let looked = "ignored: what somebody looked at is not kept";
    let note = json!({
        "id": NOTE, "type": "Note", "attributedTo": MAE, "to": [PUBLIC], "content": "<p>Buy.</p>",
    });
    let lone = json!({
        "id": format!("{UNKNOWN}/reply"), "type": "Note", "attributedTo": MAE, "to": [PUBLIC],
        "inReplyTo": UNKNOWN, "content": "<p>Twelve.</p>",
    });
    let mut quote = by(MAE, "QuoteRequest", json!("https://alpha.example/p/1"));
    quote["instrument"] = json!(NOTE);
    let mut lists = ["Add", "Remove"].map(|kind| by(MAE, kind, json!(NOTE)));
    for list in &mut lists {
        list["target"] = json!(format!("{MAE}/collections/featured"));
    }
    let [add, remove] = lists;
    let mut lines = vec![
        (
            by(GIL, "Update", note),
            "rejected: the author is somebody else",
        ),
        (by(MAE, "Create", lone), "ignored: nobody here follows"),
        (add, "ignored: its community will announce it"),
        (remove, "ignored: its community will announce it"),
        (
            by(MAE, "ChooseAnswer", json!(UNKNOWN)),
            "ignored: unknown object",
        ),
        (
            by(GIL, "Block", json!(ANN)),
            "ignored: blocks between people are kept by their own server",
        ),
        (quote, consent),
        (by(MAE, "FeatureRequest", json!(WEAVERS)), consent),
        (by(MAE, "Bite", json!(ANN)), "ignored: not supported: Bite"),
    ];
    for kind in ["View", "Listen", "Read", "Arrive", "Travel"] {
        lines.push((by(MAE, kind, json!(NOTE)), looked));
    }
    lines
}

#[tokio::test]
async fn what_any_software_may_send() {
    let network = FixtureNetwork::new().await;
    for file in ["mastodon/person", "gotosocial/person"] {
        network.publish(network.fixture(file, &[]));
    }
    let mention = super::mastodon::MASTODON.line("mastodon/create-note");
    assert_eq!(network.sent(mention).await, "done");
    network.part("mastodon/create-note");
    let (at, before) = mention.looks.unwrap();
    let (mut actual, mut wanted) = (Vec::new(), Vec::new());
    for (number, (mut activity, ends)) in lines().into_iter().enumerate() {
        let (kind, actor) = (activity["type"].clone(), activity["actor"].clone());
        activity["id"] = json!(format!("{}/{number}", actor.as_str().unwrap()));
        let activity = serde_json::from_str(&network.localize(&activity.to_string())).unwrap();
        let signer = if actor == MAE {
            "mastodon/person"
        } else {
            "gotosocial/person"
        };
        let ended = network.send(&network.fixture(signer, &[]), &activity).await;
        actual.push(format!("{kind} {ended}"));
        wanted.push(format!("{kind} {ends}"));
    }
    assert_eq!(actual, wanted);
    assert_eq!(network.looks(at).await, before);
    assert_eq!(network.looks(UNKNOWN).await, "not here");
}

testkit::on_postgres_too! {
    what_any_software_may_send
}
