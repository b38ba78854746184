//! People and communities change, and are taken away; whoever follows them sees it.

use super::Weavers;

#[tokio::test]
async fn a_new_name_is_seen_by_who_follows() {
    let Weavers {
        net,
        ann,
        bea,
        beta,
        ..
    } = Weavers::gather().await;
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
async fn a_communitys_new_purpose_is_seen_by_who_follows() {
    let Weavers {
        net,
        ann,
        bea,
        beta,
        weavers,
        ..
    } = Weavers::gather().await;
    ann.describe(&weavers, "We weave together, in wool and words.")
        .await;
    net.settle().await;
    assert_eq!(net.wire(), ["alpha→beta Update(Group)"]);
    let id = beta.actor("weavers@alpha.test").await.unwrap().id;
    let (seen, _) = beta
        .read(move |db| Ok(store::community::by_id(db, id)?))
        .await
        .unwrap();
    assert_eq!(seen.purpose_en, "We weave together, in wool and words.");
    assert_eq!(bea.follows("!weavers@alpha.test").await, Some(true));
    net.assert_quiet();
}

#[tokio::test]
async fn who_is_suspended_is_gone_elsewhere() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::gather().await;
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
