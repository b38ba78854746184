//! Requests to other servers that strangers, or a text, cause.

use crate::federation::Weavers;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Hostile, PeerResponse, ReceivedRequest};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Serves a thread for each note: a collection that names 60 posts of the victim.
fn threads(asked: &ReceivedRequest) -> Option<PeerResponse> {
    let number = asked.path.strip_prefix("/contexts/")?;
    let items: Vec<String> = (0..60)
        .map(|n| format!("http://victim.test/{number}/{n}"))
        .collect();
    Some(PeerResponse::activity(&json!({
        "id": format!("http://evil.test/contexts/{number}"), "type": "OrderedCollection",
        "attributedTo": "http://evil.test/c/ring", "orderedItems": items,
    })))
}

/// Publishes a community with the key that signs everything there.
fn publish_group(evil: &Hostile) -> String {
    let id = evil.at("/c/ring");
    evil.publish(&json!({
        "id": id, "type": "Group", "preferredUsername": "ring",
        "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": evil.pem() },
    }));
    id
}

fn note(evil: &Hostile, group: &str, number: u32) -> Value {
    json!({
        "id": evil.at(&format!("/notes/{number}")), "type": "Note",
        "attributedTo": evil.mallory(), "to": [PUBLIC], "cc": [group], "audience": group,
        "context": evil.at(&format!("/contexts/{number}")), "content": format!("Note {number}"),
        "inReplyTo": format!("http://victim.test/{number}"),
    })
}

#[tokio::test]
async fn an_announce_of_many_things_costs_no_more_than_one() {
    let story = Weavers::new().await;
    let evil = story.net.hostile("evil.test", threads).await;
    let victim = story
        .net
        .hostile("victim.test", |_: &ReceivedRequest| {
            Some(PeerResponse::status(404))
        })
        .await;
    let group = publish_group(&evil);
    story.ann.look_up(&group).await.expect("found");
    story.ann.follow("!ring@evil.test").await;
    story.net.settle().await;
    let mut follow = evil.requests().into_iter();
    let follow = follow.rfind(|asked| asked.body.contains("\"Follow\""));
    let follow: Value = serde_json::from_str(&follow.expect("a Follow").body).unwrap();
    let key = format!("{group}#main-key");
    let send = |activity: Value| {
        let signed = evil.signed_request_as(&key, &story.alpha.at("/inbox"), &activity);
        story.net.send(signed)
    };
    let accept = json!({
        "id": evil.at("/accepts/1"), "type": "Accept", "actor": group, "object": follow,
    });
    assert_eq!(send(accept).await.0, 202);
    story.net.settle().await;
    let before = evil.requests().len();
    let notes: Vec<Value> = (0..50).map(|number| note(&evil, &group, number)).collect();
    let announce = json!({
        "id": evil.at("/announces/1"), "type": "Announce", "actor": group,
        "to": [PUBLIC], "cc": [format!("{group}/followers")], "object": notes,
    });
    assert_eq!(send(announce).await.0, 202);
    story.net.settle().await;
    let (theirs, others) = (evil.requests().len() - before, victim.requests().len());
    let reasons = story.alpha.reasons().await;
    assert!(others > 0, "{reasons:?}");
    assert!(theirs + others <= 50, "{theirs} and {others} requests");
}

#[tokio::test]
async fn a_text_that_names_people_on_servers_that_hang_is_published() {
    let story = Weavers::new().await;
    let hang = |_: &ReceivedRequest| {
        Some(PeerResponse {
            after: Duration::from_secs(3_600),
            ..PeerResponse::status(200)
        })
    };
    let _tar = story.net.hostile("tar0.test", hang).await;
    let mut text = "Do you know".to_owned();
    for number in 0..6 {
        let host = format!("tar{number}.test");
        if number > 0 {
            story.net.also(&host, "tar0.test");
        }
        text.push_str(&format!(" @ann@{host}"));
    }
    let body = json!({ "title": "Six names", "body": text, "lang": "en" });
    let (status, answer) = story
        .ann
        .call_api("POST", "/communities/weavers/threads", body)
        .await;
    assert_eq!(status, 201, "{answer}");
    assert!(answer.contains("@ann@tar5.test"), "{answer}");
}

