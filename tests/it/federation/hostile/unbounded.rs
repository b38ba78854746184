//! Responses without end, or too slow: each costs a bounded number of requests and bytes, and other requests
//! are served meanwhile.

use super::{PUBLIC, activity, setup};
use crate::federation::Weavers;
use serde_json::json;
use std::time::Duration;
use testkit::{EndlessHead, Flow, Hostile, PeerResponse, ReceivedRequest};

/// Asserts that a page is served while another request hangs.
async fn assert_responsive(story: &Weavers) {
    let begun = std::time::Instant::now();
    let page = story.ann.page("/c/weavers").await;
    assert!(page.contains("weavers"));
    assert!(begun.elapsed() < Duration::from_secs(5), "a page waits");
}

#[tokio::test]
async fn an_endless_chain_of_replies_costs_a_bounded_number_of_requests() {
    let story = Weavers::new().await;
    let endless = |request: &ReceivedRequest| {
        let number: u64 = request.path.strip_prefix("/notes/")?.parse().ok()?;
        Some(PeerResponse::activity(&json!({
            "id": format!("http://evil.test/notes/{number}"),
            "type": "Note",
            "attributedTo": "http://evil.test/u/mallory",
            "to": [PUBLIC],
            "inReplyTo": format!("http://evil.test/notes/{}", number + 1),
            "content": "and so on",
        })))
    };
    let evil = story.net.hostile("evil.test", endless).await;
    story.ann.look_up("http://evil.test/notes/1").await;
    story.net.settle().await;
    assert!(
        evil.requests().len() < 120,
        "{} requests",
        evil.requests().len()
    );
    story.net.assert_quiet();
}

#[tokio::test]
async fn a_chain_of_ten_thousand_replies_costs_one_threads_budget() {
    let (story, topic, evil) = setup().await;
    let root = topic.ap_id().to_owned();
    let chain = move |request: &ReceivedRequest| {
        let number: u32 = request.path.strip_prefix("/chain/")?.parse().ok()?;
        let up = match number {
            10_000 => root.clone(),
            _ => format!("http://long.test/chain/{}", number + 1),
        };
        Some(PeerResponse::activity(&json!({
            "id": format!("http://long.test/chain/{number}"),
            "type": "Note",
            "attributedTo": "http://long.test/u/mallory",
            "to": [PUBLIC],
            "inReplyTo": up,
            "content": format!("link {number}"),
        })))
    };
    let long = story.net.hostile("long.test", chain).await;
    let before = evil.requests().len();
    // Its last reply is delivered, and looked up by a local person.
    let first = json!({
        "id": "http://long.test/chain/1", "type": "Note",
        "attributedTo": long.mallory(), "to": [PUBLIC],
        "inReplyTo": "http://long.test/chain/2", "content": "link 1",
    });
    let create = activity(&long, "Create", 1, &first);
    let signed = long.signed_request(&story.alpha.at("/inbox"), &create);
    assert_eq!(story.net.send(signed).await.0, 202);
    story.net.settle().await;
    let sent = long.requests().len();
    assert!(sent <= 34, "{sent} requests for what was sent");
    story.ann.look_up("http://long.test/chain/1").await;
    story.net.settle().await;
    let looked_up = long.requests().len() - sent;
    assert!(
        looked_up <= 34,
        "{looked_up} requests for what was looked up"
    );
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
    assert_eq!(evil.requests().len(), before);
    assert_responsive(&story).await;
}

