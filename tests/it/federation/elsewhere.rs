//! What a community of other software (PieFed 1.6) says of itself, and how little it takes to ask it.

use model::{ActorState, MemberRole, PostKind};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::row;
use testkit::{Hostile, Instance, Network, PeerResponse, Person, ReceivedRequest};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const GROUP: &str = "http://piefed.test/c/orchards";
const THREAD: &str = "http://piefed.test/p/1";

/// Alpha, where Ann is, and a community at `piefed.test`, in which Mallory writes.
struct Orchards {
    net: Network,
    alpha: Instance,
    ann: Person,
    piefed: Hostile,
    /// From now on its server does not know the community.
    gone: Arc<AtomicBool>,
}

impl Orchards {
    async fn new() -> Self {
        let net = Network::new();
        let alpha = net.instance("alpha.test").await;
        let ann = alpha.person("ann").await;
        let gone = Arc::new(AtomicBool::new(false));
        let is_gone = Arc::clone(&gone);
        let answer =
            move |request: &ReceivedRequest| answer(request, is_gone.load(Ordering::SeqCst));
        let piefed = net.hostile("piefed.test", answer).await;
        piefed.publish(&json!({
            "id": GROUP, "type": "Group", "preferredUsername": "orchards", "questionAnswer": true,
            "inbox": format!("{GROUP}/inbox"), "attributedTo": format!("{GROUP}/moderators"),
            "publicKey": {
                "id": format!("{GROUP}#main-key"), "owner": GROUP, "publicKeyPem": piefed.pem(),
            },
        }));
        let orchards = Self {
            net,
            alpha,
            ann,
            piefed,
            gone,
        };
        orchards.list("/c/orchards/moderators", &[]);
        orchards.ann.look_up(GROUP).await.expect("found");
        orchards.ann.follow("!orchards@piefed.test").await;
        orchards.net.settle().await;
        orchards
    }

    /// Publishes a collection.
    fn list(&self, path: &str, items: &[Value]) {
        self.piefed.publish(&json!({
            "id": self.piefed.at(path), "type": "OrderedCollection", "totalItems": items.len(),
            "orderedItems": items,
        }));
    }

    /// Publishes a thread of the community, with these comments.
    fn publish_thread(&self, comments: &[Value]) {
        for comment in comments {
            self.piefed.publish(comment);
        }
        let ids: Vec<Value> = comments
            .iter()
            .map(|comment| comment["id"].clone())
            .collect();
        self.list("/p/1/replies", &ids);
        self.piefed.publish(&json!({
            "id": THREAD, "type": "Page", "name": "When do you prune?", "content": "<p>A quince.</p>",
            "attributedTo": self.piefed.mallory(), "audience": GROUP, "to": [GROUP, PUBLIC],
            "replies": format!("{THREAD}/replies"),
        }));
    }

    fn comment(&self, number: u32, answer: bool) -> Value {
        json!({
            "id": self.comment_id(number), "type": "Note", "content": "<p>In March.</p>",
            "attributedTo": self.piefed.mallory(), "audience": GROUP, "to": [PUBLIC], "cc": [GROUP],
            "inReplyTo": THREAD, "answer": answer,
        })
    }

    fn comment_id(&self, number: u32) -> String {
        self.piefed.at(&format!("/comment/{number}"))
    }

    /// Sends an activity of a person there, announced by the community.
    async fn announce(&self, kind: &str, object: &str) {
        let id = self.piefed.at(&format!("/activities/{kind}"));
        let activity = json!({
            "id": format!("{id}/announce"), "type": "Announce", "actor": GROUP, "to": [PUBLIC],
            "cc": [format!("{GROUP}/followers")],
            "object": {
                "id": id, "type": kind, "actor": self.piefed.mallory(), "object": object, "target": null,
                "audience": GROUP, "to": [PUBLIC], "cc": [GROUP],
            },
        });
        let key = format!("{GROUP}#main-key");
        let signed = self
            .piefed
            .signed_request_as(&key, &self.alpha.at("/inbox"), &activity);
        assert_eq!(self.net.send(signed).await.0, 202);
        self.net.settle().await;
    }

    async fn group(&self) -> row::Actor {
        let read = |db: &mut store::Db| Ok(store::raw::actor::by_ap_id(db, GROUP)?);
        self.alpha.read(read).await.expect("stored")
    }
}

fn answer(request: &ReceivedRequest, is_gone: bool) -> Option<PeerResponse> {
    let html = PeerResponse {
        headers: vec![("content-type", "text/html".to_owned())],
        body: b"<p>Hello</p>".to_vec(),
        ..PeerResponse::status(200)
    };
    match request.path.as_str() {
        "/c/orchards" if is_gone => Some(PeerResponse::status(404)),
        "/page" => Some(html),
        path if path.contains("nobody") => Some(PeerResponse::status(200)),
        "/.well-known/nodeinfo" => Some(json_of(&json!({ "links": [{
            "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
            "href": "http://piefed.test/nodeinfo/2.0",
        }]}))),
        "/nodeinfo/2.0" => Some(json_of(&json!({
            "version": "2.0", "software": { "name": "piefed", "version": "1.6.18" },
        }))),
        _ => None,
    }
}

