//! Ownership: a community that announces, lists or converses about a thread that does not name it owns
//! nothing, takes nothing, and removes nothing.

use super::PUBLIC;
use model::peer::policy::Severity;
use serde_json::{Value, json};
use testkit::{Hostile, Instance, Network, Person, PostSnapshot};

/// Alpha, where Ann is; `good.test`, whose community owns a thread; `evil.test`, whose community wants it.
struct Theft {
    net: Network,
    alpha: Instance,
    ann: Person,
    good: Hostile,
    evil: Hostile,
}

impl Theft {
    /// Ann follows the communities at the given hosts.
    async fn new(follows: &[&str]) -> Self {
        let net = Network::new();
        let alpha = net.instance("alpha.test").await;
        let ann = alpha.person("ann").await;
        let good = net.hostile("good.test", |_| None).await;
        let evil = net.hostile("evil.test", |_| None).await;
        for peer in [&good, &evil] {
            peer.publish(&group(peer));
        }
        for host in follows {
            ann.look_up(&format!("http://{host}/c/group"))
                .await
                .expect("found");
            ann.follow(&format!("!group@{host}")).await;
        }
        net.settle().await;
        Self {
            net,
            alpha,
            ann,
            good,
            evil,
        }
    }

    /// Sends an activity of a group, signed with its key.
    async fn as_group(&self, peer: &Hostile, kind: &str, number: u32, object: &Value) {
        let actor = peer.at("/c/group");
        let activity = json!({
            "id": peer.at(&format!("/activities/{kind}/{number}")), "type": kind, "actor": actor,
            "to": [PUBLIC], "cc": [format!("{actor}/followers")], "object": object,
        });
        self.send(peer, "/c/group", &activity).await;
    }

    async fn send(&self, peer: &Hostile, actor: &str, activity: &Value) {
        let key_id = format!("{}#main-key", peer.at(actor));
        let signed = peer.signed_request_as(&key_id, &self.alpha.at("/inbox"), activity);
        assert_eq!(self.net.send(signed).await.0, 202, "{activity}");
        self.net.settle().await;
    }

    async fn thread(&self) -> Option<PostSnapshot> {
        self.ann.find(&self.good.at("/notes/1")).await
    }

    async fn place(&self) -> Option<String> {
        self.thread().await.expect("taken in").community
    }

    /// Whether a community's list shows the thread.
    async fn is_listed(&self, host: &str) -> bool {
        let list = self.ann.page(&format!("/c/group@{host}/discussions")).await;
        list.contains("Indigo")
    }
}

fn group(peer: &Hostile) -> Value {
    let id = peer.at("/c/group");
    json!({
        "id": id, "type": "Group", "preferredUsername": "group", "name": "Group",
        "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"), "attributedTo": format!("{id}/moderators"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": peer.pem() },
    })
}

/// A thread at `good.test` by an author there.
fn page(good: &Hostile, audience: Option<&str>) -> Value {
    let to: Vec<&str> = [PUBLIC].into_iter().chain(audience).collect();
    json!({
        "id": good.at("/notes/1"), "type": "Page", "name": "Indigo", "content": "<p>How?</p>",
        "attributedTo": good.mallory(), "to": to, "audience": audience,
    })
}

/// A collection at a peer that its group owns, or its outbox.
fn list(peer: &Hostile, path: &str, items: &[String]) -> Value {
    json!({
        "id": peer.at(path), "type": "OrderedCollection", "attributedTo": peer.at("/c/group"),
        "totalItems": items.len(), "orderedItems": items,
    })
}

const GOOD: Option<&str> = Some("group@good.test");

#[tokio::test]
async fn a_thief_that_announces_first_does_not_own_the_thread() {
    let theft = Theft::new(&["good.test", "evil.test"]).await;
    let (good, evil) = (&theft.good, &theft.evil);
    good.publish(&page(good, Some(&good.at("/c/group"))));
    let id = json!(good.at("/notes/1"));
    theft.as_group(evil, "Announce", 1, &id).await;
    assert_ne!(theft.place().await.as_deref(), Some("group@evil.test"));
    theft.as_group(good, "Announce", 1, &id).await;
    assert_eq!(theft.place().await.as_deref(), GOOD);
    assert!(theft.is_listed("good.test").await);

    theft.as_group(evil, "Delete", 2, &id).await;
    assert!(
        !theft.thread().await.unwrap().deleted,
        "{:?}",
        theft.alpha.reasons().await
    );
    theft.as_group(evil, "Undo", 3, &json!({
        "id": evil.at("/activities/other"), "type": "Announce", "actor": evil.at("/c/group"), "object": id,
    })).await;
    assert!(theft.is_listed("good.test").await);
    assert!(!theft.is_listed("evil.test").await);
}

