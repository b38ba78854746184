//! Follows across instances, and a reply in both directions, on both databases.

use super::{Weavers, assert_same_lines};
use serde_json::json;
use testkit::{Hostile, Network, ReceivedRequest};

#[tokio::test]
async fn a_reply_travels_home_and_out_again() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let ann = alpha.person("ann").await;
    let weavers = ann.found_community("weavers").await;
    let bea = beta.person("bea").await;
    bea.follow("!weavers@alpha.test").await;
    net.settle().await;
    assert_eq!(
        net.wire_since(),
        ["beta→alpha Follow", "alpha→beta Accept(Follow)"]
    );
    assert_eq!(bea.follows("!weavers@alpha.test").await, Some(true));

    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let seen = bea.find(topic.ap_id()).await.expect("announced to beta");
    assert_eq!(seen.author, "ann@alpha.test");
    assert_eq!(seen.community.as_deref(), Some("weavers@alpha.test"));

    bea.reply(&seen, "Use a *warping peg*.").await;
    net.settle().await;
    let both = "ann@alpha.test: “Warping a heddle” What do you think?\n  bea@beta.test: Use a warping peg.";
    assert_eq!(ann.reads(&topic).await, both);
    assert_eq!(bea.reads(&topic).await, both);
    for reader in [&ann, &bea] {
        let page = reader
            .page(&format!(
                "/p/{}",
                reader.find(topic.ap_id()).await.unwrap().id
            ))
            .await;
        assert!(
            page.contains("Warping a heddle") && page.contains("<em>warping peg</em>"),
            "{page}"
        );
    }
    assert_eq!(
        ann.notices().await,
        ["follow by bea@beta.test", "reply by bea@beta.test"]
    );
    assert_same_lines(
        net.wire(),
        &[
            "alpha→beta Announce(Create(Page))",
            "alpha→beta Announce",
            "beta→alpha Create(Note)",
            "alpha→beta Announce(Create(Note))",
        ],
    );
    net.assert_quiet();
}

#[tokio::test]
async fn after_an_unfollow_nothing_is_delivered() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    bea.unfollow("!weavers@alpha.test").await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["beta→alpha Undo(Follow)"]);
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    assert_eq!(net.wire(), [""; 0]);
    assert_eq!(bea.find(topic.ap_id()).await, None);
    net.assert_quiet();
}

#[tokio::test]
async fn a_person_can_be_followed() {
    let Weavers { net, ann, bea, .. } = Weavers::new().await;
    ann.follow("@bea@beta.test").await;
    net.settle().await;
    assert_eq!(
        net.wire_since(),
        ["alpha→beta Follow", "beta→alpha Accept(Follow)"]
    );
    assert_eq!(ann.follows("@bea@beta.test").await, Some(true));
    assert_eq!(bea.notices().await, ["follow by ann@alpha.test"]);
    net.assert_quiet();
}

#[tokio::test]
async fn a_follow_of_an_unreachable_peer_is_queued() {
    let Weavers {
        net, alpha, beta, ..
    } = Weavers::new().await;
    let bob = beta.person("bob").await;
    alpha.go_down();
    bob.follow("!weavers@alpha.test").await;
    net.settle().await;
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(false));
    let peer = beta.peer("alpha.test").await.unwrap();
    assert_eq!(peer.failures, 1);

    alpha.come_back();
    net.advance(10);
    net.settle().await;
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(true));
    assert_eq!(beta.peer("alpha.test").await.unwrap().failures, 0);
    assert_eq!(
        net.wire(),
        ["beta→alpha Follow", "alpha→beta Accept(Follow)"]
    );
    net.assert_quiet();
}

#[tokio::test]
async fn an_unanswered_follow_is_sent_again_after_a_day() {
    let Weavers {
        net, alpha, beta, ..
    } = Weavers::new().await;
    let bob = beta.person("bob").await;
    alpha.refuse_with(Some(202));
    bob.follow("!weavers@alpha.test").await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["beta→alpha Follow"]);
    alpha.refuse_with(None);
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(false));

    net.advance(86_400 + 3_600);
    net.settle().await;
    assert_eq!(
        net.wire(),
        ["beta→alpha Follow", "alpha→beta Accept(Follow)"]
    );
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(true));
}

