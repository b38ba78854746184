//! Followers synchronization (FEP-8fcf) repairs follows on which two instances disagree.

use super::Weavers;
use testkit::{Instance, Network, Person};

/// Deletes a follow from an instance, as restoring a backup would.
async fn lose(at: &Instance, follower: &str, target: &str) {
    let (follower, target) = (
        at.actor(follower).await.unwrap().id,
        at.actor(target).await.unwrap().id,
    );
    let row = at
        .read(move |db| Ok(store::follow::between(db, follower, target)?))
        .await
        .unwrap();
    at.ops()
        .write(move |tx| Ok(store::follow::delete(tx.db, row.id)?))
        .await
        .unwrap();
}

async fn is_followed(at: &Instance, follower: &str, target: &str) -> bool {
    let (follower, target) = (
        at.actor(follower).await.unwrap().id,
        at.actor(target).await.unwrap().id,
    );
    at.read(move |db| Ok(store::follow::between(db, follower, target)?))
        .await
        .is_some()
}

async fn also_follows(net: &Network, beta: &Instance) -> Person {
    let bob = beta.person("bob").await;
    bob.follow("!weavers@alpha.test").await;
    net.settle().await;
    let _ = net.wire_since();
    bob
}

#[tokio::test]
async fn a_follow_that_the_peer_lost_is_sent_again() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    also_follows(&net, &beta).await;
    lose(&alpha, "bea@beta.test", "weavers@alpha.test").await;

    ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let wire = net.wire_since();
    assert_eq!(
        wire[2..],
        ["beta→alpha Follow", "alpha→beta Accept(Follow)"],
        "{wire:?}"
    );
    assert_eq!(bea.follows("!weavers@alpha.test").await, Some(true));
    assert!(is_followed(&alpha, "bea@beta.test", "weavers@alpha.test").await);

    net.advance(3_601);
    ann.start_discussion(&weavers, "Tying on").await;
    net.settle().await;
    let wire = net.wire();
    assert_eq!(wire.len(), 2, "they agree: {wire:?}");
    net.assert_quiet();
}

#[tokio::test]
async fn a_follow_that_was_lost_here_is_undone() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    let bob = also_follows(&net, &beta).await;
    lose(&beta, "bea@beta.test", "weavers@alpha.test").await;
    // RFC 9421 covers the header as well, and so does the request for the list.
    beta.refuse_drafts();
    alpha.refuse_drafts();

    ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let wire = net.wire();
    assert!(
        wire.contains(&"beta→alpha Undo(Follow)".to_owned()),
        "{wire:?}"
    );
    assert!(!is_followed(&alpha, "bea@beta.test", "weavers@alpha.test").await);
    assert_eq!(bea.follows("!weavers@alpha.test").await, None);
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(true));
    net.assert_quiet();
}

#[tokio::test]
async fn a_lost_accept_is_repaired() {
    let Weavers {
        net,
        beta,
        ann,
        weavers,
        ..
    } = Weavers::new().await;
    beta.refuse_with(Some(202));
    let bob = beta.person("bob").await;
    bob.follow("!weavers@alpha.test").await;
    net.settle().await;
    beta.refuse_with(None);
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(false));

    ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(true));
    net.assert_quiet();
}

#[tokio::test]
async fn the_list_requires_a_signature() {
    let Weavers { alpha, .. } = Weavers::new().await;
    let list = "/c/weavers/followers_synchronization";
    let activity = "application/activity+json";
    assert_eq!(alpha.shows(list, activity).await, 401);
    let people = "/u/ann/followers_synchronization";
    assert_eq!(alpha.shows(people, activity).await, 401);
}
