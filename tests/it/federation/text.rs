//! What texts of other servers show, and where.

use super::Weavers;
use serde_json::{Value, json};
use testkit::Hostile;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A thread in weavers, with a warning or without.
fn note(masto: &Hostile, weavers: &str, summary: Option<&str>) -> Value {
    json!({
        "id": masto.at("/notes/1"), "type": "Note", "attributedTo": masto.mallory(),
        "to": [PUBLIC, weavers], "content": "<p>@weavers The butler did it</p>",
        "summary": summary, "sensitive": summary.is_some(),
        "published": "2026-11-30T09:00:00Z",
        "tag": [{ "type": "Mention", "href": weavers, "name": "@weavers" }],
    })
}

fn activity(masto: &Hostile, kind: &str, object: &Value) -> Value {
    json!({
        "id": masto.at(&format!("/activities/{kind}")), "type": kind, "actor": masto.mallory(),
        "to": [PUBLIC, object["to"][1]], "object": object,
    })
}

/// How a post with a warning begins on an English page.
const FOLD: &str = "<details class=\"content-warning\"><summary>Content warning: ";

/// What a page shows without unfolding anything.
fn unfolded(html: &str) -> String {
    let mut shown = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(FOLD) {
        shown.push_str(before);
        rest = after
            .split_once("</details>")
            .map_or("", |(_, after)| after);
    }
    shown + rest
}

/// Whether what stands behind the warning shows on the page of its thread only, folded.
async fn hidden_everywhere(story: &Weavers, thread: &str, late: bool) {
    let alpha = &story.alpha;
    for path in [
        thread,
        "/",
        "/c/weavers",
        "/c/weavers/discussions",
        "/notices",
        "/search?q=butler",
        "/search?q=film",
    ] {
        let page = story.ann.own_page(path).await;
        assert!(
            !unfolded(&page).contains("The butler"),
            "{path}, late: {late}\n{page}"
        );
    }
    let page = story.ann.page(thread).await;
    assert!(
        page.contains(FOLD)
            && page.contains(">Film ending</span></summary>")
            && page.contains("The butler did it")
    );
    let (_, _, feed) = alpha.get("/c/weavers/feed.atom", &[]).await;
    assert!(
        feed.contains(">Film ending</title>") && !feed.contains("did it"),
        "{feed}"
    );
    let (_, _, found) = alpha.get("/api/hedgerow/v1/search?q=butler", &[]).await;
    assert!(!found.contains("The butler"), "{found}");
}

#[tokio::test]
async fn the_words_behind_a_warning_show_nowhere_however_late_it_comes() {
    for late in [false, true] {
        let story = Weavers::new().await;
        let (net, alpha) = (&story.net, &story.alpha);
        let masto = net.hostile("masto.test", |_| None).await;
        let weavers = alpha.at("/c/weavers");
        let warned = note(&masto, &weavers, Some("Film ending"));
        let first = note(&masto, &weavers, (!late).then_some("Film ending"));
        masto.publish(&first);
        let create = activity(&masto, "Create", &first);
        let sent = net
            .send(masto.signed_request(&alpha.at("/inbox"), &create))
            .await;
        assert_eq!(sent.0, 202);
        net.settle().await;
        if late {
            let mut warned = warned.clone();
            warned["updated"] = json!("2026-11-30T09:05:00Z");
            masto.publish(&warned);
            let update = activity(&masto, "Update", &warned);
            let sent = net
                .send(masto.signed_request(&alpha.at("/inbox"), &update))
                .await;
            assert_eq!(sent.0, 202);
            net.settle().await;
        }
        let seen = story
            .ann
            .find(&masto.at("/notes/1"))
            .await
            .expect("received");
        assert_eq!(
            seen.title,
            "Film ending",
            "late: {late}, {:?}",
            alpha.reasons().await
        );
        hidden_everywhere(&story, &format!("/p/{}", seen.id), late).await;
    }
}

#[tokio::test]
async fn names_of_every_script_arrive_and_are_found() {
    let story = Weavers::new().await;
    let masto = story.net.hostile("masto.test", |_| None).await;
    let id = masto.at("/users/vidya");
    let mut actor = json!({
        "id": id, "type": "Person", "preferredUsername": "विद्या", "name": "\u{202e}\u{3164}",
        "inbox": masto.at("/users/vidya/inbox"),
    });
    actor["publicKey"] = json!({ "id": masto.at("/users/vidya#main-key"), "owner": id, "publicKeyPem": masto.pem() });
    masto.publish(&actor);
    let topic = story.ann.start_discussion(&story.weavers, "Warping").await;
    story.net.settle().await;
    let create = json!({
        "id": masto.at("/activities/1"), "type": "Create", "actor": id, "to": [PUBLIC],
        "object": {
            "id": masto.at("/notes/1"), "type": "Note", "attributedTo": id, "to": [PUBLIC],
            "content": "<p>hi</p>", "inReplyTo": topic.ap_id(),
        },
    });
    let key = masto.at("/users/vidya#main-key");
    let sent = story
        .net
        .send(masto.signed_request_as(&key, &story.alpha.at("/inbox"), &create))
        .await;
    assert_eq!(sent.0, 202);
    story.net.settle().await;
    assert!(
        story.ann.find(&masto.at("/notes/1")).await.is_some(),
        "{:?}",
        story.alpha.reasons().await
    );
    let stored = story
        .alpha
        .actor("@विद्या@masto.test")
        .await
        .expect("stored by its handle");
    assert_eq!(
        stored.name, "विद्या",
        "a name without a visible sign is none"
    );
    let page = story
        .ann
        .page("/u/%E0%A4%B5%E0%A4%BF%E0%A4%A6%E0%A5%8D%E0%A4%AF%E0%A4%BE@masto.test")
        .await;
    assert!(page.contains("@विद्या<wbr>@masto.test"), "{page}");
    story.ann.reply(&topic, "感謝@विद्या@masto.test").await;
    story.net.settle().await;
    let sent = masto.requests();
    assert!(
        sent.iter()
            .any(|request| request.method == "POST" && request.body.contains("感謝")),
        "{sent:?}"
    );
}