/// Builds a community whose outbox has numbered pages; `next` returns the number of the next page.
async fn endless(story: &Weavers, host: &'static str, next: fn(u32) -> u32) -> Hostile {
    let pages = move |request: &ReceivedRequest| {
        let id = format!("http://{host}/c/ring");
        let page = |n: u32| format!("{id}/outbox/{n}");
        let json = match request.path.as_str() {
            "/c/ring" => json!({
                "id": id, "type": "Group", "preferredUsername": "ring",
                "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
                "followers": format!("{id}/followers"),
                "attributedTo": format!("{id}/outbox/1"), "featured": format!("{id}/outbox/1"),
            }),
            "/c/ring/outbox" => json!({
                "id": format!("{id}/outbox"), "type": "OrderedCollection", "first": page(1),
            }),
            path => {
                let n: u32 = path.strip_prefix("/c/ring/outbox/")?.parse().ok()?;
                json!({
                    "id": page(n), "type": "OrderedCollectionPage", "partOf": format!("{id}/outbox"),
                    "next": page(next(n)), "orderedItems": [],
                })
            }
        };
        Some(PeerResponse::activity(&json))
    };
    story.net.hostile(host, pages).await
}

#[tokio::test]
async fn an_endless_collection_is_read_for_a_few_pages() {
    let story = Weavers::new().await;
    for (host, next) in [
        ("ring.test", (|n| n + 1) as fn(u32) -> u32),
        ("self.test", |n| n),
        ("pair.test", |n| 3 - n),
    ] {
        let evil = endless(&story, host, next).await;
        story.ann.look_up(&evil.at("/c/ring")).await;
        story.net.settle().await;
        let request = evil.requests().len();
        assert!(
            (2..=16).contains(&request),
            "{host}: {:#?}",
            evil.requests()
        );
    }
    assert_responsive(&story).await;
}

#[tokio::test]
async fn a_page_with_many_items_is_read_within_the_budget() {
    let story = Weavers::new().await;
    let wide = |request: &ReceivedRequest| {
        let id = "http://wide.test/c/wide";
        let json = match request.path.as_str() {
            "/c/wide" => json!({
                "id": id, "type": "Group", "preferredUsername": "wide",
                "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
            }),
            "/c/wide/outbox" => {
                let items: Vec<String> = (0..25_000)
                    .map(|n| format!("http://wide.test/notes/{n}"))
                    .collect();
                json!({ "id": format!("{id}/outbox"), "type": "OrderedCollection", "orderedItems": items })
            }
            _ => return None,
        };
        Some(PeerResponse::activity(&json))
    };
    let evil = story.net.hostile("wide.test", wide).await;
    story.ann.look_up(&evil.at("/c/wide")).await;
    story.net.settle().await;
    assert!(
        evil.requests().len() <= 40,
        "{} requests",
        evil.requests().len()
    );
    assert_responsive(&story).await;
}

