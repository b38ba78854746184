//! Forged actor ids: a URL on evil.test serves a document with an id on beta.test, or redirects to one. A post
//! attributed to such a URL is refused, however it arrives.

use super::{PUBLIC, activity, note};
use crate::federation::Weavers;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{Hostile, LookupResult, PeerResponse, PostSnapshot, ReceivedRequest};

const BEA: &str = "http://beta.test/u/bea";
const DYERS: &str = "http://beta.test/c/dyers";
/// The paths of a document that claims to be Bea, and of a redirect to Bea.
const FORGED: [&str; 2] = ["/u/mask", "/u/detour"];

fn serve_forged(request: &ReceivedRequest) -> Option<PeerResponse> {
    let says = |id: &str, kind: &str| {
        Some(PeerResponse::activity(&json!({
            "id": id, "type": kind, "preferredUsername": "mask", "inbox": format!("{id}/inbox"),
        })))
    };
    match request.path.as_str() {
        "/u/mask" => says(BEA, "Person"),
        "/u/detour" => Some(PeerResponse::redirect(BEA)),
        "/c/mask" => says(DYERS, "Group"),
        _ => None,
    }
}

/// Builds the two instances, a thread, and a peer that serves forged actors.
async fn setup() -> (Weavers, PostSnapshot, Hostile) {
    let story = Weavers::new().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", serve_forged).await;
    (story, topic, evil)
}

/// Serves a reply by an actor on evil.test.
fn reply(evil: &Hostile, number: u32, by: &str, to: &str) -> Value {
    let reply = json!({
        "id": evil.at(&format!("/notes/{number}")), "type": "Note", "attributedTo": evil.at(by),
        "to": [PUBLIC], "inReplyTo": to, "content": format!("<p>Note {number}</p>"),
    });
    evil.publish(&reply);
    reply
}

/// Sends a Create of Mallory's to alpha.
async fn create(story: &Weavers, evil: &Hostile, number: u32, object: &Value) {
    let create = activity(evil, "Create", number, object);
    let signed = evil.signed_request(&story.alpha.at("/inbox"), &create);
    assert_eq!(story.net.send(signed).await.0, 202);
    story.net.settle().await;
}

/// Returns those of these notes that alpha has stored.
async fn stored(story: &Weavers, evil: &Hostile, notes: &[u32]) -> Vec<u32> {
    let mut stored = Vec::new();
    for number in notes {
        let id = evil.at(&format!("/notes/{number}"));
        if story.ann.find(&id).await.is_some() {
            stored.push(*number);
        }
    }
    stored
}

#[tokio::test]
async fn a_forwarded_activity_with_a_forged_author_is_refused() {
    let (story, topic, evil) = setup().await;
    for (number, forged) in (1..).zip(FORGED) {
        let post = reply(&evil, number, forged, topic.ap_id());
        let mut create = activity(&evil, "Create", number, &post["id"]);
        create["actor"] = json!(evil.at(forged));
        let signed = evil.signed_request(&story.alpha.at("/inbox"), &create);
        assert_eq!(story.net.send(signed).await.0, 202);
    }
    story.net.settle().await;
    let text = "ann@alpha.test: “Warping a heddle” What do you think?";
    let reasons = story.alpha.reasons().await;
    assert_eq!(story.ann.reads(&topic).await, text, "{reasons:?}");
    assert_eq!(story.bea.reads(&topic).await, text);
}

#[tokio::test]
async fn a_parent_with_a_forged_author_is_refused() {
    let (story, topic, evil) = setup().await;
    for (number, forged) in [(1, FORGED[0]), (3, FORGED[1])] {
        let above = reply(&evil, number, forged, topic.ap_id());
        let up = above["id"].as_str().unwrap();
        let mut below = reply(&evil, number + 1, "/u/mallory", up);
        below["cc"] = json!([story.weavers.ap_id]);
        create(&story, &evil, number, &below).await;
    }
    let reasons = story.alpha.reasons().await;
    let none: [u32; 0] = [];
    assert_eq!(
        stored(&story, &evil, &[1, 2, 3, 4]).await,
        none,
        "{reasons:?}"
    );
}

