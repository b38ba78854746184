//! Whole instances that federate over HTTP, and hostile peers.

mod actor;
mod answer;
mod backfill;
mod bounds;
mod compatibility;
mod delivery;
mod discussion;
mod elsewhere;
mod follow;
mod hostile;
mod invalid_requests;
mod moving;
mod outages;
mod picture;
mod policy;
mod poll;
mod refusals;
mod signatures;
mod synchronization;
mod tags;
mod text;

use testkit::{Community, Instance, Network, Person};

/// Two instances: Ann of alpha has founded the community `weavers`, Bea of beta follows it, no request is
/// pending and the transcript is empty.
struct Weavers {
    net: Network,
    alpha: Instance,
    beta: Instance,
    ann: Person,
    bea: Person,
    weavers: Community,
}

impl Weavers {
    async fn new() -> Self {
        let net = Network::new();
        let (alpha, beta) = (
            net.instance("alpha.test").await,
            net.instance("beta.test").await,
        );
        let ann = alpha.person("ann").await;
        let bea = beta.person("bea").await;
        let weavers = ann.found_community("weavers").await;
        bea.follow("!weavers@alpha.test").await;
        net.settle().await;
        let followed = bea.follows("!weavers@alpha.test").await;
        assert_eq!(
            followed,
            Some(true),
            "{:?} {:?}",
            net.wire(),
            beta.reasons().await
        );
        let _ = net.wire_since();
        Self {
            net,
            alpha,
            beta,
            ann,
            bea,
            weavers,
        }
    }
}

/// Asserts that both have the same lines, in any order.
#[track_caller]
fn assert_same_lines(mut got: Vec<String>, wanted: &[&str]) {
    let mut wanted: Vec<String> = wanted.iter().map(|line| (*line).to_owned()).collect();
    got.sort();
    wanted.sort();
    assert_eq!(got, wanted);
}