/// Returns a group of a peer, and how many `Follow` the peer got.
fn follows_received(peer: &testkit::Hostile) -> usize {
    let follows = |request: &&ReceivedRequest| request.body.contains("\"type\":\"Follow\"");
    peer.requests().iter().filter(follows).count()
}

#[tokio::test]
async fn a_follow_without_an_answer_is_requested_again_until_the_community_announces() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let lemmy = net.hostile("lemmy.test", |_: &ReceivedRequest| None).await;
    let (group, public) = (
        lemmy.at("/c/dialogue"),
        "https://www.w3.org/ns/activitystreams#Public",
    );
    let mut document = json!({
        "id": group, "type": "Group", "preferredUsername": "dialogue", "inbox": lemmy.at("/inbox"),
    });
    document["publicKey"] = json!({
        "id": format!("{group}#main-key"), "owner": group, "publicKeyPem": lemmy.pem(),
    });
    lemmy.publish(&document);
    ann.follow(&group).await;
    net.settle().await;
    assert_eq!(follows_received(&lemmy), 1);
    for (seconds, wanted) in [(100, 2), (100, 2), (120, 3), (1_600, 4), (3_600, 4)] {
        net.advance(seconds);
        net.settle().await;
        assert_eq!(follows_received(&lemmy), wanted, "after {seconds} more");
    }
    assert_eq!(ann.follows("!dialogue@lemmy.test").await, Some(false));

    // A post that only names the group is taken from its author all the same.
    let page = lemmy.at("/post/1");
    let create = |by: &str| {
        json!({
            "id": format!("{page}#create"), "type": "Create", "actor": by, "to": [public], "object": {
                "id": page, "type": "Page", "name": "Listening", "content": "In pairs.",
                "attributedTo": by, "to": [public, group], "audience": group,
            },
        })
    };
    let announce = json!({
        "id": lemmy.at("/announces/1"), "type": "Announce", "actor": group, "to": [public],
        "object": create(&lemmy.mallory()),
    });
    let key = format!("{group}#main-key");
    let signed = lemmy.signed_request_as(&key, &alpha.at("/inbox"), &announce);
    assert_eq!(net.send(signed).await.0, 202);
    net.settle().await;
    assert_eq!(
        ann.follows("!dialogue@lemmy.test").await,
        Some(true),
        "it counts as the Accept"
    );
    assert!(
        ann.find(&page).await.is_some(),
        "{:?}",
        alpha.reasons().await
    );
    net.advance(2 * 86_400);
    net.settle().await;
    assert_eq!(follows_received(&lemmy), 4);
}

#[tokio::test]
async fn a_request_to_follow_a_group_keeps_nothing_from_the_followers_of_an_author() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let (ann, alex) = (alpha.person("ann").await, alpha.person("alex").await);
    let blog = net.hostile("blog.test", |_: &ReceivedRequest| None).await;
    let (group, public) = (
        blog.at("/c/blog"),
        "https://www.w3.org/ns/activitystreams#Public",
    );
    blog.publish(&json!({
        "id": group, "type": "Group", "preferredUsername": "blog", "inbox": blog.at("/inbox"),
    }));
    alex.follow(&blog.mallory()).await;
    net.settle().await;
    let follow = blog
        .requests()
        .into_iter()
        .find(|request| request.body.contains("Follow"));
    let follow: serde_json::Value = serde_json::from_str(&follow.unwrap().body).unwrap();
    let accept = json!({
        "id": blog.at("/accepts/1"), "type": "Accept", "actor": blog.mallory(), "object": follow,
    });
    let send = async |activity: serde_json::Value| {
        let signed = blog.signed_request(&alpha.at("/inbox"), &activity);
        assert_eq!(net.send(signed).await.0, 202);
        net.settle().await;
    };
    send(accept).await;
    ann.follow(&group).await;
    net.settle().await;
    let note = blog.at("/posts/1");
    send(json!({
        "id": format!("{note}#create"), "type": "Create", "actor": blog.mallory(), "to": [public],
        "object": {
            "id": note, "type": "Note", "content": "Wool.", "attributedTo": blog.mallory(),
            "to": [public], "cc": [group], "audience": group,
        },
    }))
    .await;
    assert!(
        alex.find(&note).await.is_some(),
        "{:?}",
        alpha.reasons().await
    );
}