#[tokio::test]
async fn the_community_that_a_thread_names_elsewhere_gets_it_when_it_says_so() {
    let theft = Theft::new(&["good.test", "evil.test"]).await;
    // The thread is on a third server, so that no origin speaks for it.
    let third = theft.net.hostile("third.test", |_| None).await;
    let mut thread = page(&third, Some(&theft.good.at("/c/group")));
    thread["id"] = json!(third.at("/notes/1"));
    third.publish(&thread);
    let id = json!(third.at("/notes/1"));
    theft.as_group(&theft.evil, "Announce", 1, &id).await;
    let taken = theft.ann.find(&third.at("/notes/1")).await.expect("shared");
    assert_eq!(taken.community, None, "until its community says so");
    assert!(theft.is_listed("evil.test").await);
    theft.as_group(&theft.good, "Announce", 1, &id).await;
    let taken = theft.ann.find(&third.at("/notes/1")).await.unwrap();
    assert_eq!(taken.community.as_deref(), GOOD);
}

#[tokio::test]
async fn the_owner_of_a_conversation_that_a_note_names_owns_no_thread() {
    let theft = Theft::new(&[]).await;
    let (good, evil) = (&theft.good, &theft.evil);
    good.publish(&page(good, None));
    evil.publish(&list(evil, "/context", &[good.at("/notes/1")]));
    let mention = async |number: u32| {
        let note = json!({
            "id": evil.at(&format!("/notes/{number}")), "type": "Note", "attributedTo": evil.mallory(),
            "content": "<p>Look</p>", "inReplyTo": good.at("/notes/1"), "context": evil.at("/context"),
            "to": [PUBLIC], "tag": [{ "type": "Mention", "href": theft.ann.ap_id() }],
        });
        evil.publish(&note);
        let create = json!({
            "id": evil.at(&format!("/activities/{number}")), "type": "Create", "actor": evil.mallory(),
            "to": [PUBLIC], "object": note,
        });
        theft.send(evil, "/u/mallory", &create).await;
    };
    mention(8).await;
    let taken = theft.thread().await.and_then(|thread| thread.community);
    assert_eq!(taken, None);
    theft
        .ann
        .look_up(&good.at("/notes/1"))
        .await
        .expect("found");
    mention(9).await;
    assert_eq!(theft.place().await, None);
    let reply = theft
        .ann
        .reply(&theft.thread().await.unwrap(), "With woad.")
        .await;
    theft.net.settle().await;
    for (number, id) in [(1, good.at("/notes/1")), (2, reply.ap_id().to_owned())] {
        theft.as_group(evil, "Delete", number, &json!(id)).await;
        let post = theft.ann.find(&id).await.unwrap();
        assert!(
            !post.deleted && !post.html.is_empty(),
            "{:?}",
            theft.alpha.reasons().await
        );
    }
}

#[tokio::test]
async fn a_personal_post_stays_its_authors_whoever_announces_it() {
    let theft = Theft::new(&["evil.test"]).await;
    let (good, evil) = (&theft.good, &theft.evil);
    good.publish(&page(good, None));
    theft
        .ann
        .look_up(&good.at("/notes/1"))
        .await
        .expect("found");
    theft.net.settle().await;
    theft
        .as_group(evil, "Announce", 1, &json!(good.at("/notes/1")))
        .await;
    assert_eq!(theft.place().await, None);
    assert!(theft.is_listed("evil.test").await, "shared, at most");
    theft
        .as_group(evil, "Delete", 2, &json!(good.at("/notes/1")))
        .await;
    assert!(!theft.thread().await.unwrap().deleted);
}

#[tokio::test]
async fn announcing_a_reply_takes_no_thread() {
    let theft = Theft::new(&["evil.test"]).await;
    let (good, evil) = (&theft.good, &theft.evil);
    good.publish(&page(good, None));
    let reply = json!({
        "id": evil.at("/notes/2"), "type": "Note", "attributedTo": evil.mallory(), "content": "<p>Mine</p>",
        "inReplyTo": good.at("/notes/1"), "audience": evil.at("/c/group"), "to": [PUBLIC, evil.at("/c/group")],
    });
    evil.publish(&reply);
    let create = json!({
        "id": evil.at("/activities/2"), "type": "Create", "actor": evil.mallory(), "to": [PUBLIC], "object": reply,
    });
    theft.as_group(evil, "Announce", 1, &create).await;
    assert_eq!(theft.place().await, None);
}

