//! Delivery to peers that are down, slow or refuse: what waits, is retried, and fails.

use super::Weavers;
use model::peer::{PARK_AFTER_FAILURES, PeerState};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use testkit::{Community, Hostile, Instance, Network, PeerResponse, ReceivedRequest};

#[tokio::test]
async fn missed_deliveries_arrive_in_order_after_an_outage() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    beta.go_down();
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    ann.reply(&topic, "Nobody?").await;
    ann.edit(&topic, "Please!").await;
    net.settle().await;
    let peer = alpha.peer("beta.test").await.unwrap();
    assert_eq!(
        (peer.failures, peer.state),
        (1, PeerState::Active),
        "one probe a step"
    );
    assert!(peer.last_error.unwrap().contains("503"));

    net.advance(8);
    net.settle().await;
    assert_eq!(alpha.peer("beta.test").await.unwrap().failures, 2);

    beta.come_back();
    net.advance(60);
    net.settle().await;
    let text = "ann@alpha.test: “Warping a heddle” Please! (edited)\n  ann@alpha.test: Nobody?";
    assert_eq!(bea.reads(&topic).await, text);
    assert_eq!(alpha.peer("beta.test").await.unwrap().failures, 0);
    net.assert_quiet();
}

#[tokio::test]
async fn a_refused_activity_is_repeated_once_and_set_aside() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    beta.refuse_with(Some(400));
    ann.follow("@bea@beta.test").await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Follow 400"]);
    net.advance(31);
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Follow 400"]);
    assert_eq!(alpha.set_aside().await.deliveries, 1);

    beta.refuse_with(None);
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    assert!(bea.find(topic.ap_id()).await.is_some(), "the rest goes on");
}

#[tokio::test]
async fn a_peer_silent_for_a_week_is_parked_until_it_contacts_us() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    let bob = beta.person("bob").await;
    beta.go_down();
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    net.advance(8 * 86_400);
    net.settle().await;
    let state = alpha.peer("beta.test").await.unwrap().state;
    assert_eq!(
        state,
        PeerState::Active,
        "a quiet week and two failures are not a week of failing"
    );
    fail_for_a_week(&net).await;
    assert_eq!(
        alpha.peer("beta.test").await.unwrap().state,
        PeerState::Parked
    );

    beta.come_back();
    bob.follow("!weavers@alpha.test").await;
    net.settle().await;
    assert_eq!(
        alpha.peer("beta.test").await.unwrap().state,
        PeerState::Active
    );
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(true));
    assert!(
        bea.find(topic.ap_id()).await.is_some(),
        "what had waited came too"
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_silent_parked_peer_is_still_probed() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    beta.go_down();
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    fail_for_a_week(&net).await;
    assert_eq!(
        alpha.peer("beta.test").await.unwrap().state,
        PeerState::Parked
    );

    beta.come_back();
    net.advance(8 * 3_600);
    net.settle().await;
    assert_eq!(
        alpha.peer("beta.test").await.unwrap().state,
        PeerState::Active
    );
    assert!(
        bea.find(topic.ap_id()).await.is_some(),
        "what had waited came"
    );
}

#[tokio::test]
async fn missed_deliveries_of_a_parked_peer_are_sent_in_order() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    beta.go_down();
    let before = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    fail_for_a_week(&net).await;
    let missed = ann.start_discussion(&weavers, "Which loom?").await;
    ann.reply(&missed, "A floor loom?").await;
    ann.edit(&missed, "Which one?").await;
    net.settle().await;
    let _ = net.wire_since();

    beta.come_back();
    net.advance(8 * 3_600);
    net.settle().await;
    let peer = alpha.peer("beta.test").await.unwrap();
    assert_eq!((peer.state, peer.parked_at), (PeerState::Active, None));
    assert!(bea.find(before.ap_id()).await.is_some(), "it had waited");
    let text = "ann@alpha.test: “Which loom?” Which one? (edited)\n  ann@alpha.test: A floor loom?";
    assert_eq!(bea.reads(&missed).await, text);

    let after = ann.start_discussion(&weavers, "Fleece").await;
    net.settle().await;
    assert!(bea.find(after.ap_id()).await.is_some(), "as before");
    net.assert_quiet();
}

/// Builds a peer whose one actor follows the community.
async fn follower(
    net: &Network,
    alpha: &Instance,
    weavers: &Community,
    host: &str,
    answer: impl Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync + 'static,
) -> Hostile {
    let peer = net.hostile(host, answer).await;
    follows(net, alpha, weavers, &peer).await;
    peer
}

/// Lets a peer's one actor follow the community.
pub(super) async fn follows(net: &Network, alpha: &Instance, weavers: &Community, peer: &Hostile) {
    let follow = json!({
        "id": peer.at("/follows/1"), "type": "Follow",
        "actor": peer.mallory(), "object": weavers.ap_id,
    });
    let (status, words) = net
        .send(peer.signed_request(&alpha.at("/inbox"), &follow))
        .await;
    assert_eq!(status, 202, "{words}");
    net.settle().await;
}

