//! What received activities leave on the disk.

use crate::federation::Weavers;
use model::InboundId;
use model::peer::InboundState;
use serde_json::json;
use testkit::ReceivedRequest;

#[tokio::test]
async fn the_bytes_of_what_was_ignored_are_dropped_at_once() {
    let story = Weavers::new().await;
    let evil = story
        .net
        .hostile("evil.test", |_: &ReceivedRequest| None)
        .await;
    for number in 0..4 {
        let flag = json!({
            "id": evil.at(&format!("/flags/{number}")), "type": "Flag", "actor": evil.mallory(),
            "object": story.ann.ap_id(), "content": "a".repeat(900_000),
        });
        let signed = evil.signed_request(&story.alpha.at("/inbox"), &flag);
        assert_eq!(story.net.send(signed).await.0, 202);
    }
    let short = json!({
        "id": evil.at("/flags/short"), "type": "Flag", "actor": evil.mallory(),
        "object": story.ann.ap_id(), "content": "a",
    });
    let signed = evil.signed_request(&story.alpha.at("/inbox"), &short);
    assert_eq!(story.net.send(signed).await.0, 202);
    story.net.settle().await;
    let list = |db: &mut store::Db| {
        let newest = InboundId(i64::MAX);
        Ok(store::queue::inbound::list(
            db,
            InboundState::Ignored,
            newest,
            50,
        )?)
    };
    let ignored = story.alpha.read(list).await;
    assert_eq!(ignored.len(), 5);
    let kept = ignored.iter().filter_map(|row| row.body.as_ref());
    let kept: Vec<usize> = kept.map(String::len).collect();
    assert_eq!(kept.len(), 1, "the short one");
    assert!(kept[0] <= 4_096, "{kept:?} bytes");
}

testkit::on_postgres_too! {
    the_bytes_of_what_was_ignored_are_dropped_at_once
}
