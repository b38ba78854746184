//! Peers that are down, slow, or refuse: what waits, what is tried again, what is set aside.

use super::Weavers;
use model::peer::{PARK_AFTER_FAILURES, PeerState};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use testkit::{Answer, Asked, Community, Hostile, Instance, Network};

#[tokio::test]
async fn what_a_peer_missed_arrives_in_order_when_it_is_back() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::gather().await;
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
async fn a_refused_activity_is_tried_three_times_and_set_aside() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::gather().await;
    beta.refuse_with(Some(400));
    ann.follow("@bea@beta.test").await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Follow 400"]);
    net.advance(31);
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Follow 400"]);
    net.advance(301);
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Follow 400"]);
    assert_eq!(alpha.set_aside().await.deliveries, 1);

    beta.refuse_with(None);
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    assert!(bea.find(topic.ap_id()).await.is_some(), "the rest goes on");
}

#[tokio::test]
async fn a_peer_silent_for_a_week_is_parked_until_it_speaks() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::gather().await;
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
async fn a_parked_peer_that_says_nothing_is_still_tried() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::gather().await;
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
async fn what_a_parked_peer_missed_is_sent_in_order_once_it_is_back() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::gather().await;
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

/// A peer whose one actor follows the community.
async fn follower(
    net: &Network,
    alpha: &Instance,
    weavers: &Community,
    host: &str,
    answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> Hostile {
    let peer = net.hostile(host, answer).await;
    follows(net, alpha, weavers, &peer).await;
    peer
}

/// A peer's one actor follows the community.
pub(super) async fn follows(net: &Network, alpha: &Instance, weavers: &Community, peer: &Hostile) {
    let follow = json!({
        "id": peer.at("/follows/1"), "type": "Follow",
        "actor": peer.mallory(), "object": weavers.ap_id,
    });
    let (status, words) = net.send(peer.letter(&alpha.at("/inbox"), &follow)).await;
    assert_eq!(status, 202, "{words}");
    net.settle().await;
}

/// What a peer was told by the community, in order: names and texts, and `id` for an announcement
/// by id.
fn told(peer: &Hostile) -> Vec<String> {
    let posts = peer
        .asked()
        .into_iter()
        .filter(|asked| asked.method == "POST");
    posts.filter_map(|asked| announced(&asked.body)).collect()
}

/// What an Announce says.
pub(super) fn announced(body: &str) -> Option<String> {
    let json: Value = serde_json::from_str(body).ok()?;
    let said = &json["object"]["object"];
    let words = said["name"].as_str().or(said["content"].as_str());
    (json["type"] == "Announce").then(|| words.unwrap_or("id").trim().to_owned())
}

/// Followers that answer 429, nothing, and 500 while they are in trouble.
async fn troubled(
    net: &Network,
    alpha: &Instance,
    weavers: &Community,
    trouble: &Arc<AtomicBool>,
) -> [Hostile; 3] {
    let in_trouble = |answer: Answer| {
        let trouble = Arc::clone(trouble);
        move |asked: &Asked| {
            let refuse = asked.method == "POST" && trouble.load(Ordering::SeqCst);
            refuse.then(|| answer.clone())
        }
    };
    let busy = Answer {
        headers: vec![("retry-after", "600".to_owned())],
        ..Answer::status(429)
    };
    let hang = Answer {
        after: Duration::from_secs(3_600),
        ..Answer::status(202)
    };
    let broken = in_trouble(Answer::status(500));
    [
        follower(net, alpha, weavers, "busy.test", in_trouble(busy)).await,
        follower(net, alpha, weavers, "hangs.test", in_trouble(hang)).await,
        follower(net, alpha, weavers, "broken.test", broken).await,
    ]
}

#[tokio::test]
async fn peers_in_trouble_slow_nobody_else_and_catch_up_in_order() {
    let Weavers {
        net,
        alpha,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::gather().await;
    let trouble = Arc::new(AtomicBool::new(false));
    let [busy, hangs, broken] = troubled(&net, &alpha, &weavers, &trouble).await;
    let away = follower(&net, &alpha, &weavers, "away.test", |_: &Asked| None).await;
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
    assert_eq!(told(&busy), ["Warping"], "one try");
    assert_eq!(told(&hangs), ["Warping"]);
    assert_eq!(each_once(&broken), ["Warping"]);
    for host in ["busy.test", "hangs.test", "broken.test", "away.test"] {
        assert!(alpha.peer(host).await.unwrap().failures > 0, "{host}");
    }

    trouble.store(false, Ordering::SeqCst);
    net.advance(31);
    net.settle().await;
    let all = ["Warping", "id", "<p>A peg.</p>"];
    assert_eq!(each_once(&hangs), all, "in order");
    assert_eq!(each_once(&broken), all);
    assert_eq!(told(&busy), ["Warping"], "it asked for ten minutes");

    net.advance(600);
    net.settle().await;
    assert_eq!(each_once(&busy), all);
    assert_eq!(told(&busy).len(), 4, "one try failed");
    assert!(alpha.peer("away.test").await.unwrap().failures > 1);
    assert_eq!(net.wire_since(), [""; 0], "beta heard nothing twice");
}

/// What a peer was told, tries of the same as one.
fn each_once(peer: &Hostile) -> Vec<String> {
    let mut told = told(peer);
    told.dedup();
    told
}

/// Waits until somebody can read this, while elsewhere requests hang.
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
async fn an_activity_that_breaks_a_server_that_is_well_is_set_aside() {
    let Weavers {
        net,
        alpha,
        ann,
        weavers,
        ..
    } = Weavers::gather().await;
    let chokes = |asked: &Asked| {
        let choke = asked.method == "POST" && asked.body.contains("Nettles");
        choke.then(|| Answer::status(500))
    };
    let picky = follower(&net, &alpha, &weavers, "picky.test", chokes).await;
    let nettles = ann.start_discussion(&weavers, "Nettles").await;
    net.settle().await;
    assert_eq!(told(&picky), ["Nettles"]);
    assert_eq!(alpha.peer("picky.test").await.unwrap().failures, 1);
    for (n, wait) in [8, 8, 31, 8, 301, 8].into_iter().enumerate() {
        ann.start_discussion(&weavers, &format!("Fleece {n}")).await;
        net.settle().await;
        net.advance(wait);
        net.settle().await;
    }
    assert_eq!(alpha.set_aside().await.deliveries, 1, "{:?}", told(&picky));
    let reasons = alpha.reasons().await;
    assert!(
        reasons
            .iter()
            .any(|why| why.starts_with("failed Announce to picky.test: 500")),
        "{reasons:?}"
    );
    assert_eq!(alpha.peer("picky.test").await.unwrap().failures, 0);
    let fleece: Vec<String> = told(&picky)
        .into_iter()
        .filter(|said| said.starts_with("Fleece"))
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
        told(&picky).last().unwrap(),
        "<p>Softer than flax.</p>",
        "the conversation goes on"
    );
}

#[tokio::test]
async fn a_conversation_waits_for_what_was_refused_and_goes_on_in_order() {
    let Weavers {
        net,
        beta,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::gather().await;
    beta.refuse_with(Some(422));
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    ann.reply(&topic, "Nobody?").await;
    net.settle().await;
    assert_eq!(
        net.wire_since(),
        ["alpha→beta Announce(Create(Page)) 422"],
        "the rest waits"
    );
    beta.refuse_with(None);
    let other = ann.start_discussion(&weavers, "Fleece").await;
    net.settle().await;
    assert!(
        bea.find(other.ap_id()).await.is_some(),
        "others need not wait"
    );
    let _ = net.wire_since();

    net.advance(31);
    net.settle().await;
    let wire = [
        "alpha→beta Announce(Create(Page))",
        "alpha→beta Announce",
        "alpha→beta Announce(Create(Note))",
    ];
    assert_eq!(net.wire_since(), wire);
    net.assert_quiet();
}

/// A peer that is down is tried until it is parked.
async fn fail_for_a_week(net: &Network) {
    for _ in 1..PARK_AFTER_FAILURES {
        net.advance(8 * 3_600);
        net.settle().await;
    }
}

#[tokio::test]
async fn an_inbox_that_is_gone_ends_its_follower() {
    let Weavers {
        net,
        alpha,
        ann,
        weavers,
        ..
    } = Weavers::gather().await;
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = Arc::clone(&gone);
    let leaver = net
        .hostile("leaver.test", move |asked: &Asked| {
            let gone = asked.method == "POST" && is_gone.load(Ordering::SeqCst);
            gone.then(|| Answer::status(410))
        })
        .await;
    let follow = json!({
        "id": leaver.at("/follows/1"), "type": "Follow",
        "actor": leaver.mallory(), "object": weavers.ap_id,
    });
    let (status, words) = net.send(leaver.letter(&alpha.at("/inbox"), &follow)).await;
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
    let asked = leaver.asked().len();
    ann.start_discussion(&weavers, "Which loom?").await;
    net.settle().await;
    assert_eq!(leaver.asked().len(), asked, "nothing more is sent there");
    net.assert_quiet();
}

#[tokio::test]
async fn a_shared_inbox_that_says_gone_speaks_for_one_activity_only() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::gather().await;
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
    what_a_peer_missed_arrives_in_order_when_it_is_back
    peers_in_trouble_slow_nobody_else_and_catch_up_in_order
    a_conversation_waits_for_what_was_refused_and_goes_on_in_order
}