#[tokio::test]
async fn a_collection_member_with_a_forged_author_is_refused() {
    let (story, topic, evil) = setup().await;
    let mut above = reply(&evil, 1, "/u/mallory", topic.ap_id());
    let up = above["id"].as_str().unwrap().to_owned();
    let (replies, conversation) = (evil.at("/replies"), evil.at("/conversation"));
    above["replies"] = json!(replies);
    evil.publish(&above);
    let listed = |at: &str, numbers: [u32; 2]| {
        let items = [0, 1].map(|one| reply(&evil, numbers[one], FORGED[one], &up));
        evil.publish(&json!({ "id": at, "type": "OrderedCollection", "orderedItems": items }));
    };
    listed(&conversation, [3, 4]);
    listed(&replies, [5, 6]);
    let mut below = reply(&evil, 2, "/u/mallory", &up);
    below["cc"] = json!([story.weavers.ap_id]);
    below["context"] = json!(conversation);
    create(&story, &evil, 1, &below).await;
    let request = evil.requests();
    for at in ["/replies", "/conversation"] {
        assert!(request.iter().any(|request| request.path == at), "{at}");
    }
    assert_eq!(stored(&story, &evil, &[1, 2, 3, 4, 5, 6]).await, [1, 2]);
}

#[tokio::test]
async fn an_outbox_item_with_a_forged_author_is_refused() {
    let (story, _, evil) = setup().await;
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
        thread(2, FORGED[0]),
        thread(3, FORGED[1]),
    ];
    let outbox = format!("{id}/outbox");
    evil.publish(&json!({ "id": outbox, "type": "OrderedCollection", "orderedItems": items }));
    evil.publish(&json!({
        "id": id, "type": "Group", "preferredUsername": "liars",
        "inbox": format!("{id}/inbox"), "outbox": outbox,
    }));
    assert!(story.ann.look_up(&id).await.is_some());
    story.net.settle().await;
    assert_eq!(stored(&story, &evil, &[1, 2, 3]).await, [1]);
}

#[tokio::test]
async fn a_looked_up_post_with_a_forged_author_is_refused() {
    let (story, topic, evil) = setup().await;
    for (number, forged) in (1..).zip(FORGED) {
        let post = reply(&evil, number, forged, topic.ap_id());
        let at = post["id"].as_str().unwrap();
        assert_eq!(story.ann.look_up(at).await, None);
    }
    let none: [u32; 0] = [];
    assert_eq!(stored(&story, &evil, &[1, 2]).await, none);
    // A look-up by URL follows redirects: it finds Bea, with the data of beta.
    let bea = story.alpha.actor("bea@beta.test").await.unwrap();
    for forged in FORGED {
        let found = story.ann.look_up(&evil.at(forged)).await;
        assert_eq!(
            found,
            Some(testkit::LookupResult::Actor(bea.id)),
            "{forged}"
        );
    }
    let now = story.alpha.actor("bea@beta.test").await.unwrap();
    assert_eq!((now.name, now.inbox), (bea.name, bea.inbox));
}

