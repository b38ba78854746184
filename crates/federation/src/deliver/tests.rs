//! Who gets a place when many want one.

use super::Office;
use crate::house::House;
use domain::Outcome;
use model::peer::DeliveryState;
use model::{ActorKind, DeliveryId, PeerId};
use std::collections::HashSet;
use store::row;

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
