//! Threads across instances: started, answered, edited, deleted, liked.

use super::{Weavers, assert_same_lines};
use serde_json::json;

#[tokio::test]
async fn a_remote_thread_reaches_its_community_and_is_announced() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let topic = bea
        .start_with(&weavers, "Which loom?", "Mine is a *rigid heddle*.")
        .await;
    net.settle().await;
    let seen = ann.find(topic.ap_id()).await.expect("come home");
    assert_eq!(
        (seen.title.as_str(), seen.text.as_str()),
        ("Which loom?", "Mine is a rigid heddle.")
    );
    assert_eq!(ann.threads(&weavers).await, ["Which loom?"]);
    assert_same_lines(
        net.wire(),
        &[
            "beta→alpha Create(Page)",
            "alpha→beta Announce(Create(Page))",
            "alpha→beta Announce",
        ],
    );
    net.assert_quiet();
}

#[tokio::test]
async fn every_instance_has_the_same_thread() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let gamma = net.instance("gamma.test").await;
    let cleo = gamma.person("cleo").await;
    cleo.follow("!weavers@alpha.test").await;
    net.settle().await;

    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let peg = bea.reply(&topic, "Use a peg.").await;
    net.settle().await;
    let which = cleo.reply(&peg, "Which one?").await;
    net.settle().await;
    ann.reply(&which, "Any.").await;
    net.settle().await;

    let text = [
        "ann@alpha.test: “Warping a heddle” What do you think?",
        "  bea@beta.test: Use a peg.",
        "    cleo@gamma.test: Which one?",
        "      ann@alpha.test: Any.",
    ]
    .join("\n");
    for reader in [&ann, &bea, &cleo] {
        assert_eq!(reader.reads(&topic).await, text, "{}", reader.address());
    }
    assert_eq!(bea.notices().await, ["reply by cleo@gamma.test"]);
    net.assert_quiet();
}