#[tokio::test]
async fn a_later_forged_actor_document_does_not_change_the_actor() {
    let story = Weavers::new().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let is_on = Arc::new(AtomicBool::new(false));
    let on = Arc::clone(&is_on);
    let later = move |request: &ReceivedRequest| {
        let at = if request.path == "/u/mallory" && on.load(Ordering::SeqCst) {
            "/u/mask"
        } else {
            ""
        };
        serve_forged(&ReceivedRequest {
            path: at.to_owned(),
            ..request.clone()
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
async fn a_conversation_of_a_forged_community_is_not_attributed_to_it() {
    let (story, _, evil) = setup().await;
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
    assert!(
        evil.requests()
            .iter()
            .any(|request| request.path == "/c/mask")
    );
    let none: [String; 0] = [];
    assert_eq!(story.ann.threads(&dyers).await, none);
}

#[tokio::test]
async fn a_key_of_another_actor_cannot_be_claimed() {
    let (story, _, evil) = setup().await;
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
        let read = move |db: &mut store::Db| Ok(store::raw::actor::by_key_id(db, &key)?);
        let found = story.alpha.read(read).await;
        found.map(|(row, _)| row.ap_id)
    };
    assert_eq!(holder(&neighbours).await, None);
    assert_eq!(
        holder(&evil.at("/keys/odd")).await,
        Some(odd),
        "its document names the owner"
    );
}

testkit::on_postgres_too! {
    a_forwarded_activity_with_a_forged_author_is_refused
    a_parent_with_a_forged_author_is_refused
    a_collection_member_with_a_forged_author_is_refused
    an_outbox_item_with_a_forged_author_is_refused
    a_looked_up_post_with_a_forged_author_is_refused
    a_later_forged_actor_document_does_not_change_the_actor
    a_conversation_of_a_forged_community_is_not_attributed_to_it
    a_key_of_another_actor_cannot_be_claimed
}

/// A host whose WebFinger answers are about that account and name that actor.
async fn names(story: &Weavers, host: &'static str, account: &str, actor: &str) -> Hostile {
    let (account, actor) = (account.to_owned(), actor.to_owned());
    let answer = move |request: &ReceivedRequest| {
        asks_webfinger(request).then(|| descriptor(&account, &actor))
    };
    story.net.hostile(host, answer).await
}

fn asks_webfinger(request: &ReceivedRequest) -> bool {
    request.path.starts_with("/.well-known/webfinger")
}

fn descriptor(account: &str, actor: &str) -> PeerResponse {
    let descriptor = json!({
        "subject": format!("acct:{account}"),
        "links": [{ "rel": "self", "type": "application/activity+json", "href": actor }],
    });
    PeerResponse {
        headers: vec![("content-type", "application/jrd+json".to_owned())],
        ..PeerResponse::activity(&descriptor)
    }
}

/// Answers for Priya and for priya, of whom it makes two.
fn serve_two_of_one_name(request: &ReceivedRequest) -> Option<PeerResponse> {
    let names = ["Priya", "priya"];
    let name = names.iter().find(|name| request.path.contains(*name))?;
    let id = format!("http://evil.test/u/{name}");
    Some(match asks_webfinger(request) {
        true => descriptor(&format!("{name}@evil.test"), &id),
        false => PeerResponse::activity(&json!({
            "id": id, "type": "Person", "preferredUsername": name, "inbox": format!("{id}/inbox"),
        })),
    })
}

#[tokio::test]
async fn a_name_in_other_letters_is_nobody_else_s() {
    let story = Weavers::new().await;
    let _evil = story.net.hostile("evil.test", serve_two_of_one_name).await;
    let first = story.ann.look_up("@Priya@evil.test").await.unwrap();
    let second = story.ann.look_up("http://evil.test/u/priya").await.unwrap();
    assert_ne!(first, second);
    for typed in [
        "@Priya@evil.test",
        "@priya@evil.test",
        "PRIYA@evil.test",
        "http://evil.test/u/Priya",
    ] {
        assert_eq!(story.ann.look_up(typed).await, Some(first), "{typed}");
    }
    let LookupResult::Actor(second) = second else {
        panic!("{second:?}");
    };
    for (path, own, other) in [
        ("/u/Priya@evil.test", "/u/Priya", "/u/priya"),
        ("/u/priya@evil.test", "/u/Priya", "/u/priya"),
        (&*format!("/u/~{second}@evil.test"), "/u/priya", "/u/Priya"),
    ] {
        let page = story.ann.own_page(path).await;
        let links = |to: &str| page.contains(&format!("\"http://evil.test{to}\""));
        assert!(links(own) && !links(other), "{path}: {page}");
    }
    let text = "Ask @priya@evil.test about it.";
    let topic = story.ann.start_with(&story.weavers, "Warping", text).await;
    let mention = "href=\"http://evil.test/u/Priya\"";
    assert!(topic.html.contains(mention), "{}", topic.html);
}

#[tokio::test]
async fn a_host_passes_off_no_account_of_another() {
    let story = Weavers::new().await;
    // Its own actor, under a name of beta.
    let mallory = "http://evil.test/u/mallory";
    let evil = names(&story, "evil.test", "bea@beta.test", mallory).await;
    assert!(story.ann.look_up("@mallory@evil.test").await.is_none());
    assert!(story.ann.look_up("@bea@evil.test").await.is_none());
    let documents = evil.requests().into_iter();
    let documents = documents.filter(|request| request.path == "/u/mallory");
    assert_eq!(documents.count(), 0, "nothing of it is fetched");
    // Two hosts that refer to each other are asked once each.
    let one = names(
        &story,
        "one.test",
        "eve@two.test",
        "http://one.test/u/mallory",
    )
    .await;
    let two = names(
        &story,
        "two.test",
        "eve@one.test",
        "http://one.test/u/mallory",
    )
    .await;
    assert!(story.ann.look_up("@eve@one.test").await.is_none());
    assert_eq!((one.requests().len(), two.requests().len()), (1, 1));
    // Another address of Bea, as beta confirms.
    let _alias = names(&story, "alias.test", "bea@beta.test", BEA).await;
    assert!(story.ann.look_up("@bea@alias.test").await.is_some());
}
