//! Actors who say that they are somebody else: an address at evil.test under which there is a
//! document with an id of beta's, or a redirect to one. What is written under such an address is
//! nobody's, by whichever way it comes.

use super::{PUBLIC, activity, note};
use crate::federation::Weavers;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{Answer, Asked, Hostile, Seen};

const BEA: &str = "http://beta.test/u/bea";
const DYERS: &str = "http://beta.test/c/dyers";
/// Says that it is Bea, and leads to Bea.
const MASKS: [&str; 2] = ["/u/mask", "/u/detour"];

fn masked(asked: &Asked) -> Option<Answer> {
    let says = |id: &str, kind: &str| {
        Some(Answer::activity(&json!({
            "id": id, "type": kind, "preferredUsername": "mask", "inbox": format!("{id}/inbox"),
        })))
    };
    match asked.path.as_str() {
        "/u/mask" => says(BEA, "Person"),
        "/u/detour" => Some(Answer::redirect(BEA)),
        "/c/mask" => says(DYERS, "Group"),
        _ => None,
    }
}

/// The weavers, a topic of theirs, and a stranger with masks.
async fn masquerade() -> (Weavers, Seen, Hostile) {
    let story = Weavers::gather().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", masked).await;
    (story, topic, evil)
}

/// A reply that somebody at evil.test has written, served there.
fn reply(evil: &Hostile, number: u32, by: &str, to: &str) -> Value {
    let reply = json!({
        "id": evil.at(&format!("/notes/{number}")), "type": "Note", "attributedTo": evil.at(by),
        "to": [PUBLIC], "inReplyTo": to, "content": format!("<p>Note {number}</p>"),
    });
    evil.publish(&reply);
    reply
}

/// Mallory sends a Create to alpha.
async fn create(story: &Weavers, evil: &Hostile, number: u32, object: &Value) {
    let create = activity(evil, "Create", number, object);
    let letter = evil.letter(&story.alpha.at("/inbox"), &create);
    assert_eq!(story.net.send(letter).await.0, 202);
    story.net.settle().await;
}

/// Of these notes of evil.test's, those that alpha has.
async fn here(story: &Weavers, evil: &Hostile, notes: &[u32]) -> Vec<u32> {
    let mut here = Vec::new();
    for number in notes {
        let id = evil.at(&format!("/notes/{number}"));
        if story.ann.find(&id).await.is_some() {
            here.push(*number);
        }
    }
    here
}

#[tokio::test]
async fn a_forwarded_word_is_not_hers() {
    let (story, topic, evil) = masquerade().await;
    for (number, mask) in (1..).zip(MASKS) {
        let words = reply(&evil, number, mask, topic.ap_id());
        let mut create = activity(&evil, "Create", number, &words["id"]);
        create["actor"] = json!(evil.at(mask));
        let letter = evil.letter(&story.alpha.at("/inbox"), &create);
        assert_eq!(story.net.send(letter).await.0, 202);
    }
    story.net.settle().await;
    let text = "ann@alpha.test: “Warping a heddle” What do you think?";
    let reasons = story.alpha.reasons().await;
    assert_eq!(story.ann.reads(&topic).await, text, "{reasons:?}");
    assert_eq!(story.bea.reads(&topic).await, text);
}

#[tokio::test]
async fn a_word_above_anothers_is_not_hers() {
    let (story, topic, evil) = masquerade().await;
    for (number, mask) in [(1, MASKS[0]), (3, MASKS[1])] {
        let above = reply(&evil, number, mask, topic.ap_id());
        let up = above["id"].as_str().unwrap();
        let mut below = reply(&evil, number + 1, "/u/mallory", up);
        below["cc"] = json!([story.weavers.ap_id]);
        create(&story, &evil, number, &below).await;
    }
    let reasons = story.alpha.reasons().await;
    let none: [u32; 0] = [];
    assert_eq!(
        here(&story, &evil, &[1, 2, 3, 4]).await,
        none,
        "{reasons:?}"
    );
}

#[tokio::test]
async fn a_word_in_a_conversation_or_among_replies_is_not_hers() {
    let (story, topic, evil) = masquerade().await;
    let mut above = reply(&evil, 1, "/u/mallory", topic.ap_id());
    let up = above["id"].as_str().unwrap().to_owned();
    let (replies, conversation) = (evil.at("/replies"), evil.at("/conversation"));
    above["replies"] = json!(replies);
    evil.publish(&above);
    let listed = |at: &str, numbers: [u32; 2]| {
        let items = [0, 1].map(|one| reply(&evil, numbers[one], MASKS[one], &up));
        evil.publish(&json!({ "id": at, "type": "OrderedCollection", "orderedItems": items }));
    };
    listed(&conversation, [3, 4]);
    listed(&replies, [5, 6]);
    let mut below = reply(&evil, 2, "/u/mallory", &up);
    below["cc"] = json!([story.weavers.ap_id]);
    below["context"] = json!(conversation);
    create(&story, &evil, 1, &below).await;
    let asked = evil.asked();
    for at in ["/replies", "/conversation"] {
        assert!(asked.iter().any(|asked| asked.path == at), "{at}");
    }
    assert_eq!(here(&story, &evil, &[1, 2, 3, 4, 5, 6]).await, [1, 2]);
}