#[tokio::test]
async fn an_edit_reaches_every_instance() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let reply = bea.reply(&topic, "Use a peg.").await;
    net.settle().await;
    let _ = net.wire_since();

    ann.edit(&topic, "How do you do it alone?").await;
    bea.edit(&reply, "Use two pegs.").await;
    net.settle().await;
    let text = "ann@alpha.test: “Warping a heddle” How do you do it alone? (edited)\n  bea@beta.test: Use two pegs. (edited)";
    assert_eq!(ann.reads(&topic).await, text);
    assert_eq!(bea.reads(&topic).await, text);
    assert!(
        net.wire().contains(&"beta→alpha Update(Note)".to_owned()),
        "{:?}",
        net.wire()
    );
    assert!(
        net.wire()
            .contains(&"alpha→beta Announce(Update(Page))".to_owned()),
        "{:?}",
        net.wire()
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_deletion_leaves_a_tombstone_on_every_instance() {
    let Weavers {
        net,
        alpha,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let reply = bea.reply(&topic, "Use a peg.").await;
    net.settle().await;
    ann.reply(&reply, "Thank you!").await;
    net.settle().await;

    bea.delete(&reply).await;
    net.settle().await;
    let text = [
        "ann@alpha.test: “Warping a heddle” What do you think?",
        "  bea@beta.test: [deleted]",
        "    ann@alpha.test: Thank you!",
    ]
    .join("\n");
    assert_eq!(ann.reads(&topic).await, text);
    assert_eq!(bea.reads(&topic).await, text);

    ann.delete(&topic).await;
    net.settle().await;
    assert!(bea.find(topic.ap_id()).await.unwrap().deleted);
    assert_eq!(bea.threads(&weavers).await, [""; 0]);
    assert!(
        alpha.reasons().await.is_empty(),
        "{:?}",
        alpha.reasons().await
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_facilitator_removes_a_remote_post() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let topic = bea.start_discussion(&weavers, "Cheap watches").await;
    net.settle().await;
    ann.delete(&topic).await;
    net.settle().await;
    assert!(
        bea.find(topic.ap_id()).await.unwrap().deleted,
        "{:?}",
        net.wire()
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_like_is_counted_on_every_instance_and_undone() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let topic = ann.start_discussion(&weavers, "Warping a heddle").await;
    net.settle().await;
    let _ = net.wire_since();

    bea.like(&topic).await;
    net.settle().await;
    assert_eq!(ann.find(topic.ap_id()).await.unwrap().likes, 1);
    assert_eq!(bea.find(topic.ap_id()).await.unwrap().likes, 1);
    assert_eq!(
        net.wire_since(),
        ["beta→alpha Like", "alpha→beta Announce(Like)"]
    );

    bea.unlike(&topic).await;
    ann.like(&topic).await;
    net.settle().await;
    assert_eq!(ann.find(topic.ap_id()).await.unwrap().likes, 1);
    assert_eq!(bea.find(topic.ap_id()).await.unwrap().likes, 1);
    assert_same_lines(
        net.wire(),
        &[
            "beta→alpha Undo(Like)",
            "alpha→beta Announce(Undo(Like))",
            "alpha→beta Announce(Like)",
        ],
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_person_mentioned_remotely_is_notified() {
    let Weavers {
        net,
        beta,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let gamma = net.instance("gamma.test").await;
    let cleo = gamma.person("cleo").await;
    let topic = ann
        .start_with(
            &weavers,
            "Pegs",
            "What do you use, @bea@beta.test and @cleo@gamma.test?",
        )
        .await;
    net.settle().await;
    let told = bea.notices().await;
    assert_eq!(
        told,
        ["mention by ann@alpha.test"],
        "{:?} {:?}",
        net.wire(),
        beta.reasons().await
    );
    assert_eq!(cleo.notices().await, ["mention by ann@alpha.test"]);
    let seen = cleo
        .find(topic.ap_id())
        .await
        .expect("sent to who is named");
    assert_eq!(seen.community.as_deref(), Some("weavers@alpha.test"));
    assert!(
        seen.html.contains("http://gamma.test/u/cleo"),
        "{}",
        seen.html
    );
    net.assert_quiet();
}

testkit::on_postgres_too! {
    a_remote_thread_reaches_its_community_and_is_announced
    every_instance_has_the_same_thread
    an_edit_reaches_every_instance
    a_deletion_leaves_a_tombstone_on_every_instance
    a_facilitator_removes_a_remote_post
    a_like_is_counted_on_every_instance_and_undone
    a_person_mentioned_remotely_is_notified
}

#[tokio::test]
async fn a_mention_in_a_thread_that_nobody_here_knows_arrives() {
    let story = Weavers::new().await;
    let masto = story.net.hostile("masto.test", |_| None).await;
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let note = |path: &str, text: &str| {
        json!({
            "id": masto.at(path), "type": "Note", "attributedTo": masto.mallory(),
            "to": [public], "content": text,
        })
    };
    masto.publish(&note("/notes/1", "<p>Who knows about wool?</p>"));
    let mut reply = note("/notes/2", "<p>@ann does.</p>");
    reply["inReplyTo"] = json!(masto.at("/notes/1"));
    reply["cc"] = json!([story.ann.ap_id()]);
    reply["tag"] = json!([{ "type": "Mention", "href": story.ann.ap_id() }]);
    masto.publish(&reply);
    let create = json!({
        "id": masto.at("/notes/2#create"), "type": "Create", "actor": masto.mallory(),
        "to": [public], "cc": [story.ann.ap_id()], "object": reply,
    });
    let signed = masto.signed_request(&story.alpha.at("/inbox"), &create);
    assert_eq!(story.net.send(signed).await.0, 202);
    story.net.settle().await;
    assert_eq!(
        story.ann.notices().await,
        ["follow by bea@beta.test", "mention by mallory@masto.test"],
        "{:?}",
        story.alpha.reasons().await
    );
}
