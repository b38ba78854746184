//! Both signature formats in both directions, and key rotation.

use super::{Weavers, assert_same_lines};
use model::ActorId;
use model::actor::KeyKind;
use model::peer::SignatureForm;
use serde_json::{Value, json};
use testkit::{Hostile, Network, PeerResponse, ReceivedRequest, SignedRequest};

#[tokio::test]
async fn a_peer_that_refuses_the_draft_gets_rfc_9421_which_is_remembered() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        ..
    } = Weavers::new().await;
    beta.refuse_drafts();
    ann.follow("@bea@beta.test").await;
    net.settle().await;
    assert_same_lines(
        net.wire_since(),
        &[
            "alpha→beta Follow 401",
            "alpha→beta Follow",
            "beta→alpha Accept(Follow)",
        ],
    );
    let kept = alpha.peer("beta.test").await.unwrap().signature_form;
    assert_eq!(kept, Some(SignatureForm::Rfc9421));
    assert_eq!(beta.peer("alpha.test").await.unwrap().signature_form, None);

    ann.unfollow("@bea@beta.test").await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Undo(Follow)"]);
    net.assert_quiet();
}

#[tokio::test]
async fn fetches_use_the_format_that_the_peer_accepts() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    beta.refuse_drafts();
    let ann = alpha.person("ann").await;
    beta.person("bea").await;
    ann.follow("@bea@beta.test").await;
    net.settle().await;
    assert_same_lines(
        net.wire_since(),
        &["alpha→beta Follow", "beta→alpha Accept(Follow)"],
    );
    let kept = alpha.peer("beta.test").await.unwrap().signature_form;
    assert_eq!(kept, Some(SignatureForm::Rfc9421));
    net.assert_quiet();
}

#[tokio::test]
async fn a_peer_that_accepts_no_format_gets_each_once() {
    let Weavers {
        net,
        alpha,
        weavers,
        ann,
        ..
    } = Weavers::new().await;
    let refuse =
        |request: &ReceivedRequest| (request.method == "POST").then(|| PeerResponse::status(401));
    let wall = net.hostile("wall.test", refuse).await;
    let signed = wall.signed_request(&alpha.at("/inbox"), &follow(&wall, 1, &weavers.ap_id));
    assert_eq!(net.send(signed).await.0, 202);
    net.settle().await;
    let posts = || {
        wall.requests()
            .iter()
            .filter(|a| a.method == "POST")
            .count()
    };
    assert_eq!(posts(), 2, "the Accept, in both forms");
    ann.follow(&wall.mallory()).await;
    net.settle().await;
    assert_eq!(posts(), 3, "the Follow, in one");
}

/// Builds a Follow by the peer's one actor.
fn follow(peer: &Hostile, number: u32, target: &str) -> Value {
    json!({
        "id": peer.at(&format!("/follows/{number}")), "type": "Follow",
        "actor": peer.mallory(), "object": target,
    })
}

/// The three ways in which a peer signs.
const WAYS: [fn(&Hostile, &str, &Value) -> SignedRequest; 3] = [
    Hostile::signed_request,
    Hostile::signed_request_rfc9421,
    Hostile::signed_request_ed25519,
];

#[tokio::test]
async fn every_format_is_verified_and_covers_only_what_it_signs() {
    for way in WAYS {
        let Weavers {
            net,
            alpha,
            weavers,
            ..
        } = Weavers::new().await;
        let peer = net.hostile("peer.test", |_: &ReceivedRequest| None).await;
        let signed = way(
            &peer,
            &alpha.at("/inbox"),
            &follow(&peer, 1, &weavers.ap_id),
        );
        let mut altered = signed.clone();
        altered.body = follow(&peer, 2, &weavers.ap_id).to_string().into_bytes();
        let (status, why) = net.send(altered).await;
        assert_eq!(status, 401);
        assert!(why.contains("the digest does not match the body"), "{why}");
        let mut elsewhere = signed.clone();
        elsewhere.url.set_path("/u/ann/inbox");
        let (status, why) = net.send(elsewhere).await;
        assert_eq!(status, 401);
        assert!(why.contains("the signature does not verify"), "{why}");

        let before = alpha.actor("weavers@alpha.test").await.unwrap();
        let (status, why) = net.send(signed).await;
        assert_eq!(status, 202, "{why}");
        net.settle().await;
        let after = alpha.actor("weavers@alpha.test").await.unwrap();
        assert_eq!(after.follower_count, before.follower_count + 1);
    }
}