#[tokio::test]
async fn a_word_in_an_outbox_is_not_hers() {
    let (story, _, evil) = masquerade().await;
    let id = evil.at("/c/liars");
    let thread = |number: u32, by: &str| {
        let mut thread = reply(&evil, number, by, "");
        thread.as_object_mut().unwrap().remove("inReplyTo");
        thread["audience"] = json!(id);
        thread["cc"] = json!([id]);
        evil.publish(&thread);
        activity(&evil, "Create", number, &thread)
    };
    let items = [
        thread(1, "/u/mallory"),
        thread(2, MASKS[0]),
        thread(3, MASKS[1]),
    ];
    let outbox = format!("{id}/outbox");
    evil.publish(&json!({ "id": outbox, "type": "OrderedCollection", "orderedItems": items }));
    evil.publish(&json!({
        "id": id, "type": "Group", "preferredUsername": "liars",
        "inbox": format!("{id}/inbox"), "outbox": outbox,
    }));
    assert!(story.ann.look_up(&id).await.is_some());
    story.net.settle().await;
    assert_eq!(here(&story, &evil, &[1, 2, 3]).await, [1]);
}

#[tokio::test]
async fn a_word_that_somebody_looks_up_is_not_hers() {
    let (story, topic, evil) = masquerade().await;
    for (number, mask) in (1..).zip(MASKS) {
        let words = reply(&evil, number, mask, topic.ap_id());
        let at = words["id"].as_str().unwrap();
        assert_eq!(story.ann.look_up(at).await, None);
    }
    let none: [u32; 0] = [];
    assert_eq!(here(&story, &evil, &[1, 2]).await, none);
    // Whoever looks an address up means whatever it leads to: here Bea, as beta describes her.
    let bea = story.alpha.actor("bea@beta.test").await.unwrap();
    for mask in MASKS {
        let found = story.ann.look_up(&evil.at(mask)).await;
        assert_eq!(found, Some(testkit::Found::Actor(bea.id)), "{mask}");
    }
    let now = story.alpha.actor("bea@beta.test").await.unwrap();
    assert_eq!((now.name, now.inbox), (bea.name, bea.inbox));
}

#[tokio::test]
async fn who_puts_a_mask_on_later_still_speaks_for_themselves() {
    let story = Weavers::gather().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let is_on = Arc::new(AtomicBool::new(false));
    let on = Arc::clone(&is_on);
    let later = move |asked: &Asked| {
        let at = if asked.path == "/u/mallory" && on.load(Ordering::SeqCst) {
            "/u/mask"
        } else {
            ""
        };
        masked(&Asked {
            path: at.to_owned(),
            ..asked.clone()
        })
    };
    let evil = story.net.hostile("evil.test", later).await;
    create(&story, &evil, 1, &note(&evil, 1, &topic)).await;
    story.net.advance(2 * 86_400);
    is_on.store(true, Ordering::SeqCst);
    create(&story, &evil, 2, &note(&evil, 2, &topic)).await;
    let text = "ann@alpha.test: “Warping a heddle” What do you think?
  mallory@evil.test: Note 1
  mallory@evil.test: Note 2";
    assert_eq!(story.ann.reads(&topic).await, text);
}

#[tokio::test]
async fn a_conversation_is_no_communitys_that_is_only_named_by_a_mask() {
    let (story, _, evil) = masquerade().await;
    let dyers = story.bea.found_community("dyers").await;
    story.ann.follow("!dyers@beta.test").await;
    story.net.settle().await;
    let mut thread = reply(&evil, 1, "/u/mallory", "");
    thread.as_object_mut().unwrap().remove("inReplyTo");
    evil.publish(&thread);
    let at = evil.at("/conversation");
    evil.publish(&json!({
        "id": at, "type": "OrderedCollection", "attributedTo": evil.at("/c/mask"),
        "orderedItems": [thread],
    }));
    let mut below = reply(&evil, 2, "/u/mallory", thread["id"].as_str().unwrap());
    below["cc"] = json!([story.weavers.ap_id]);
    below["context"] = json!(at);
    create(&story, &evil, 1, &below).await;
    assert!(evil.asked().iter().any(|asked| asked.path == "/c/mask"));
    let none: [String; 0] = [];
    assert_eq!(story.ann.threads(&dyers).await, none);
}

#[tokio::test]
async fn a_neighbours_key_is_nobodys_to_claim() {
    let (story, _, evil) = masquerade().await;
    let actor = |name: &str, key: &str| {
        let id = evil.at(&format!("/u/{name}"));
        let key = json!({ "id": key, "owner": id, "publicKeyPem": evil.pem() });
        evil.publish(&json!({
            "id": id, "type": "Person", "preferredUsername": name,
            "inbox": format!("{id}/inbox"), "publicKey": key,
        }));
        (id, key)
    };
    let neighbours = format!("{}#main-key", evil.mallory());
    let (thief, _) = actor("thief", &neighbours);
    let (odd, key) = actor("odd", &evil.at("/keys/odd"));
    evil.publish(&key);
    for id in [&thief, &odd] {
        assert!(story.ann.look_up(id).await.is_some());
    }
    let holder = async |key: &str| {
        let key = key.to_owned();
        let read = move |db: &mut store::Db| Ok(store::actor::by_key_id(db, &key)?);
        let found = story.alpha.read(read).await;
        found.map(|(row, _)| row.ap_id)
    };
    assert_eq!(holder(&neighbours).await, None);
    assert_eq!(
        holder(&evil.at("/keys/odd")).await,
        Some(odd),
        "its document says whose it is"
    );
}

testkit::on_postgres_too! {
    a_forwarded_word_is_not_hers
    a_word_above_anothers_is_not_hers
    a_word_in_a_conversation_or_among_replies_is_not_hers
    a_word_in_an_outbox_is_not_hers
    a_word_that_somebody_looks_up_is_not_hers
    who_puts_a_mask_on_later_still_speaks_for_themselves
    a_conversation_is_no_communitys_that_is_only_named_by_a_mask
    a_neighbours_key_is_nobodys_to_claim
}