/// What may happen to a thread that names the good community.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    ThiefAnnounces,
    OwnerAnnounces,
    ThreadIsLookedUp,
    ThiefIsLookedUp,
}

#[tokio::test]
async fn in_whatever_order_things_happen_the_place_is_the_same() {
    use Step::{OwnerAnnounces, ThiefAnnounces, ThiefIsLookedUp, ThreadIsLookedUp};
    let all = [
        ThiefAnnounces,
        OwnerAnnounces,
        ThreadIsLookedUp,
        ThiefIsLookedUp,
    ];
    for first in 0..all.len() {
        for turned in [false, true] {
            let mut steps = all.to_vec();
            steps.rotate_left(first);
            if turned {
                steps.reverse();
            }
            let theft = Theft::new(&["good.test"]).await;
            let (good, evil) = (&theft.good, &theft.evil);
            good.publish(&page(good, Some(&good.at("/c/group"))));
            let id = good.at("/notes/1");
            evil.publish(&list(evil, "/c/group/outbox", std::slice::from_ref(&id)));
            for step in &steps {
                match step {
                    ThiefAnnounces => theft.as_group(evil, "Announce", 1, &json!(id)).await,
                    OwnerAnnounces => theft.as_group(good, "Announce", 1, &json!(id)).await,
                    ThreadIsLookedUp => assert!(theft.ann.look_up(&id).await.is_some()),
                    ThiefIsLookedUp => {
                        assert!(theft.ann.look_up(&evil.at("/c/group")).await.is_some());
                        theft.ann.follow("!group@evil.test").await;
                    }
                }
                theft.net.settle().await;
            }
            assert_eq!(theft.place().await.as_deref(), GOOD, "{steps:?}");
        }
    }
}

#[tokio::test]
async fn blocking_the_thief_hides_nothing_of_others() {
    let theft = Theft::new(&["good.test", "evil.test"]).await;
    let (good, evil) = (&theft.good, &theft.evil);
    good.publish(&page(good, Some(&good.at("/c/group"))));
    for (peer, number) in [(evil, 1), (good, 1)] {
        theft
            .as_group(peer, "Announce", number, &json!(good.at("/notes/1")))
            .await;
    }
    theft.alpha.rule("evil.test", Severity::Block).await;
    theft.net.settle().await;
    assert!(theft.is_listed("good.test").await);
}

#[tokio::test]
async fn a_moderator_elsewhere_takes_a_reply_out_and_puts_it_back_whole() {
    let theft = Theft::new(&["good.test"]).await;
    let good = &theft.good;
    good.publish(&page(good, Some(&good.at("/c/group"))));
    theft
        .as_group(good, "Announce", 1, &json!(good.at("/notes/1")))
        .await;
    let thread = theft.thread().await.unwrap();
    let reply = theft.ann.reply(&thread, "With woad, in spring.").await;
    theft.net.settle().await;
    let removal = json!({
        "id": good.at("/activities/removal"), "type": "Delete", "actor": good.at("/c/group"), "to": [PUBLIC],
        "object": reply.ap_id(), "summary": "By mistake",
    });
    theft.send(good, "/c/group", &removal).await;
    let whole = theft.ann.reads(&thread).await;
    assert!(!whole.contains("woad"), "{whole}");
    assert!(
        theft
            .ann
            .find(reply.ap_id())
            .await
            .unwrap()
            .html
            .contains("woad"),
        "kept for its author"
    );
    theft.as_group(good, "Undo", 3, &removal).await;
    let whole = theft.ann.reads(&thread).await;
    assert!(
        whole.contains("With woad, in spring."),
        "{whole} {:?}",
        theft.alpha.reasons().await
    );
}

#[tokio::test]
async fn a_topic_that_its_category_no_longer_announces_leaves_it() {
    let theft = Theft::new(&["good.test"]).await;
    let good = &theft.good;
    good.publish(&page(good, Some(&good.at("/c/group"))));
    let id = json!(good.at("/notes/1"));
    theft.as_group(good, "Announce", 1, &id).await;
    assert!(theft.is_listed("good.test").await);
    // As NodeBB does when a moderator deletes a topic: under an id that no Announce had.
    let undo = json!({
        "id": good.at("/post/1#activity/announce/cid/5"), "type": "Announce",
        "actor": good.at("/c/group"), "to": [PUBLIC], "object": id,
    });
    theft.as_group(good, "Undo", 2, &undo).await;
    assert!(
        !theft.is_listed("good.test").await,
        "{:?}",
        theft.alpha.reasons().await
    );
    assert!(!theft.thread().await.unwrap().deleted);
    theft.as_group(good, "Announce", 4, &id).await;
    assert!(theft.is_listed("good.test").await);
}
