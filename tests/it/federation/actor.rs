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
async fn a_suspension_hides_somebody_wherever_they_wrote_until_it_ends() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    // Nobody on beta follows Eve: her thread came there through the community.
    let eve = alpha.person("eve").await;
    let topic = eve.start_discussion(&weavers, "Buy my looms").await;
    let ours = ann.start_discussion(&weavers, "Warping").await;
    eve.reply(&ours, "Buy my reeds.").await;
    net.settle().await;
    let _ = net.wire_since();

    alpha.suspend(&eve).await;
    net.settle().await;
    assert_eq!(net.wire_since(), ["alpha→beta Update(Person)"]);
    let id = bea.find(topic.ap_id()).await.unwrap().id;
    for (instance, page, person) in [(&alpha, topic.id, "eve"), (&beta, id, "eve@alpha.test")] {
        assert_eq!(status(instance, &format!("/p/{page}")).await, 404);
        assert_eq!(status(instance, &format!("/u/{person}")).await, 410);
    }
    for person in [&ann, &bea] {
        assert_eq!(person.threads(&weavers).await, ["Warping"]);
        let left = person.find(ours.ap_id()).await.unwrap().replies;
        assert_eq!(left, 0, "{}", person.address());
    }
    let (_, _, document) = alpha.get("/u/eve", &[ACCEPT]).await;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["suspended"], true);
    assert!(document.get("name").is_none(), "{document}");

    alpha.restore(&eve).await;
    net.settle().await;
    assert_eq!(status(&beta, &format!("/p/{id}")).await, 200);
    assert_eq!(status(&beta, "/u/eve@alpha.test").await, 200);
    for person in [&ann, &bea] {
        assert_eq!(person.threads(&weavers).await.len(), 2);
        assert_eq!(person.find(ours.ap_id()).await.unwrap().replies, 1);
    }
    net.assert_quiet();
}

/// The status of a page as a guest gets it.
async fn status(instance: &Instance, path: &str) -> u16 {
    instance.get(path, &[("accept", "text/html")]).await.0
}

/// Puts a community into a state, as erasing or suspending it does.
async fn put_into(
    instance: &Instance,
    handle: &str,
    state: model::ActorState,
    fact: fn(model::ActorId) -> model::Fact,
) {
    let address = format!("{handle}@{}", instance.host());
    let id = instance.actor(&address).await.unwrap().id;
    let put = move |tx: &mut domain::Tx<'_>| {
        let mut row = store::raw::actor::by_id(tx.db, id)?.unwrap();
        row.state = state;
        store::actor::update(tx.db, &row)?;
        tx.record(fact(id));
        Ok(())
    };
    instance.ops().write(put).await.unwrap();
}

#[tokio::test]
async fn a_community_that_is_deleted_is_closed_elsewhere() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    let topic = ann.start_discussion(&weavers, "Warping").await;
    net.settle().await;
    let thread = bea.find(topic.ap_id()).await.unwrap().id;
    let gone = |actor| model::Fact::ActorRemoved { actor };
    put_into(&alpha, "weavers", model::ActorState::Deleted, gone).await;
    net.settle().await;
    let place = beta.actor("weavers@alpha.test").await.unwrap();
    assert_eq!(place.state, model::ActorState::Deleted);
    let api = "/api/hedgerow/v1/communities/weavers@alpha.test";
    let (at_api, _, _) = beta.get(api, &[]).await;
    let page = "/c/weavers@alpha.test";
    let (at_page, _, told) = beta.get(page, &[("accept", "text/html")]).await;
    assert_eq!((at_api, at_page), (410, 410));
    assert!(told.contains("closed by its facilitators"), "{told}");
    // What was written in it can be read; nobody adds to it.
    assert_eq!(status(&beta, &format!("/p/{thread}")).await, 200);
    let by = bea.id();
    let write = move |tx: &mut domain::Tx<'_>| {
        let draft = domain::testing::draft("", "Too late?");
        domain::discussion::reply(tx, by, thread, &draft, &model::Origin::Local)
    };
    let refused = beta.ops().write(write).await.unwrap_err();
    let closed = model::Refusal::NotAllowed(model::refusal::Rule::Closed);
    assert!(
        matches!(&refused, domain::Error::Refused(why) if *why == closed),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_community_that_its_server_suspends_is_hidden_elsewhere() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
    } = Weavers::new().await;
    let topic = ann.start_discussion(&weavers, "Warping").await;
    net.settle().await;
    let thread = bea.find(topic.ap_id()).await.unwrap().id;
    let changed = |actor| model::Fact::SuspensionChanged {
        actor,
        origin: model::fact::FactOrigin::Local,
    };
    for (state, at_thread, at_place) in [
        (model::ActorState::Suspended, 404, 410),
        (model::ActorState::Active, 200, 200),
    ] {
        put_into(&alpha, "weavers", state, changed).await;
        net.settle().await;
        assert_eq!(status(&beta, &format!("/p/{thread}")).await, at_thread);
        assert_eq!(status(&beta, "/c/weavers@alpha.test").await, at_place);
    }
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
    ann.show_follows().await;
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
            let requests = [ACCEPT, ("if-none-match", known.as_str())];
            let (status, again, body) = alpha.get(path, &requests).await;
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