#[tokio::test]
async fn a_peers_new_key_is_fetched_at_most_once_a_minute() {
    for way in WAYS {
        let Weavers {
            net,
            alpha,
            weavers,
            ..
        } = Weavers::new().await;
        let peer = net.hostile("peer.test", |_: &ReceivedRequest| None).await;
        let inbox = alpha.at("/inbox");
        let send = async |number| {
            let signed = way(&peer, &inbox, &follow(&peer, number, &weavers.ap_id));
            net.send(signed).await.0
        };
        assert_eq!(send(1).await, 202);
        peer.rotate_key(1);
        assert_eq!(send(2).await, 202, "a new key is fetched");
        peer.rotate_key(0);
        assert_eq!(
            send(3).await,
            503,
            "not twice in a minute, and not refused for good"
        );
        net.advance(61);
        assert_eq!(send(3).await, 202);
        net.settle().await;
    }
}

#[tokio::test]
async fn after_a_key_rotation_peers_verify_with_the_new_key() {
    for refused in [false, true] {
        let Weavers {
            net,
            alpha,
            beta,
            ann,
            bea,
            ..
        } = Weavers::new().await;
        bea.follow("@ann@alpha.test").await;
        net.settle().await;
        if refused {
            beta.refuse_drafts();
        }
        let before = beta.actor("ann@alpha.test").await.unwrap();
        net.advance(6);
        alpha.rotate_key(&ann).await;
        net.settle().await;
        let after = beta.actor("ann@alpha.test").await.unwrap();
        assert_ne!(after.key_pem, before.key_pem);
        ann.rename("Ann the Weaver").await;
        net.settle().await;
        let seen = beta.actor("ann@alpha.test").await.unwrap();
        assert_eq!(seen.name, "Ann the Weaver");
        assert_eq!(seen.key_pem, after.key_pem);
        net.assert_quiet();
    }
}

#[tokio::test]
async fn the_update_that_tells_a_new_key_is_signed_with_the_one_that_others_know() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        ..
    } = Weavers::new().await;
    bea.follow("@ann@alpha.test").await;
    net.settle().await;
    let _ = net.wire_since();
    let before = beta.actor("ann@alpha.test").await.unwrap();
    net.advance(6);
    // Nobody can fetch the new key: what is accepted now is signed with the one that is known.
    alpha.go_down();
    alpha.rotate_key(&ann).await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Update(Person)"]);
    alpha.come_back();
    net.advance(3_600);
    net.settle().await;
    let after = beta.actor("ann@alpha.test").await.unwrap();
    assert_ne!(after.key_pem, before.key_pem);
    alpha.go_down();
    ann.rename("Ann the Weaver").await;
    net.settle().await;
    let told = ["alpha→beta Update(Person)"];
    assert_eq!(net.wire_since(), told, "the later one with the new key");
}

#[tokio::test]
async fn an_actor_without_an_ed25519_key_gets_one() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    alpha.person("ann").await;
    let mut old = alpha.actor("ann@alpha.test").await.unwrap();
    old.id = ActorId(7);
    old.handle = "old".to_owned();
    old.ap_id = alpha.at("/u/old");
    let (id, row) = (old.id, old);
    let added = alpha
        .ops()
        .write(move |tx| Ok(store::actor::insert(tx.db, &row)?))
        .await;
    assert!(added.unwrap());
    let key = async || {
        alpha
            .read(move |db| Ok(store::raw::actor::key(db, id, KeyKind::Ed25519)?))
            .await
    };
    assert_eq!(key().await, None);
    // The schedule is stored shortly after the start.
    let scheduled = async || {
        alpha
            .read(|db| Ok(store::queue::jobs::count_of_kind(db, "complete_keys")?))
            .await
    };
    while scheduled().await == 0 {
        tokio::task::yield_now().await;
    }
    net.advance(3_601);
    net.settle().await;
    let given = key().await;
    assert!(given.is_some(), "by the hourly job");
    net.advance(3_601);
    net.settle().await;
    assert_eq!(key().await, given, "once");
}
