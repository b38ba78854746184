//! Moves of people and communities from one server to another, with their followers.

use super::Weavers;

#[tokio::test]
async fn followers_move_along_with_a_person() {
    let Weavers {
        net,
        alpha,
        beta,
        ann,
        bea,
        ..
    } = Weavers::new().await;
    let gamma = net.instance("gamma.test").await;
    let cy = gamma.person("cy").await;
    let al = alpha.person("al").await;
    let annie = beta.person("annie").await;
    for who in [&al, &bea, &cy] {
        who.follow("@ann@alpha.test").await;
    }
    net.settle().await;

    let names = ann.leave("@ann@alpha.test", "@annie@beta.test").await;
    assert_eq!(names, Err(Vec::new()), "Annie may be anybody");
    annie
        .also_known_as("@annie@beta.test", "@ann@alpha.test")
        .await;
    net.settle().await;
    let _ = net.wire_since();
    ann.leave("@ann@alpha.test", "@annie@beta.test")
        .await
        .unwrap();
    net.settle().await;

    for who in [&al, &bea, &cy] {
        assert_eq!(
            who.follows("@ann@alpha.test").await,
            None,
            "{}",
            who.address()
        );
        assert_eq!(
            who.follows("@annie@beta.test").await,
            Some(true),
            "{}",
            who.address()
        );
        assert!(
            who.notices()
                .await
                .contains(&"moved by annie@beta.test".to_owned()),
            "{:?}",
            who.notices().await
        );
    }
    let wire = net.wire();
    for line in ["alpha→beta Move", "alpha→gamma Move", "gamma→beta Follow"] {
        assert!(wire.iter().any(|sent| sent == line), "{line}: {wire:#?}");
    }
    for page in [al.page("/u/ann").await, cy.page("/u/ann@alpha.test").await] {
        assert!(page.contains("/u/annie@beta.test"), "{page}");
    }
    net.assert_quiet();
}

#[tokio::test]
async fn a_community_moves_to_another_server() {
    let Weavers {
        net,
        beta,
        ann,
        bea,
        ..
    } = Weavers::new().await;
    let dyers = bea.found_community("dyers").await;
    let cy = beta.person("cy").await;
    cy.follow("!weavers@alpha.test").await;
    net.settle().await;

    bea.also_known_as("!dyers@beta.test", "!weavers@alpha.test")
        .await;
    ann.leave("!weavers@alpha.test", "!dyers@beta.test")
        .await
        .unwrap();
    net.settle().await;
    for who in [&ann, &bea, &cy] {
        assert_eq!(
            who.follows("!dyers@beta.test").await,
            Some(true),
            "{}",
            who.address()
        );
        assert_eq!(
            who.follows("!weavers@alpha.test").await,
            None,
            "{}",
            who.address()
        );
    }
    for (who, path) in [(&ann, "/c/weavers"), (&bea, "/c/weavers@alpha.test")] {
        let page = who.page(path).await;
        assert!(page.contains("This community has moved to"), "{page}");
        assert!(page.contains("/c/dyers"), "{page}");
    }
    let topic = bea.start_discussion(&dyers, "Settling in").await;
    net.settle().await;
    assert!(ann.find(topic.ap_id()).await.is_some());
    net.assert_quiet();
}