#[tokio::test]
async fn all_activities_signed_with_a_new_key_are_accepted_while_it_is_fetched() {
    let story = Weavers::new().await;
    let peer = story
        .net
        .hostile("peer.test", |_: &ReceivedRequest| None)
        .await;
    let inbox = story.alpha.at("/inbox");
    let like = |number: u32| {
        json!({
            "id": peer.at(&format!("/likes/{number}")), "type": "Like", "actor": peer.mallory(),
            "object": story.ann.ap_id(),
        })
    };
    let first = peer.signed_request(&inbox, &like(0));
    assert_eq!(story.net.send(first).await.0, 202);
    peer.rotate_key(1);
    let before = peer.requests().len();
    let mut sending = tokio::task::JoinSet::new();
    for number in 1..=20 {
        let signed = peer.signed_request(&inbox, &like(number));
        sending.spawn(signed.send(story.alpha.addr()));
    }
    for (status, words) in sending.join_all().await {
        assert_eq!(status, 202, "{words}");
    }
    let asked = peer.requests().len() - before;
    assert!(asked <= 3, "{asked} requests for one new key");
}

#[tokio::test]
async fn a_like_by_an_unknown_community_fetches_only_its_document() {
    let story = Weavers::new().await;
    let topic = story.ann.start_discussion(&story.weavers, "Wool").await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", |_| None).await;
    let group = publish_group(&evil);
    evil.publish(&json!({
        "id": format!("{group}/outbox"), "type": "OrderedCollection",
        "orderedItems": [evil.at("/notes/1"), evil.at("/notes/2")],
    }));
    let like = json!({
        "id": evil.at("/likes/1"), "type": "Like", "actor": group, "object": topic.ap_id(),
    });
    let key = format!("{group}#main-key");
    let signed = evil.signed_request_as(&key, &story.alpha.at("/inbox"), &like);
    assert_eq!(story.net.send(signed).await.0, 202);
    story.net.settle().await;
    let asked = |evil: &Hostile| -> Vec<String> {
        evil.requests()
            .into_iter()
            .map(|asked| asked.path)
            .collect()
    };
    let seen = asked(&evil);
    assert!(
        seen.len() <= 2 && seen.iter().all(|path| path == "/c/ring"),
        "{seen:?}"
    );
    // Its threads are fetched once somebody here asks for it.
    story.ann.look_up(&group).await.expect("found");
    story.net.settle().await;
    assert!(
        asked(&evil).contains(&"/c/ring/outbox".to_owned()),
        "{:?}",
        asked(&evil)
    );
    let count = asked(&evil).len();
    story.ann.look_up(&group).await.expect("found");
    story.net.settle().await;
    assert_eq!(
        asked(&evil).len(),
        count,
        "a second look-up fetches nothing again"
    );
}

#[tokio::test]
async fn a_stranger_adds_a_limited_number_of_posts_to_a_community() {
    let story = Weavers::new().await;
    let topic = story.ann.start_discussion(&story.weavers, "Wool").await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", |_| None).await;
    let reply = |number: usize, length: usize| {
        let note = json!({
            "id": evil.at(&format!("/notes/{number}")), "type": "Note",
            "attributedTo": evil.mallory(), "to": [PUBLIC], "inReplyTo": topic.ap_id(),
            "content": format!("<p>{}</p>", "wool ".repeat(length)),
        });
        let create = json!({
            "id": evil.at(&format!("/creates/{number}")), "type": "Create",
            "actor": evil.mallory(), "to": [PUBLIC], "object": note,
        });
        evil.signed_request(&story.alpha.at("/inbox"), &create)
    };
    let replies = async || story.ann.find(topic.ap_id()).await.unwrap().replies;
    let (ann, weavers) = (story.ann.id(), story.weavers.ap_id.clone());
    let allow = async |posts: i64| {
        let weavers = weavers.clone();
        let set = move |tx: &mut domain::Tx<'_>| {
            let group = store::raw::actor::by_ap_id(tx.db, &weavers)?.expect("weavers");
            domain::community::set_posts_per_hour(tx, ann, group.id, posts)
        };
        story.alpha.ops().write(set).await.unwrap();
    };
    let limit = 10;
    allow(10).await;
    assert_eq!(story.net.send(reply(1_000, 50_000)).await.0, 202);
    story.net.settle().await;
    assert_eq!(replies().await, 0, "longer than anybody may write here");
    for number in 0..limit + 5_usize {
        assert_eq!(story.net.send(reply(number, 1)).await.0, 202);
    }
    story.net.settle().await;
    assert_eq!(usize::try_from(replies().await).unwrap(), limit);
    // An hour later there is room again, and its facilitators may choose another limit.
    story.net.advance(3_601);
    allow(2).await;
    for number in limit + 5..limit + 10 {
        assert_eq!(story.net.send(reply(number, 1)).await.0, 202);
    }
    story.net.settle().await;
    assert_eq!(usize::try_from(replies().await).unwrap(), limit + 2);
}

