//! First sight of a community elsewhere: its recent threads are fetched, bounded and quietly.

use testkit::Network;

#[tokio::test]
async fn recent_threads_are_there_on_first_sight() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let (ann, bea) = (alpha.person("ann").await, beta.person("bea").await);
    let weavers = ann.found_community("weavers").await;
    for title in ["Wool", "Silk", "Flax"] {
        let topic = ann.start_discussion(&weavers, title).await;
        ann.reply(&topic, "I like it.").await;
    }
    net.settle().await;
    bea.look_up("!weavers@alpha.test").await.expect("found");
    net.settle().await;
    assert_eq!(
        bea.threads(&weavers).await,
        ["Flax", "Silk", "Wool"],
        "{:?}",
        beta.reasons().await
    );
    assert_eq!(bea.notices().await, [""; 0]);
    assert_eq!(net.wire(), [""; 0], "fetching is not announced");
    net.assert_quiet();
}

#[tokio::test]
async fn what_is_fetched_by_its_address_stands_in_its_thread() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let (ann, bea) = (alpha.person("ann").await, beta.person("bea").await);
    let weavers = ann.found_community("weavers").await;
    let topic = ann.start_discussion(&weavers, "Wool").await;
    let reply = ann.reply(&topic, "Merino.").await;
    net.settle().await;
    bea.look_up(reply.ap_id()).await.expect("found");
    net.settle().await;
    let text = "ann@alpha.test: “Wool” What do you think?\n  ann@alpha.test: Merino.";
    assert_eq!(bea.reads(&topic).await, text);
    net.assert_quiet();
}