#[tokio::test]
async fn a_slow_peer_delays_nobody_else() {
    let story = Weavers::new().await;
    let slow = |request: &ReceivedRequest| {
        (request.method == "POST").then(|| PeerResponse {
            after: Duration::from_secs(20),
            ..PeerResponse::status(202)
        })
    };
    let evil = story.net.hostile("slow.test", slow).await;
    let follow = activity(&evil, "Follow", 1, &json!(story.weavers.ap_id));
    assert_eq!(
        story
            .net
            .send(evil.signed_request(&story.alpha.at("/inbox"), &follow))
            .await
            .0,
        202
    );
    // Two answers that do not come in time are about the activities, the third is about the server.
    let (ann, weavers) = (&story.ann, &story.weavers);
    let topic = ann.start_discussion(weavers, "Warping a heddle").await;
    ann.start_discussion(weavers, "Dressing a loom").await;
    ann.start_discussion(weavers, "Reading a draft").await;
    while story.bea.find(topic.ap_id()).await.is_none() {
        let slow = story.alpha.peer("slow.test").await.unwrap();
        assert_eq!(
            slow.failures, 0,
            "beta waits until the slow one is given up"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Its requests end by a time limit of their own, which the network does not wait for.
    while story.alpha.peer("slow.test").await.unwrap().failures == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_compressed_response_is_read_up_to_a_mebibyte() {
    let story = Weavers::new().await;
    let bomb = |request: &ReceivedRequest| (request.method == "GET").then(PeerResponse::bomb);
    let evil = story.net.hostile("bomb.test", bomb).await;
    assert!(
        story
            .ann
            .look_up("http://bomb.test/notes/1")
            .await
            .is_none()
    );
    // The same for the fetch of a signature's key.
    let like = activity(&evil, "Like", 1, &json!(story.weavers.ap_id));
    let (status, words) = story
        .net
        .send(evil.signed_request(&story.alpha.at("/inbox"), &like))
        .await;
    assert_eq!(status, 401, "{words}");
    assert!(evil.requests().len() <= 4, "{:?}", evil.requests());
    // A mebibyte is 7 KB compressed; the rest stayed in socket buffers.
    let poured = evil.bytes_sent() >> 20;
    assert!(poured < 32, "{poured} MiB of gzip were taken");
    assert_responsive(&story).await;
}

#[tokio::test]
async fn a_slow_response_times_out() {
    let story = Weavers::new().await;
    let drip = |request: &ReceivedRequest| {
        (request.method == "GET").then(|| PeerResponse {
            flow: Flow::Slow(Duration::from_millis(200)),
            ..PeerResponse::activity(&json!({ "id": "http://drip.test/notes/1", "type": "Note" }))
        })
    };
    let evil = story.net.hostile("drip.test", drip).await;
    let ann = story.ann.clone();
    let looking = tokio::spawn(async move { ann.look_up("http://drip.test/notes/1").await });
    while evil.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_responsive(&story).await;
    assert!(looking.await.unwrap().is_none());
    assert_eq!(evil.requests().len(), 1);
    assert!(evil.bytes_sent() < 60, "{} bytes", evil.bytes_sent());
}

/// Builds a follower whose responses have this head.
async fn peer_with_head(story: &Weavers, host: &str, head: EndlessHead) -> Hostile {
    let evil = story.net.hostile(host, super::silent).await;
    evil.send_endless_head("/notes/1", head);
    evil.send_endless_head("/u/mallory/inbox", head);
    let follow = activity(&evil, "Follow", 1, &json!(story.weavers.ap_id));
    let signed = evil.signed_request(&story.alpha.at("/inbox"), &follow);
    assert_eq!(story.net.send(signed).await.0, 202);
    evil
}

#[tokio::test]
async fn an_endless_response_head_is_aborted() {
    let story = Weavers::new().await;
    let evil = peer_with_head(&story, "head.test", EndlessHead::Full).await;
    let note = evil.at("/notes/1");
    assert!(story.ann.look_up(&note).await.is_none());
    let count = |path: &str| {
        evil.requests()
            .iter()
            .filter(|request| request.path == path)
            .count()
    };
    assert_eq!(count("/notes/1"), 1);
    story.net.settle().await;
    // The Accept was sent there, and its response does not count.
    assert_eq!(count("/u/mallory/inbox"), 1);
    assert_eq!(story.alpha.peer("head.test").await.unwrap().failures, 1);
    let poured = evil.bytes_sent() >> 20;
    assert!(poured < 32, "{poured} MiB of head were taken");
    assert_responsive(&story).await;
}

#[tokio::test]
async fn a_slow_response_head_times_out() {
    let story = Weavers::new().await;
    let pause = Duration::from_millis(200);
    let evil = peer_with_head(&story, "drop.test", EndlessHead::Slow(pause)).await;
    let (ann, note) = (story.ann.clone(), evil.at("/notes/1"));
    let looking = tokio::spawn(async move { ann.look_up(&note).await });
    while evil.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_responsive(&story).await;
    let topic = story.ann.start_discussion(&story.weavers, "Pegs").await;
    assert!(looking.await.unwrap().is_none());
    story.net.settle().await;
    assert!(story.bea.find(topic.ap_id()).await.is_some());
    assert_eq!(story.alpha.peer("drop.test").await.unwrap().failures, 1);
    assert!(evil.bytes_sent() < 250, "{} bytes", evil.bytes_sent());
}

testkit::on_postgres_too! {
    a_chain_of_ten_thousand_replies_costs_one_threads_budget
    an_endless_collection_is_read_for_a_few_pages
}
