//! Backfill: when somebody looks up or follows a remote community, its recent threads are fetched, within
//! limits and without notifications.

use serde_json::{Value, json};
use testkit::Network;

#[tokio::test]
async fn recent_threads_are_fetched_on_first_sight() {
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
async fn a_post_fetched_by_its_url_is_in_its_thread() {
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

#[tokio::test]
async fn an_outbox_in_ascending_order_is_read_from_its_end() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let forum = net.hostile("forum.test", |_| None).await;
    let (id, author) = (forum.at("/c/forum"), forum.at("/u/mallory"));
    let thread = |n: u32| {
        let note = forum.at(&format!("/notes/{n}"));
        json!({ "id": format!("{note}#create"), "type": "Create", "actor": author, "object": {
            "id": note, "type": "Page", "name": format!("Thread {n}."), "content": "Wool.",
            "attributedTo": author, "audience": id,
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [id],
            "published": format!("2026-10-{:02}T{:02}:00:00Z", 1 + n / 24, n % 24),
        } })
    };
    // As NodeBB does: the outbox is its own first page, which names the last one.
    let pages = [("", 1..=20), ("/2", 21..=40), ("/3", 41..=50)];
    let at = |page: &str| format!("{id}/outbox{page}");
    let beside = |page: Option<usize>| page.and_then(|page| pages.get(page)).map(|(p, _)| at(p));
    for (number, (page, threads)) in pages.iter().enumerate() {
        let items: Vec<Value> = threads.clone().map(thread).collect();
        forum.publish(&json!({
            "id": at(page), "type": "OrderedCollectionPage", "partOf": at(""), "totalItems": 50,
            "first": at(""), "last": at("/3"),
            "prev": beside(number.checked_sub(1)), "next": beside(Some(number + 1)),
            "orderedItems": items,
        }));
    }
    forum.publish(&json!({
        "id": id, "type": "Group", "preferredUsername": "forum",
        "inbox": format!("{id}/inbox"), "outbox": at(""),
    }));
    assert!(ann.look_up(&id).await.is_some());
    net.settle().await;
    let list = ann.page("/c/forum@forum.test/discussions").await;
    let there = |n: u32| list.contains(&format!("Thread {n}."));
    let seen: Vec<u32> = (1..=50).filter(|n| there(*n)).collect();
    assert_eq!(seen, (31..=50).collect::<Vec<_>>());
}