fn json_of(value: &Value) -> PeerResponse {
    PeerResponse {
        headers: vec![("content-type", "application/json".to_owned())],
        ..PeerResponse::activity(value)
    }
}

#[tokio::test]
async fn a_question_elsewhere_is_one_before_anybody_answers_it() {
    let orchards = Orchards::new().await;
    orchards.publish_thread(&[]);
    orchards.ann.look_up(THREAD).await.expect("found");
    let thread = orchards.ann.find(THREAD).await.expect("stored");
    assert_eq!(thread.community.as_deref(), Some("orchards@piefed.test"));
    let kind = orchards
        .alpha
        .read(move |db| Ok(store::raw::post::by_id(db, thread.id)?.map(|post| post.kind)));
    assert_eq!(kind.await, Some(PostKind::Question));
}

#[tokio::test]
async fn a_thread_that_is_looked_up_has_its_comments_and_accepted_answers() {
    let orchards = Orchards::new().await;
    orchards.publish_thread(&[orchards.comment(1, false)]);
    orchards.ann.look_up(THREAD).await.expect("found");
    let first = orchards
        .ann
        .find(&orchards.comment_id(1))
        .await
        .expect("stored");
    assert!(!first.accepted);
    // Comments that nobody sent here come when somebody looks the thread up again.
    let comments = [orchards.comment(1, false), orchards.comment(2, true)];
    orchards.publish_thread(&comments);
    orchards.ann.look_up(THREAD).await.expect("found");
    let second = orchards
        .ann
        .find(&orchards.comment_id(2))
        .await
        .expect("stored");
    assert!(second.accepted, "its server says so");
    assert_eq!(orchards.ann.find(THREAD).await.unwrap().replies, 2);
}

#[tokio::test]
async fn a_community_that_its_server_deletes_is_closed() {
    let orchards = Orchards::new().await;
    orchards.announce("Delete", GROUP).await;
    assert_eq!(
        orchards.group().await.state,
        ActorState::Active,
        "it is still there"
    );
    let orchards = Orchards::new().await;
    orchards.gone.store(true, Ordering::SeqCst);
    orchards.announce("Delete", GROUP).await;
    let reasons = orchards.alpha.reasons().await;
    assert_eq!(
        orchards.group().await.state,
        ActorState::Deleted,
        "{reasons:?}"
    );
    assert_eq!(orchards.ann.follows("!orchards@piefed.test").await, None);
}

#[tokio::test]
async fn moderators_are_fetched_where_a_change_names_no_list() {
    let orchards = Orchards::new().await;
    let moderators = async || {
        let id = orchards.group().await.id;
        let reader = orchards.alpha.stranger();
        let read = move |db: &mut store::Db| {
            Ok(store::community::members(
                db,
                reader,
                id,
                &[MemberRole::Moderator],
                9,
            )?)
        };
        orchards.alpha.read(read).await.len()
    };
    assert_eq!(moderators().await, 0);
    let mallory = orchards.piefed.mallory();
    orchards.list("/c/orchards/moderators", &[json!(mallory)]);
    orchards.announce("Add", &mallory).await;
    assert_eq!(
        moderators().await,
        1,
        "{:?}",
        orchards.alpha.reasons().await
    );
}

#[tokio::test]
async fn a_server_that_answers_otherwise_than_asked_has_nothing_there() {
    let orchards = Orchards::new().await;
    for typed in [
        "@nobody@piefed.test",
        "http://piefed.test/page",
        "http://piefed.test/p/404",
    ] {
        let (status, body) = orchards
            .ann
            .call_api("POST", "/lookup", json!({ "q": typed }))
            .await;
        assert_eq!(status, 404, "{typed}: {body}");
    }
}

#[tokio::test]
async fn a_server_is_known_by_its_software_whoever_was_met_there() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let piefed = net
        .hostile("piefed.test", |request| answer(request, false))
        .await;
    ann.look_up(&piefed.mallory()).await.expect("found");
    net.settle().await;
    let software = async || alpha.peer("piefed.test").await.unwrap().software;
    assert_eq!(software().await, None);
    let since = net.now().plus_seconds(-3_600);
    let identify = move |tx: &mut domain::Tx<'_>| domain::peer::identify_unknown(tx, since);
    assert_eq!(alpha.ops().write(identify).await.unwrap(), 1);
    net.settle().await;
    assert_eq!(software().await.as_deref(), Some("piefed"));
    assert_eq!(
        alpha.ops().write(identify).await.unwrap(),
        0,
        "it is known now"
    );
}
