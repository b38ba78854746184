//! Completing a thread from a reply: what is fetched, in which order, and the limits.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::ANN;
use serde_json::{Value, json};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const MAE: &str = "https://mastodon.example/users/mae";

/// The reason when a thread exceeds the budget of fetches.
pub(super) const TOO_MANY_DOCUMENTS: &str = "rejected: it needs too many documents";

fn at(number: usize) -> String {
    format!("https://mastodon.example/notes/{number}")
}

/// Builds a Note of Mae's that replies to another.
fn note(number: usize, parent: Option<usize>, more: &Value) -> Value {
    let mut note = json!({
        "id": at(number), "type": "Note", "attributedTo": MAE, "to": [PUBLIC], "cc": [ANN],
        "inReplyTo": parent.map(at), "content": format!("<p>Note {number}</p>"),
        "tag": [{ "type": "Mention", "href": ANN, "name": "@ann@alpha.example" }],
    });
    for (key, value) in more.as_object().unwrap() {
        note[key] = value.clone();
    }
    note
}

struct Story {
    network: FixtureNetwork,
    person: Value,
}

impl Story {
    async fn begin() -> Self {
        let network = FixtureNetwork::new().await;
        let person = network.fixture("mastodon/person", &[]);
        network.publish(person.clone());
        Self { network, person }
    }

    fn serve(&self, document: &Value) {
        let text = self.network.localize(&document.to_string());
        self.network.publish(serde_json::from_str(&text).unwrap());
    }

    /// Sends a new Note of Mae's; returns the outcome.
    async fn send_note(&self, note: &Value) -> String {
        let create = json!({ "id": format!("{}/create", note["id"].as_str().unwrap()), "type": "Create", "actor": MAE, "to": [PUBLIC], "object": note });
        let create: Value =
            serde_json::from_str(&self.network.localize(&create.to_string())).unwrap();
        self.network.send(&self.person, &create).await
    }

    /// Returns the numbers of the notes that the instance has.
    async fn present_notes(&self, of: usize) -> Vec<usize> {
        let mut present_notes = Vec::new();
        for number in 0..of {
            if self.network.looks(&at(number)).await != "not here" {
                present_notes.push(number);
            }
        }
        present_notes
    }

    /// Returns the number of requests to Mae's server.
    fn fetched(&self) -> usize {
        self.network.asked("mastodon.example")
    }
}

#[tokio::test]
async fn a_conversation_collection_with_a_loop_of_pages() {
    let story = Story::begin().await;
    let context = "https://mastodon.example/contexts/1";
    let in_it = json!({ "context": context });
    for number in 0..4_usize {
        let parent = number.checked_sub(1);
        story.serve(&note(number, parent, &in_it));
    }
    let page = |n: usize, items: Value, next: &str| json!({ "id": format!("{context}?page={n}"), "type": "OrderedCollectionPage", "partOf": context, "next": next, "orderedItems": items });
    let first = format!("{context}?page=1");
    let second = format!("{context}?page=2");
    story.serve(
        &json!({ "id": context, "type": "OrderedCollection", "attributedTo": MAE, "first": first }),
    );
    story.serve(&page(1, json!([at(0), note(1, Some(0), &in_it)]), &second));
    story.serve(&page(2, json!([at(2), at(4)]), &first));
    let ended = story.send_note(&note(4, Some(2), &in_it)).await;
    assert_eq!(ended, "done");
    assert_eq!(
        story.present_notes(5).await,
        [0, 1, 2, 4],
        "3 is not in the collection"
    );
    assert_eq!(
        story.network.ann.notices().await,
        ["mention by mae@mastodon.example"]
    );
}

#[tokio::test]
async fn a_conversation_without_a_collection_is_fetched_from_its_root() {
    let story = Story::begin().await;
    let replies = "https://mastodon.example/notes/0/replies";
    story.serve(&note(0, None, &json!({ "replies": replies })));
    for number in 1..4 {
        story.serve(&note(number, Some(0), &json!({})));
    }
    story.serve(&json!({ "id": replies, "type": "Collection", "items": [at(1), at(2), at(3)] }));
    let ended = story
        .send_note(&note(
            4,
            Some(1),
            &json!({ "context": "https://mastodon.example/nowhere" }),
        ))
        .await;
    assert_eq!(ended, "done");
    assert_eq!(story.present_notes(5).await, [0, 1, 2, 3, 4]);
    assert_eq!(
        story.network.ann.notices().await.len(),
        1,
        "only the news is told"
    );
}

#[tokio::test]
async fn an_endless_conversation_costs_a_bounded_number_of_fetches() {
    let story = Story::begin().await;
    let context = "https://mastodon.example/contexts/9";
    let in_it = json!({ "context": context });
    let all: Vec<String> = (0..200).map(at).collect();
    story.serve(&json!({ "id": context, "type": "OrderedCollection", "orderedItems": all }));
    for number in 0..200_usize {
        story.serve(&note(number, number.checked_sub(1), &in_it));
    }
    let ended = story.send_note(&note(200, Some(199), &in_it)).await;
    assert_eq!(ended, TOO_MANY_DOCUMENTS);
    assert!(story.fetched() <= 32, "{}", story.fetched());
}