/// Returns what a peer received from the community, in order: names and texts, and `id` for an Announce
/// by id.
fn received(peer: &Hostile) -> Vec<String> {
    let posts = peer
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST");
    posts
        .filter_map(|request| announced(&request.body))
        .collect()
}

/// Returns the name or the text of what an Announce contains.
pub(super) fn announced(body: &str) -> Option<String> {
    let json: Value = serde_json::from_str(body).ok()?;
    let named = &json["object"]["object"];
    let words = named["name"].as_str().or(named["content"].as_str());
    (json["type"] == "Announce").then(|| words.unwrap_or("id").trim().to_owned())
}

/// Builds followers that answer 429, nothing, and 500 while they fail.
async fn failing_followers(
    net: &Network,
    alpha: &Instance,
    weavers: &Community,
    trouble: &Arc<AtomicBool>,
) -> [Hostile; 3] {
    let in_trouble = |answer: PeerResponse| {
        let trouble = Arc::clone(trouble);
        move |request: &ReceivedRequest| {
            let refuse = request.method == "POST" && trouble.load(Ordering::SeqCst);
            refuse.then(|| answer.clone())
        }
    };
    let busy = PeerResponse {
        headers: vec![("retry-after", "600".to_owned())],
        ..PeerResponse::status(429)
    };
    let hang = PeerResponse {
        after: Duration::from_secs(3_600),
        ..PeerResponse::status(202)
    };
    let broken = in_trouble(PeerResponse::status(500));
    [
        follower(net, alpha, weavers, "busy.test", in_trouble(busy)).await,
        follower(net, alpha, weavers, "hangs.test", in_trouble(hang)).await,
        follower(net, alpha, weavers, "broken.test", broken).await,
    ]
}

