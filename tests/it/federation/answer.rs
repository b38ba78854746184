//! Accepted answers across instances.

use super::Weavers;

#[tokio::test]
async fn an_answer_is_accepted_for_all() {
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

    let question = bea.ask(&weavers, "How do you warp?").await;
    net.settle().await;
    let peg = cleo.reply(&question, "Use a peg.").await;
    let chair = ann.reply(&question, "Use a chair.").await;
    net.settle().await;
    let _ = net.wire_since();

    assert!(
        !cleo.accept(&peg).await,
        "neither the asker nor a moderator"
    );
    assert!(bea.accept(&peg).await);
    net.settle().await;
    let wire = net.wire_since();
    for line in [
        "beta→alpha ChooseAnswer",
        "alpha→gamma Announce(ChooseAnswer)",
    ] {
        assert!(wire.contains(&line.to_owned()), "{line}: {wire:?}");
    }
    assert!(ann.accept(&chair).await, "she facilitates");
    net.settle().await;
    for person in [&ann, &bea, &cleo] {
        for reply in [&peg, &chair] {
            assert!(person.find(reply.ap_id()).await.unwrap().accepted);
        }
    }
    let told = cleo.notices().await;
    assert!(
        told.contains(&"accepted by bea@beta.test".to_owned()),
        "{told:?}"
    );

    assert!(ann.unaccept(&peg).await);
    net.settle().await;
    for person in [&ann, &bea, &cleo] {
        assert!(!person.find(peg.ap_id()).await.unwrap().accepted);
        assert!(person.find(chair.ap_id()).await.unwrap().accepted);
    }
    net.assert_quiet();
}
