//! Servers that accept requests and never respond. Activities that need a fetch from them delay only their own
//! host's activities.

use super::{activity, note, setup};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use store::queue::inbound;
use store::row;
use testkit::{Hostile, PeerResponse, PostSnapshot, ReceivedRequest, SignedRequest};
use tokio::task::JoinSet;

/// Replies to unavailable parents, from each host.
const REPLIES_PER_HOST: u32 = 260;
/// Concurrent requests.
const CONCURRENCY: usize = 16;

fn hang(request: &ReceivedRequest) -> Option<PeerResponse> {
    request.path.starts_with("/slow/").then(|| PeerResponse {
        after: Duration::from_secs(3_600),
        ..PeerResponse::status(200)
    })
}

/// Builds a reply that mentions Ann, to a post that is never served.
fn reply_to_unavailable(peer: &Hostile, number: u32, topic: &PostSnapshot, ann: &str) -> Value {
    let mut words = note(peer, number, topic);
    words["inReplyTo"] = json!(peer.at(&format!("/slow/{number}")));
    words["tag"] = json!([{ "type": "Mention", "href": ann, "name": "@ann" }]);
    words["cc"] = json!([ann]);
    activity(peer, "Create", number, &words)
}

/// Sends requests side by side; each must be accepted.
async fn send_all(signed_requests: Vec<SignedRequest>, to: SocketAddr) {
    let mut sending = JoinSet::<(u16, String)>::new();
    for signed in signed_requests {
        while sending.len() >= CONCURRENCY {
            assert_eq!(sending.join_next().await.unwrap().unwrap().0, 202);
        }
        sending.spawn(signed.send(to));
    }
    for (status, words) in sending.join_all().await {
        assert_eq!(status, 202, "{words}");
    }
}

#[tokio::test]
async fn three_unresponsive_servers_do_not_delay_a_fourth() {
    let (story, topic, good) = setup().await;
    let (inbox, machine) = (story.alpha.at("/inbox"), story.alpha.addr());
    // All actors are known before.
    let hello = activity(&good, "Create", 1, &note(&good, 1, &topic));
    assert_eq!(
        story.net.send(good.signed_request(&inbox, &hello)).await.0,
        202
    );
    let mut signed_requests = Vec::new();
    let mut peers = Vec::new();
    for name in ["tar.test", "pit.test", "moor.test"] {
        let peer = story.net.hostile(name, hang).await;
        let hello = activity(&peer, "Like", 1, &json!(topic.ap_id()));
        assert_eq!(
            story.net.send(peer.signed_request(&inbox, &hello)).await.0,
            202
        );
        let ann = story.ann.ap_id();
        signed_requests.extend(
            (0..REPLIES_PER_HOST).map(|n| {
                peer.signed_request(&inbox, &reply_to_unavailable(&peer, n, &topic, &ann))
            }),
        );
        peers.push(peer);
    }
    story.net.settle().await;
    send_all(signed_requests, machine).await;
    let tried = async || {
        let waiting = |db: &mut store::Db| {
            let all = model::InboundId(i64::MAX);
            Ok(inbound::list(
                db,
                model::peer::InboundState::Waiting,
                all,
                2_000,
            )?)
        };
        let waiting: Vec<row::Inbound> = story.alpha.read(waiting).await;
        let tried = waiting.iter().filter(|row| row.attempts > 0).count();
        (waiting.len(), tried)
    };
    let (waiting, before) = tried().await;
    assert!(waiting > 600, "{waiting} hang");

    let words = activity(&good, "Create", 2, &note(&good, 2, &topic));
    assert_eq!(
        story.net.send(good.signed_request(&inbox, &words)).await.0,
        202
    );
    while story.ann.find(topic.ap_id()).await.unwrap().replies < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // It did not wait until the hanging fetches timed out.
    let (_, after) = tried().await;
    assert!(after - before < 200, "{} were tried first", after - before);
    let request: usize = peers.iter().map(|peer| peer.requests().len()).sum();
    assert!(request < 200, "{request} questions to those who hang");
}

#[tokio::test]
async fn unresponsive_key_servers_leave_capacity_for_known_actors() {
    let (story, topic, good) = setup().await;
    let (inbox, machine) = (story.alpha.at("/inbox"), story.alpha.addr());
    let hello = activity(&good, "Create", 1, &note(&good, 1, &topic));
    assert_eq!(
        story.net.send(good.signed_request(&inbox, &hello)).await.0,
        202
    );
    let peer = story.net.hostile("tar.test", hang).await;
    let large = "x".repeat(1_000_000);
    let mut sending = JoinSet::new();
    for number in 0..12 {
        let actor = peer.at(&format!("/slow/{number}"));
        let mut words = activity(&peer, "Create", number, &note(&peer, number, &topic));
        words["actor"] = json!(actor);
        words["object"]["content"] = json!(large);
        let signed = peer.signed_request_as(&format!("{actor}#main-key"), &inbox, &words);
        sending.spawn(signed.post(machine));
    }
    // One of them exceeds the limit.
    let (status, headers) = sending.join_next().await.unwrap().unwrap();
    assert_eq!(status, 503, "{headers:?}");
    assert!(headers.contains_key("retry-after"), "{headers:?}");
    let words = activity(&good, "Create", 2, &note(&good, 2, &topic));
    assert_eq!(
        story.net.send(good.signed_request(&inbox, &words)).await.0,
        202
    );
    assert!(!sending.is_empty());
}

#[tokio::test]
async fn a_document_with_too_many_parts_is_refused_before_parsing() {
    let (story, _, evil) = setup().await;
    let zeros = vec!["0"; 500_000].join(",");
    let like = format!(
        r#"{{"type":"Like","actor":"{}","object":[{zeros}]}}"#,
        evil.mallory()
    );
    let signed = evil.signed_bytes(&story.alpha.at("/inbox"), like.into_bytes());
    assert_eq!(story.net.send(signed).await.0, 400);
}