#[tokio::test]
async fn failing_peers_delay_no_other_and_catch_up_in_order() {
    let Weavers {
        net,
        alpha,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let trouble = Arc::new(AtomicBool::new(false));
    let [busy, hangs, broken] = failing_followers(&net, &alpha, &weavers, &trouble).await;
    let away = follower(
        &net,
        &alpha,
        &weavers,
        "away.test",
        |_: &ReceivedRequest| None,
    )
    .await;
    trouble.store(true, Ordering::SeqCst);
    drop(away);
    let _ = net.wire_since();

    let topic = ann.start_discussion(&weavers, "Warping").await;
    arrives(&bea, topic.ap_id()).await;
    ann.reply(&topic, "A peg.").await;
    net.settle().await;
    let wire = [
        "alpha→beta Announce(Create(Page))",
        "alpha→beta Announce",
        "alpha→beta Announce(Create(Note))",
    ];
    assert_eq!(net.wire_since(), wire);
    let all = ["Warping", "id", "<p>A peg.</p>"];
    assert_eq!(received(&busy), ["Warping"], "one try");
    assert_eq!(each_once(&hangs), all, "the third says that it is the peer");
    assert_eq!(each_once(&broken), all);
    for host in ["busy.test", "hangs.test", "broken.test", "away.test"] {
        assert!(alpha.peer(host).await.unwrap().failures > 0, "{host}");
    }

    trouble.store(false, Ordering::SeqCst);
    net.advance(31);
    net.settle().await;
    let twice = [all, all].concat();
    assert_eq!(each_once(&hangs), twice, "in order");
    assert_eq!(each_once(&broken), twice);
    assert_eq!(received(&busy), ["Warping"], "it asked for ten minutes");

    net.advance(600);
    net.settle().await;
    assert_eq!(each_once(&busy), all);
    assert_eq!(received(&busy).len(), 4, "one try failed");
    assert!(alpha.peer("away.test").await.unwrap().failures > 1);
    assert_eq!(net.wire_since(), [""; 0], "beta heard nothing twice");
}

/// Returns what a peer received, without retries.
fn each_once(peer: &Hostile) -> Vec<String> {
    let mut received = received(peer);
    received.dedup();
    received
}

/// Waits until somebody can read a post, while requests to other peers hang.
async fn arrives(reader: &testkit::Person, ap_id: &str) {
    let begun = Instant::now();
    while reader.find(ap_id).await.is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{ap_id} did not arrive"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_activity_that_causes_500_on_a_healthy_peer_fails() {
    let Weavers {
        net,
        alpha,
        ann,
        weavers,
        ..
    } = Weavers::new().await;
    let chokes = |request: &ReceivedRequest| {
        let choke = request.method == "POST" && request.body.contains("Nettles");
        choke.then(|| PeerResponse::status(500))
    };
    let picky = follower(&net, &alpha, &weavers, "picky.test", chokes).await;
    let nettles = ann.start_discussion(&weavers, "Nettles").await;
    net.settle().await;
    assert_eq!(received(&picky), ["Nettles", "id"]);
    assert_eq!(alpha.peer("picky.test").await.unwrap().failures, 0);
    for (n, wait) in [8, 8, 31, 8, 301, 8].into_iter().enumerate() {
        ann.start_discussion(&weavers, &format!("Fleece {n}")).await;
        net.settle().await;
        net.advance(wait);
        net.settle().await;
    }
    assert_eq!(
        alpha.set_aside().await.deliveries,
        1,
        "{:?}",
        received(&picky)
    );
    let reasons = alpha.reasons().await;
    assert!(
        reasons
            .iter()
            .any(|why| why.starts_with("failed Announce to picky.test: 500")),
        "{reasons:?}"
    );
    assert_eq!(alpha.peer("picky.test").await.unwrap().failures, 0);
    let fleece: Vec<String> = received(&picky)
        .into_iter()
        .filter(|named| named.starts_with("Fleece"))
        .collect();
    assert_eq!(
        fleece,
        [
            "Fleece 0", "Fleece 1", "Fleece 2", "Fleece 3", "Fleece 4", "Fleece 5"
        ]
    );

    ann.reply(&nettles, "Softer than flax.").await;
    net.settle().await;
    assert_eq!(
        received(&picky).last().unwrap(),
        "<p>Softer than flax.</p>",
        "the conversation goes on"
    );
}

#[tokio::test]
async fn a_conversation_goes_on_beside_a_refused_activity() {
    let Weavers {
        net,
        beta,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    beta.refuse_with(Some(422));
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    beta.refuse_with(None);
    let _ = net.wire_since();
    ann.edit(&topic, "Who knows?").await;
    ann.reply(&topic, "Nobody?").await;
    net.settle().await;
    assert_eq!(
        net.wire_since(),
        ["alpha→beta Announce(Create(Note))"],
        "the edit waits for its thread, the reply for nothing"
    );
    let text = "ann@alpha.test: “Warping a heddle” Who knows? (edited)\n  ann@alpha.test: Nobody?";
    assert_eq!(bea.reads(&topic).await, text, "fetched with its reply");

    net.advance(31);
    net.settle().await;
    let wire = [
        "alpha→beta Announce(Create(Page))",
        "alpha→beta Announce",
        "alpha→beta Update(Page)",
        "alpha→beta Announce(Update(Page))",
    ];
    assert_eq!(net.wire_since(), wire);
    net.assert_quiet();
}

/// Lets a week pass with failing attempts, until the peer is parked.
async fn fail_for_a_week(net: &Network) {
    for _ in 1..PARK_AFTER_FAILURES {
        net.advance(8 * 3_600);
        net.settle().await;
    }
}

#[tokio::test]
async fn a_gone_inbox_removes_its_follower() {
    let Weavers {
        net,
        alpha,
        ann,
        weavers,
        ..
    } = Weavers::new().await;
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = Arc::clone(&gone);
    let leaver = net
        .hostile("leaver.test", move |request: &ReceivedRequest| {
            let gone = request.method == "POST" && is_gone.load(Ordering::SeqCst);
            gone.then(|| PeerResponse::status(410))
        })
        .await;
    let follow = json!({
        "id": leaver.at("/follows/1"), "type": "Follow",
        "actor": leaver.mallory(), "object": weavers.ap_id,
    });
    let (status, words) = net
        .send(leaver.signed_request(&alpha.at("/inbox"), &follow))
        .await;
    assert_eq!(status, 202, "{words}");
    net.settle().await;
    let followers = alpha
        .actor("weavers@alpha.test")
        .await
        .unwrap()
        .follower_count;

    gone.store(true, Ordering::SeqCst);
    ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let after = alpha
        .actor("weavers@alpha.test")
        .await
        .unwrap()
        .follower_count;
    assert_eq!(after, followers - 1);
    let request = leaver.requests().len();
    ann.start_discussion(&weavers, "Which loom?").await;
    net.settle().await;
    assert_eq!(
        leaver.requests().len(),
        request,
        "nothing more is sent there"
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_gone_shared_inbox_affects_one_activity_only() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    beta.refuse_with(Some(410));
    ann.follow("@bea@beta.test").await;
    net.settle().await;
    assert_eq!(alpha.set_aside().await.deliveries, 1);
    beta.refuse_with(None);
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    assert!(
        bea.find(topic.ap_id()).await.is_some(),
        "beta still follows"
    );
}

testkit::on_postgres_too! {
    missed_deliveries_arrive_in_order_after_an_outage
    failing_peers_delay_no_other_and_catch_up_in_order
    a_conversation_goes_on_beside_a_refused_activity
}