testkit::on_postgres_too! {
    a_reply_travels_home_and_out_again
    after_an_unfollow_nothing_is_delivered
    a_person_can_be_followed
    a_follow_of_an_unreachable_peer_is_queued
    an_unanswered_follow_is_sent_again_after_a_day
}

/// A community on another server, which is private there or not, as its document says.
struct Lemmy {
    peer: Hostile,
    id: String,
}

impl Lemmy {
    async fn new(story: &Weavers) -> Self {
        let peer = story.net.hostile("lemmy.test", |_| None).await;
        let id = peer.at("/c/closed");
        Self { peer, id }
    }

    /// Lemmy says by `manuallyApprovesFollowers` that what is posted is for members only.
    fn describe(&self, private: bool) {
        let (id, pem) = (&self.id, self.peer.pem());
        self.peer.publish(&json!({
            "id": id, "type": "Group", "preferredUsername": "closed",
            "manuallyApprovesFollowers": private, "inbox": format!("{id}/inbox"),
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pem },
        }));
    }

    /// Tells that its document has changed.
    async fn update(&self, story: &Weavers, number: u32) {
        let update = json!({
            "id": self.peer.at(&format!("/updates/{number}")), "type": "Update",
            "actor": self.id, "object": self.id,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
        });
        let (key, inbox) = (format!("{}#main-key", self.id), story.alpha.at("/inbox"));
        let signed = self.peer.signed_request_as(&key, &inbox, &update);
        assert_eq!(story.net.send(signed).await.0, 202);
        story.net.settle().await;
    }
}

const THREADS: &str = "/communities/closed@lemmy.test/threads";
const FOLLOW: &str = "/follows/!closed@lemmy.test";

#[tokio::test]
async fn a_community_that_is_private_elsewhere_is_not_followed_or_written_in() {
    let story = Weavers::new().await;
    let lemmy = Lemmy::new(&story).await;
    lemmy.describe(true);
    story.ann.look_up(&lemmy.id).await.expect("found");
    story.net.settle().await;
    let page = story.ann.page("/c/closed@lemmy.test").await;
    assert!(page.contains("Private: only for members"), "{page}");
    assert!(!page.contains("/c/closed@lemmy.test/follow"), "{page}");
    assert!(!page.contains("/c/closed@lemmy.test/new"), "{page}");
    let thread = json!({ "title": "For members", "body": "Only.", "lang": "en" });
    let (status, body) = story.ann.call_api("POST", THREADS, thread.clone()).await;
    assert!(
        status == 403 && body.contains("private-elsewhere"),
        "{status} {body}"
    );
    assert_eq!(story.ann.call_api("PUT", FOLLOW, json!({})).await.0, 403);
    story.net.settle().await;
    let sent = lemmy.peer.requests().into_iter();
    let sent = sent.filter(|asked| !asked.body.is_empty());
    assert_eq!(sent.count(), 0, "nothing leaves this server");

    // It opens: what it was is not held against it.
    lemmy.describe(false);
    lemmy.update(&story, 1).await;
    assert_eq!(story.ann.call_api("POST", THREADS, thread).await.0, 201);
}

#[tokio::test]
async fn a_community_that_becomes_private_is_left() {
    let story = Weavers::new().await;
    let lemmy = Lemmy::new(&story).await;
    lemmy.describe(false);
    story.ann.look_up(&lemmy.id).await.expect("found");
    let thread = json!({ "title": "For all", "body": "All.", "lang": "en" });
    let (status, written) = story.ann.call_api("POST", THREADS, thread).await;
    assert_eq!(status, 201, "{written}");
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(story.ann.call_api("PUT", FOLLOW, json!({})).await.0, 200);
    assert_eq!(story.ann.follows("!closed@lemmy.test").await, Some(false));
    story.net.settle().await;

    lemmy.describe(true);
    story.net.advance(3_700);
    lemmy.update(&story, 2).await;
    assert_eq!(story.ann.follows("!closed@lemmy.test").await, None);
    let edit = json!({ "title": "Changed", "body": "Changed.", "lang": "en" });
    let path = format!("/posts/{}", written["id"].as_str().unwrap());
    assert_eq!(story.ann.call_api("PUT", &path, edit).await.0, 403);
    let asked = lemmy.peer.requests().into_iter();
    let mut asked = asked.filter(|asked| asked.body.contains("\"Undo\""));
    assert!(asked.next().is_some(), "its server is told");
}
