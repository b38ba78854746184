//! Peers that refuse single activities, or never answer them: only what is about the same waits, and a form
//! of Announce that a peer refuses is not sent there again.

use super::Weavers;
use super::delivery::follows;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Community, Hostile, PeerResponse, PostSnapshot, ReceivedRequest};

/// A follower of the community that records what it accepted.
struct PickyFollower {
    peer: Hostile,
    accepted: Arc<Mutex<Vec<String>>>,
}

impl PickyFollower {
    /// Builds a follower; `refuse` returns the response with which it refuses an activity.
    async fn follows(
        instances: &Weavers,
        host: &str,
        refuse: impl Fn(&str) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> Self {
        Self::running(instances, host, None, refuse).await
    }

    /// Builds a follower whose NodeInfo names its software.
    async fn running(
        instances: &Weavers,
        host: &str,
        software: Option<&'static str>,
        refuse: impl Fn(&str) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> Self {
        let accepted: Arc<Mutex<Vec<String>>> = Arc::default();
        let accepts = Arc::clone(&accepted);
        let info = format!("http://{host}/nodeinfo/2.1");
        let answer = move |request: &ReceivedRequest| {
            if request.method == "GET" {
                return software.and_then(|name| node_info(&info, name, &request.path));
            }
            let activity = form(&serde_json::from_str(&request.body).unwrap());
            let refusal = refuse(&activity);
            if refusal.is_none() {
                accepts.lock().unwrap().push(activity);
            }
            refusal
        };
        let peer = instances.net.hostile(host, answer).await;
        let Weavers {
            net,
            alpha,
            weavers,
            ..
        } = instances;
        follows(net, alpha, weavers, &peer).await;
        accepted.lock().unwrap().clear();
        Self { peer, accepted }
    }

    /// Returns what it accepted since the last call, in order.
    fn accepted(&self) -> Vec<String> {
        std::mem::take(&mut *self.accepted.lock().unwrap())
    }

    /// Returns how many requests of this form it got.
    fn requests(&self, wanted: &str) -> usize {
        let posts = self.peer.requests().into_iter();
        let forms = posts
            .filter(|request| request.method == "POST")
            .map(|request| form(&serde_json::from_str(&request.body).unwrap()));
        forms.filter(|form| form == wanted).count()
    }

    /// Lets its actor reply to a thread.
    async fn replies(&self, instances: &Weavers, thread: &PostSnapshot, number: u32) {
        let note = self.peer.at(&format!("/notes/{number}"));
        let public = "https://www.w3.org/ns/activitystreams#Public";
        let create = json!({
            "id": format!("{note}#create"), "type": "Create", "actor": self.peer.mallory(), "to": [public],
            "object": {
                "id": note, "type": "Note", "attributedTo": self.peer.mallory(), "to": [public],
                "inReplyTo": thread.ap_id(), "content": format!("Reply {number}"),
            },
        });
        let inbox = instances.alpha.at("/inbox");
        let signed = self.peer.signed_request(&inbox, &create);
        assert_eq!(instances.net.send(signed).await.0, 202);
        instances.net.settle().await;
    }
}

/// Names an activity and what it contains: `Announce(Create(Page))`, `Undo(Announce(id))`.
fn form(activity: &Value) -> String {
    match activity["type"].as_str() {
        Some(kind) if activity["object"].is_null() => kind.to_owned(),
        Some(kind) => format!("{kind}({})", form(&activity["object"])),
        None => "id".to_owned(),
    }
}

/// Serves the two documents of NodeInfo.
fn node_info(at: &str, software: &str, path: &str) -> Option<PeerResponse> {
    let rel = "http://nodeinfo.diaspora.software/ns/schema/2.1";
    let document = match path {
        "/.well-known/nodeinfo" => json!({ "links": [{ "rel": rel, "href": at }] }),
        "/nodeinfo/2.1" => json!({
            "version": "2.1", "software": { "name": software, "version": "1.0" },
            "protocols": ["activitypub"], "usage": {}, "openRegistrations": false,
        }),
        _ => return None,
    };
    Some(PeerResponse {
        headers: vec![("content-type", "application/json".to_owned())],
        ..PeerResponse::activity(&document)
    })
}

/// Lets Ann write, Bea like it, and Ann take it away, without a pause.
async fn a_busy_thread(instances: &Weavers) {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = instances;
    let topic = ann.start_discussion(weavers, "Warping").await;
    net.settle().await;
    bea.like(&topic).await;
    net.settle().await;
    ann.reply(&topic, "A peg.").await;
    net.settle().await;
    ann.edit(&topic, "By hand").await;
    net.settle().await;
    ann.delete(&topic).await;
    net.settle().await;
}

/// Everything of the busy thread but its Announce by id and the like.
const THE_REST: &[&str] = &[
    "Announce(Create(Page))",
    "Announce(Create(Note))",
    "Update(Page)",
    "Announce(Update(Page))",
    "Delete(id)",
    "Announce(Delete(id))",
    // The Announce that it undoes waited, and is withdrawn with the thread.
    "Undo(Announce(id))",
];

#[tokio::test]
async fn what_one_peer_refuses_delays_nothing_else() {
    let instances = Weavers::new().await;
    let mut followers = Vec::new();
    for status in [400, 404, 424, 500] {
        let refuse = move |form: &str| {
            let refuse = matches!(form, "Announce(id)" | "Announce(Like(id))");
            refuse.then(|| PeerResponse::status(status))
        };
        let host = format!("refuses{status}.test");
        followers.push(PickyFollower::follows(&instances, &host, refuse).await);
    }
    a_busy_thread(&instances).await;
    for follower in &followers {
        assert_eq!(follower.accepted(), THE_REST, "{}", follower.peer.at(""));
    }
    for follower in &followers {
        let host = follower.peer.at("");
        let host = host.trim_start_matches("http://");
        assert_eq!(instances.alpha.peer(host).await.unwrap().failures, 0);
    }
    let waits = instances
        .alpha
        .read(|db| {
            let newest = model::DeliveryId(i64::MAX);
            let state = model::peer::DeliveryState::Waiting;
            Ok(store::queue::delivery::list(db, state, newest, 99)?)
        })
        .await;
    let now = instances.net.now();
    let is_told = |row: &store::row::Delivery| row.last_error.is_some() && row.next_at > now;
    assert!(waits.len() >= 4, "{waits:?}");
    assert!(
        waits.iter().all(|(row, ..)| is_told(row)),
        "why and until when: {waits:?}"
    );
    instances.net.advance(31);
    instances.net.settle().await;
    for follower in followers.iter().take(3) {
        // The author deleted the thread: its Announce is not repeated.
        assert!(follower.accepted().is_empty());
        assert_eq!(follower.requests("Announce(id)"), 1);
    }
}

#[tokio::test]
async fn an_activity_that_is_never_answered_delays_nothing() {
    let instances = Weavers::new().await;
    let hang = |form: &str| {
        (form == "Announce(id)").then(|| PeerResponse {
            after: Duration::from_secs(3_600),
            ..PeerResponse::status(202)
        })
    };
    let follower = PickyFollower::follows(&instances, "hangs.test", hang).await;
    a_busy_thread(&instances).await;
    let mut all = THE_REST.to_vec();
    all.insert(1, "Announce(Like(id))");
    assert_eq!(follower.accepted(), all);
    let peer = instances.alpha.peer("hangs.test").await.unwrap();
    assert_eq!(peer.failures, 0, "it is not left alone");
}

#[tokio::test]
async fn a_form_that_a_peer_refused_three_times_is_not_sent_there() {
    let instances = Weavers::new().await;
    let refuse = |form: &str| (form == "Announce(id)").then(|| PeerResponse::status(400));
    let follower = PickyFollower::follows(&instances, "picky.test", refuse).await;
    for n in 0..5 {
        let title = format!("Fleece {n}");
        let Weavers { ann, weavers, .. } = &instances;
        ann.start_discussion(weavers, &title).await;
        instances.net.settle().await;
        instances.net.advance(31);
        instances.net.settle().await;
    }
    assert_eq!(follower.accepted(), ["Announce(Create(Page))"; 5]);
    assert_eq!(follower.requests("Announce(id)"), 3 * 2);
    assert_eq!(instances.alpha.set_aside().await.deliveries, 3);
}

#[tokio::test]
async fn software_that_refuses_a_form_is_not_sent_it() {
    let instances = Weavers::new().await;
    let lemmy = |_: &str| None;
    let lemmy = PickyFollower::running(&instances, "lemmy.test", Some("lemmy"), lemmy).await;
    let other = PickyFollower::follows(&instances, "other.test", |_: &str| None).await;
    let software = instances.alpha.peer("lemmy.test").await.unwrap().software;
    assert_eq!(software.as_deref(), Some("lemmy"), "asked when it follows");
    let Weavers {
        net, ann, weavers, ..
    } = &instances;
    let topic = ann.start_discussion(weavers, "Warping").await;
    net.settle().await;
    assert_eq!(lemmy.accepted(), ["Announce(Create(Page))"]);
    assert_eq!(other.accepted(), ["Announce(Create(Page))", "Announce(id)"]);

    lemmy.replies(&instances, &topic, 1).await;
    assert_eq!(lemmy.accepted(), [""; 0], "it has its own reply");
    assert_eq!(other.accepted(), ["Announce(Create(Note))"]);
    other.replies(&instances, &topic, 2).await;
    let announced = ["Announce(Create(Note))"];
    assert_eq!(other.accepted(), announced, "the community's confirmation");
    assert_eq!(lemmy.accepted(), announced);
}

#[tokio::test]
async fn a_reject_of_an_announce_answers_its_delivery() {
    let instances = Weavers::new().await;
    let refuse = |form: &str| (form == "Announce(id)").then(|| PeerResponse::status(500));
    let follower = PickyFollower::follows(&instances, "forum.test", refuse).await;
    let Weavers {
        net,
        alpha,
        ann,
        weavers,
        ..
    } = &instances;
    let topic = ann.start_discussion(weavers, "Warping").await;
    net.settle().await;
    assert_eq!(alpha.due().await.deliveries, 0);
    let reject = json!({
        "id": follower.peer.at("/rejects/1"), "type": "Reject", "actor": follower.peer.mallory(),
        "object": {
            "type": "Announce", "target": weavers.ap_id,
            "object": { "id": topic.ap_id(), "type": "Page", "name": "Warping" },
        },
    });
    let signed = follower.peer.signed_request(&alpha.at("/inbox"), &reject);
    assert_eq!(net.send(signed).await.0, 202);
    net.settle().await;
    net.advance(31);
    net.settle().await;
    assert_eq!(follower.requests("Announce(id)"), 1, "answered");
    assert_eq!(alpha.set_aside().await.deliveries, 0);

    let other = net.hostile("other.test", |_: &ReceivedRequest| None).await;
    let stranger = json!({
        "id": other.at("/rejects/1"), "type": "Reject", "actor": other.mallory(), "object": topic.ap_id(),
    });
    let signed = other.signed_request(&alpha.at("/inbox"), &stranger);
    assert_eq!(net.send(signed).await.0, 202);
    net.settle().await;
    let reasons = alpha.reasons().await;
    let ignored = |why: &String| why.contains("it was not sent there");
    assert!(reasons.iter().any(ignored), "{reasons:?}");
}

testkit::on_postgres_too! {
    what_one_peer_refuses_delays_nothing_else
    a_form_that_a_peer_refused_three_times_is_not_sent_there
}

/// Lemmy refuses what somebody writes whom the community has banned, and says so to nobody but us.
#[tokio::test]
async fn an_author_is_told_that_a_communitys_server_did_not_accept_a_post() {
    let story = Weavers::new().await;
    let refuses = |request: &ReceivedRequest| {
        let is_post = request.method == "POST" && request.body.contains("\"Create\"");
        is_post.then(|| PeerResponse::status(400))
    };
    let lemmy = story.net.hostile("lemmy.test", refuses).await;
    let id = lemmy.at("/c/strict");
    lemmy.publish(&json!({
        "id": id, "type": "Group", "preferredUsername": "strict", "inbox": format!("{id}/inbox"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": lemmy.pem() },
    }));
    story.ann.look_up(&id).await.expect("found");
    let strict = Community {
        ap_id: id.clone(),
        address: "!strict@lemmy.test".to_owned(),
    };
    story.ann.start_discussion(&strict, "Wool").await;
    story.net.settle().await;
    story.net.advance(60);
    story.net.settle().await;
    let notices = story.ann.notices().await;
    assert!(
        notices.contains(&"refused by strict@lemmy.test".to_owned()),
        "{notices:?} {:?} {:?}",
        story.net.wire(),
        story.ann.instance().reasons().await
    );
}

#[tokio::test]
async fn an_author_is_told_that_a_moderator_elsewhere_removed_a_post() {
    let story = Weavers::new().await;
    let topic = story.bea.start_discussion(&story.weavers, "Wool").await;
    story.net.settle().await;
    let seen = story.ann.find(topic.ap_id()).await.expect("arrived");
    story.ann.delete(&seen).await;
    story.net.settle().await;
    let notices = story.bea.notices().await;
    assert!(
        notices.contains(&"removed by ann@alpha.test".to_owned()),
        "{notices:?}"
    );
    // What one deletes oneself is no news.
    let own = story.bea.start_discussion(&story.weavers, "Silk").await;
    story.net.settle().await;
    story.bea.delete(&own).await;
    story.net.settle().await;
    assert_eq!(story.bea.notices().await.len(), notices.len());
}
