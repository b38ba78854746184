//! Who gets a place when many want one.

use super::ledger::{self, Hold};
use super::verdict::Verdict;
use super::{Errand, Office, Report};
use crate::test_instance::TestInstance;
use domain::Outcome;
use model::peer::DeliveryState;
use model::{ActorKind, DeliveryId, PeerId};
use std::collections::HashSet;
use store::row;

/// So many more rows wait for a peer, each of a conversation of its own.
async fn backlog(instance: &TestInstance, peer: PeerId, rows: i64) {
    let copies = move |tx: &mut domain::Tx<'_>| {
        let newest = DeliveryId(i64::MAX);
        let (row, _, _) = store::queue::delivery::list(tx.db, DeliveryState::Waiting, newest, 1)?
            .pop()
            .unwrap();
        for n in 0..rows {
            let copy = row::Delivery {
                id: tx.id(),
                peer_id: peer,
                order_key: format!("backlog {n}"),
                inbox: format!("{}?{n}", row.inbox),
                ..row.clone()
            };
            store::queue::delivery::enqueue(tx.db, &[copy])?;
        }
        Ok(())
    };
    instance.does(copies).await;
}

/// A thread's Announce waits for that many peers which failed last, and for one that is well.
async fn village(failing: i64) -> (TestInstance, PeerId) {
    village_of(failing, true).await
}

/// The same, whose many peers may be well, too.
async fn village_of(others: i64, fail: bool) -> (TestInstance, PeerId) {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    let gus = instance
        .stranger("gamma.test", ActorKind::Person, "gus")
        .await;
    instance.followed(gus, weavers).await;
    instance.thread(instance.ann, weavers, "Warping").await;
    instance.run().await;
    let well = instance
        .does(move |tx| {
            let newest = DeliveryId(i64::MAX);
            let rows = store::queue::delivery::list(tx.db, DeliveryState::Waiting, newest, 1)?;
            let (row, _, _) = rows.into_iter().next().unwrap();
            for n in 0..others {
                let peer = store::peer::meet(tx.db, PeerId(n + 1), &format!("h{n}.test"), tx.now)?;
                if fail {
                    store::peer::failed(tx.db, peer, "away", tx.now, false, tx.now)?;
                }
                let copy = row::Delivery {
                    id: tx.id(),
                    peer_id: peer,
                    inbox: format!("https://h{n}.test/inbox"),
                    ..row.clone()
                };
                store::queue::delivery::enqueue(tx.db, &[copy])?;
            }
            Ok(row.peer_id)
        })
        .await;
    (instance, well)
}

#[tokio::test]
async fn peers_that_fail_leave_the_others_their_places() {
    let (instance, well) = village(200).await;
    let mut office = Office::new(&instance.fed);
    let mut peers: Vec<PeerId> = Vec::new();
    for _ in 0..10 {
        office.exchange(Vec::new(), true).await.unwrap();
        peers.extend(office.errands().iter().map(Errand::peer));
    }
    let distinct: HashSet<PeerId> = peers.iter().copied().collect();
    assert_eq!(distinct.len(), peers.len(), "one probe for each");
    assert!(distinct.contains(&well), "though they are older");
    assert_eq!(peers.len(), 65, "64 probes at a time");
    office.close().await.unwrap();
    let free = instance
        .fed
        .store()
        .read(|db| -> Outcome<_> {
            let peer = store::peer::by_id(db, PeerId(1))?.unwrap();
            Ok(peer.lane_holder)
        })
        .await;
    assert_eq!(free.unwrap(), 0);
}

#[tokio::test]
async fn a_long_backlog_goes_out_whole_without_another_ring() {
    let (instance, well) = village(0).await;
    backlog(&instance, well, 300).await;
    let mut office = Office::new(&instance.fed);
    let (mut ended, mut sent) = (Vec::new(), 0);
    loop {
        office.exchange(ended, true).await.unwrap();
        let errands = office.errands();
        if errands.is_empty() && !office.is_restless() {
            break;
        }
        sent += errands.len();
        ended = errands
            .iter()
            .map(|errand| Report {
                verdict: Verdict::Arrived,
                ..office.panicked(errand.id(), String::new()).unwrap()
            })
            .collect();
    }
    assert_eq!(instance.waiting().await.len(), 0, "{sent} were sent");
    office.close().await.unwrap();
}

/// Takes lanes and hands out as much as there are places for; answers to whom.
async fn hands_out(office: &mut Office) -> Vec<Errand> {
    let mut errands = Vec::new();
    for _ in 0..10 {
        office.exchange(Vec::new(), true).await.unwrap();
        errands.extend(office.errands());
    }
    errands
}

#[tokio::test]
async fn peers_that_begin_to_hang_leave_the_others_their_places() {
    let (instance, well) = village_of(300, false).await;
    let mut office = Office::new(&instance.fed);
    let first = hands_out(&mut office).await;
    assert_eq!(first.len(), 256, "as many as there are places");
    assert!(first.iter().all(|errand| errand.peer() != well));
    instance.advance(2);
    let second = hands_out(&mut office).await;
    assert_eq!(second.len(), 45, "none has ended");
    assert!(second.iter().any(|errand| errand.peer() == well));
}

#[tokio::test]
async fn who_takes_a_lane_reads_it_afterwards() {
    let (instance, well) = village(0).await;
    let now = instance.fed.ops().now();
    let free = move |tx: &mut domain::Tx<'_>| {
        let healthy = store::queue::delivery::Health::Healthy;
        let after = PeerId(0);
        Ok(store::queue::delivery::free_lanes(
            tx.db, healthy, after, now, 8,
        )?)
    };
    let seen = instance.does(free).await;
    assert_eq!(seen.iter().map(|peer| peer.id).collect::<Vec<_>>(), [well]);

    let mut office = Office::new(&instance.fed);
    let mut ended = Vec::new();
    while !instance.waiting().await.is_empty() {
        office.exchange(ended, true).await.unwrap();
        let arrived = office.errands().into_iter().map(|errand| Report {
            verdict: Verdict::Arrived,
            ..office.panicked(errand.id(), String::new()).unwrap()
        });
        ended = arrived.collect();
    }
    office.close().await.unwrap();

    let hold = Hold {
        holder: 7,
        now,
        until: now.plus_seconds(60),
    };
    let take = move |tx: &mut domain::Tx<'_>| ledger::take(tx.db, hold, seen.clone());
    assert!(
        instance.does(take).await.is_empty(),
        "nothing goes out twice"
    );
    assert_eq!(instance.does(free).await.len(), 0);
    let holder = move |tx: &mut domain::Tx<'_>| Ok(store::peer::by_id(tx.db, well)?.unwrap());
    assert_eq!(
        instance.does(holder).await.lane_holder,
        0,
        "it is given back"
    );
}

#[tokio::test]
async fn what_was_on_its_way_when_its_sender_died_may_be_a_repeat() {
    let (instance, _) = village(0).await;
    let mut office = Office::new(&instance.fed);
    let first = hands_out(&mut office).await;
    assert!(first.iter().all(|errand| !errand.again));
    drop(office);
    instance
        .does(|tx| Ok(store::queue::delivery::release_all(tx.db)?))
        .await;
    let again = hands_out(&mut Office::new(&instance.fed)).await;
    let ids = |errands: &[Errand]| errands.iter().map(Errand::id).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&first));
    assert!(again.iter().all(|errand| errand.again));
}