#[tokio::test]
async fn many_authors_of_one_server_have_a_limit_together() {
    const ALLOWED: usize = 2;
    let story = Weavers::new().await;
    let topic = story.ann.start_discussion(&story.weavers, "Wool").await;
    story.net.settle().await;
    let (ann, weavers) = (story.ann.id(), story.weavers.ap_id.clone());
    let limit = move |tx: &mut domain::Tx<'_>| {
        let group = store::raw::actor::by_ap_id(tx.db, &weavers)?.expect("weavers");
        domain::community::set_posts_per_hour(tx, ann, group.id, 2)
    };
    story.alpha.ops().write(limit).await.unwrap();
    let reply_by_each = async |peer: &Hostile, authors: usize| {
        for number in 0..authors {
            let author = peer.at(&format!("/u/author{number}"));
            peer.publish(&json!({
                "id": author, "type": "Person", "preferredUsername": format!("author{number}"),
                "inbox": format!("{author}/inbox"),
                "publicKey": {
                    "id": format!("{author}#main-key"), "owner": author, "publicKeyPem": peer.pem(),
                },
            }));
            let note = json!({
                "id": peer.at(&format!("/notes/{number}")), "type": "Note", "attributedTo": author,
                "to": [PUBLIC], "inReplyTo": topic.ap_id(), "content": "<p>wool</p>",
            });
            let create = json!({
                "id": peer.at(&format!("/creates/{number}")), "type": "Create", "actor": author,
                "to": [PUBLIC], "object": note,
            });
            let key = format!("{author}#main-key");
            let signed = peer.signed_request_as(&key, &story.alpha.at("/inbox"), &create);
            assert_eq!(story.net.send(signed).await.0, 202);
        }
        story.net.settle().await;
    };
    let replies = async || {
        let replies = story.ann.find(topic.ap_id()).await.unwrap().replies;
        usize::try_from(replies).unwrap()
    };
    let evil = story.net.hostile("evil.test", |_| None).await;
    reply_by_each(&evil, 25).await;
    assert_eq!(replies().await, 10 * ALLOWED);
    let good = story.net.hostile("good.test", |_| None).await;
    reply_by_each(&good, 1).await;
    assert_eq!(
        replies().await,
        10 * ALLOWED + 1,
        "another server is not held to it"
    );
}

#[tokio::test]
async fn strangers_have_an_actor_asked_for_once_a_minute() {
    let story = Weavers::new().await;
    let topic = story.ann.start_discussion(&story.weavers, "Wool").await;
    story.net.settle().await;
    let good = story
        .net
        .hostile("good.test", |_: &ReceivedRequest| None)
        .await;
    let evil = story
        .net
        .hostile("evil.test", |_: &ReceivedRequest| None)
        .await;
    let inbox = story.alpha.at("/inbox");
    let like = json!({
        "id": good.at("/likes/1"), "type": "Like", "actor": good.mallory(), "object": topic.ap_id(),
    });
    let known = good.signed_request(&inbox, &like);
    assert_eq!(story.net.send(known).await.0, 202);
    story.net.settle().await;
    let person = json!({ "id": good.mallory(), "type": "Person" });
    let send = async |kind: &str, number: u32, object: &Value| {
        let said = json!({
            "id": evil.at(&format!("/{kind}/{number}")), "type": kind, "actor": evil.mallory(),
            "to": [PUBLIC], "object": object,
        });
        let signed = evil.signed_request(&inbox, &said);
        assert_eq!(story.net.send(signed).await.0, 202);
    };
    let before = good.requests().len();
    for number in 0..30 {
        send("Update", number, &person).await;
        send("Delete", number, &person).await;
        send("Delete", number + 100, &json!(good.mallory())).await;
    }
    story.net.settle().await;
    let asked = good.requests().len() - before;
    assert_eq!(asked, 1, "for ninety activities");
    story.net.advance(60);
    for number in 200..230 {
        send("Delete", number, &person).await;
    }
    story.net.settle().await;
    assert_eq!(good.requests().len() - before, 2);
    let still = story.alpha.actor("@mallory@good.test").await;
    assert!(still.is_some_and(|row| row.state == model::ActorState::Active));
}
