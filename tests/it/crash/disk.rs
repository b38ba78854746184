//! A disk that is full, and a database that cannot be written.

use super::{PUBLIC, Stage, activity};
use serde_json::json;
use testkit::{Hold, Hostile};

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let mut stage = Stage::set(None).await;
    let peer = Hostile::on_loopback("peer").await;
    stage.alpha.kill();
    // What is there fits; a few letters more do not.
    let kilobytes = stage.alpha.database_kilobytes() + 64;
    stage.alpha.start_held(Hold::FileSize(kilobytes)).await;

    let (mut taken, mut refused) = (Vec::new(), None);
    for number in 0..400 {
        let id = peer.at(&format!("/notes/{number}"));
        let note = json!({
            "id": id, "type": "Note", "attributedTo": peer.mallory(), "to": [PUBLIC],
            "inReplyTo": stage.topic["ap_id"], "content": "x".repeat(2_000),
        });
        let create = activity(&peer, "Create", number, &note);
        let letter = peer.letter(&stage.alpha.at("/inbox"), &create);
        match letter.send(stage.alpha.machine()).await {
            (202, _) => taken.push(id),
            (status, _) => {
                refused = Some(status);
                break;
            }
        }
    }
    assert_eq!(refused, Some(503), "peers try again later");
    let thread = json!({ "lang": "en", "title": "Full", "body": "y".repeat(5_000) });
    let path = "/communities/weavers/threads";
    let (status, words) = stage
        .alpha
        .ask(&stage.ann, "POST", path, Some(&thread))
        .await;
    assert_eq!(
        (status, &words["code"]),
        (503, &json!("unavailable")),
        "{words}"
    );
    let log = stage.alpha.log();
    assert!(log.contains("disk"), "the log names the reason: {log}");
    let (status, _) = stage.alpha.ask(&stage.ann, "GET", path, None).await;
    assert_eq!(status, 200, "reading goes on");

    stage.alpha.kill();
    stage.alpha.start().await;
    let known = async || {
        let posts = stage.posts(&stage.topic).await;
        let known = |id: &String| posts.iter().any(|post| post.ap_id == *id);
        taken.iter().all(known)
    };
    let begun = std::time::Instant::now();
    while !known().await {
        assert!(begun.elapsed() < super::PATIENCE, "{}", stage.alpha.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_written_does_not_start_a_server() {
    let mut stage = Stage::set(None).await;
    stage.alpha.kill();
    let told = stage.alpha.start_unable_to_write();
    assert!(told.contains("hedgerow.db cannot be written"), "{told}");
    stage.alpha.start().await;
    assert_eq!(stage.posts(&stage.topic).await.len(), 1);
}
