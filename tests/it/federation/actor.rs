//! Updates and suspensions of people and communities reach their followers; conditional requests are
//! answered.

use super::Weavers;
use serde_json::Value;
use testkit::{Instance, PostSnapshot};

#[tokio::test]
async fn followers_see_a_new_name() {
    let Weavers {
        net,
        ann,
        bea,
        beta,
        ..
    } = Weavers::new().await;
    bea.follow("@ann@alpha.test").await;
    net.settle().await;
    let _ = net.wire_since();
    ann.rename("Ann the Weaver").await;
    net.settle().await;
    assert_eq!(net.wire(), ["alpha→beta Update(Person)"]);
    let seen = beta.actor("ann@alpha.test").await.unwrap();
    assert_eq!(seen.name, "Ann the Weaver");
    assert!(
        seen.summary_html.contains("I weave."),
        "{}",
        seen.summary_html
    );
    net.assert_quiet();
}

#[tokio::test]
async fn followers_see_a_communitys_new_purpose() {
    let Weavers {
        net,
        ann,
        bea,
        beta,
        weavers,
        ..
    } = Weavers::new().await;
    ann.describe(&weavers, "We weave together, in wool and words.")
        .await;
    net.settle().await;
    assert_eq!(net.wire(), ["alpha→beta Update(Group)"]);
    let id = beta.actor("weavers@alpha.test").await.unwrap().id;
    let seen = beta
        .read(move |db| Ok(store::raw::community::by_id(db, id)?))
        .await
        .unwrap();
    assert_eq!(
        seen.community.purpose.first(),
        Some(("en", "We weave together, in wool and words."))
    );
    assert_eq!(bea.follows("!weavers@alpha.test").await, Some(true));
    net.assert_quiet();
}

#[tokio::test]
async fn a_suspended_actor_is_gone_on_other_instances() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let eve = alpha.person("eve").await;
    bea.follow("@eve@alpha.test").await;
    eve.follow("@bea@beta.test").await;
    let topic = eve.start_discussion(&weavers, "Buy my looms").await;
    net.settle().await;
    assert!(bea.find(topic.ap_id()).await.is_some());

    alpha.suspend(&eve).await;
    net.settle().await;
    let seen = beta.actor("eve@alpha.test").await.unwrap();
    assert_eq!(
        seen.state,
        model::ActorState::Deleted,
        "{:?} {:?}",
        net.wire(),
        beta.reasons().await
    );
    assert_eq!(bea.follows("@eve@alpha.test").await, None);
    assert!(bea.find(topic.ap_id()).await.unwrap().deleted);
    assert!(ann.find(topic.ap_id()).await.is_some());
    net.assert_quiet();
}

const ACCEPT: (&str, &str) = ("accept", "application/activity+json");

fn path(instance: &Instance, url: &str) -> String {
    url.strip_prefix(&instance.at("")).unwrap().to_owned()
}

/// Returns the URLs of Ann, her community, a thread, a reply, and their collections.
async fn documents(story: &Weavers, topic: &PostSnapshot, reply: &PostSnapshot) -> Vec<String> {
    let alpha = &story.alpha;
    let (ann, id) = (story.ann.id(), topic.id);
    let bea = alpha.actor("bea@beta.test").await.unwrap().id;
    let read = alpha.read(move |db| {
        let like = store::raw::post::like_of(db, ann, id)?.unwrap();
        Ok([
            like.ap_id,
            store::follow::between(db, ann, bea)?.unwrap().ap_id,
        ])
    });
    let (topic, mut paths) = (path(alpha, topic.ap_id()), vec!["/".to_owned()]);
    paths.extend(read.await.iter().map(|url| path(alpha, url)));
    paths.extend([
        format!("{topic}/context"),
        topic,
        path(alpha, reply.ap_id()),
    ]);
    for actor in ["/u/ann", "/c/weavers"] {
        let lists = [
            "",
            "/outbox",
            "/outbox?page=true",
            "/followers",
            "/following",
            "/featured",
        ];
        paths.extend(lists.map(|list| format!("{actor}{list}")));
    }
    paths.push("/c/weavers/moderators".to_owned());
    // What was sent is served under its own address.
    for outbox in ["/u/ann/outbox?page=true", "/c/weavers/outbox?page=true"] {
        let page = alpha.document(outbox).await;
        let of = |item: &Value| item["id"].as_str().map(|url| path(alpha, url));
        let items = page["orderedItems"].as_array().unwrap().iter();
        paths.extend(
            items
                .flat_map(|item| [of(item), of(&item["object"])])
                .flatten(),
        );
    }
    paths
}

#[tokio::test]
async fn a_conditional_request_is_answered_with_304() {
    let story = Weavers::new().await;
    let (ann, alpha) = (&story.ann, &story.alpha);
    ann.follow("@bea@beta.test").await;
    let topic = ann.start_discussion(&story.weavers, "Wool").await;
    let reply = ann.reply(&topic, "Merino.").await;
    ann.like(&topic).await;
    story.net.settle().await;
    let paths = documents(&story, &topic, &reply).await;
    let sent = paths.iter().filter(|path| path.starts_with("/activities/"));
    assert!(sent.count() >= 2, "{paths:?}");
    for path in &paths {
        let (status, first, body) = alpha.get(path, &[ACCEPT]).await;
        assert_eq!(status, 200, "{path}: {body}");
        let etag = first["etag"].to_str().unwrap();
        assert!(first["vary"].to_str().unwrap().contains("Accept"), "{path}");
        for known in [
            etag.to_owned(),
            format!("W/{etag}"),
            format!("\"x\", {etag}"),
        ] {
            let asked = [ACCEPT, ("if-none-match", known.as_str())];
            let (status, again, body) = alpha.get(path, &asked).await;
            assert_eq!((status, body.as_str()), (304, ""), "{path} {known}");
            assert_eq!(again["etag"], first["etag"], "{path}");
        }
    }

    let changed = path(alpha, reply.ap_id());
    let (_, before, _) = alpha.get(&changed, &[ACCEPT]).await;
    ann.edit(&reply, "Shetland.").await;
    let etag = ("if-none-match", before["etag"].to_str().unwrap());
    let (status, after, body) = alpha.get(&changed, &[ACCEPT, etag]).await;
    assert_eq!(status, 200);
    assert!(body.contains("Shetland."), "{body}");
    assert_ne!(after["etag"], before["etag"]);
}
