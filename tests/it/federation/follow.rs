//! Follows across instances, and a reply in both directions, on both databases.

use super::{Weavers, assert_same_lines};
use testkit::Network;

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

testkit::on_postgres_too! {
    a_reply_travels_home_and_out_again
    after_an_unfollow_nothing_is_delivered
    a_person_can_be_followed
    a_follow_of_an_unreachable_peer_is_queued
    an_unanswered_follow_is_sent_again_after_a_day
}
