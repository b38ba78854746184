//! Peers that are down, slow, or refuse: what waits, what is tried again, what is set aside.

use super::Weavers;
use model::peer::{PARK_AFTER_FAILURES, PeerState};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{Answer, Asked, Network};

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
