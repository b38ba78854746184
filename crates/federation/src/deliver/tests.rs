//! Who gets a place when many want one.

use super::verdict::Verdict;
use super::{Office, Report};
use crate::house::House;
use domain::Outcome;
use model::peer::DeliveryState;
use model::{ActorKind, DeliveryId, PeerId};
use std::collections::HashSet;
use store::row;

/// So many more rows wait for a peer, each of a conversation of its own.
async fn backlog(house: &House, peer: PeerId, rows: i64) {
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
    house.does(copies).await;
}

/// A thread's Announce waits for that many peers which failed last, and for one that is well.
async fn village(failing: i64) -> (House, PeerId) {
    let house = House::new().await;
    let weavers = house.community("weavers").await;
    let gus = house.stranger("gamma.test", ActorKind::Person, "gus").await;
    house.followed(gus, weavers).await;
    house.thread(house.ann, weavers, "Warping").await;
    house.run().await;
    let well = house
        .does(move |tx| {
            let newest = DeliveryId(i64::MAX);
            let rows = store::queue::delivery::list(tx.db, DeliveryState::Waiting, newest, 1)?;
            let (row, _, _) = rows.into_iter().next().unwrap();
            for n in 0..failing {
                let peer = store::peer::meet(tx.db, PeerId(n + 1), &format!("h{n}.test"), tx.now)?;
                store::peer::failed(tx.db, peer, "away", tx.now, false, tx.now)?;
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
    (house, well)
}

#[tokio::test]
async fn peers_that_fail_leave_the_others_their_places() {
    let (house, well) = village(200).await;
    let mut office = Office::new(&house.fed);
    let mut peers: Vec<PeerId> = Vec::new();
    for _ in 0..10 {
        office.exchange(Vec::new(), true).await.unwrap();
        peers.extend(office.errands().iter().map(super::Errand::peer));
    }
    let distinct: HashSet<PeerId> = peers.iter().copied().collect();
    assert_eq!(distinct.len(), peers.len(), "one probe for each");
    assert!(distinct.contains(&well), "though they are older");
    assert_eq!(peers.len(), 65, "64 probes at a time");
    office.close().await.unwrap();
    let free = house
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
    let (house, well) = village(0).await;
    backlog(&house, well, 300).await;
    let mut office = Office::new(&house.fed);
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
    assert_eq!(house.waiting().await.len(), 0, "{sent} were sent");
    office.close().await.unwrap();
}
