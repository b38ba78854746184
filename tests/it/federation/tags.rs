//! Tags of communities across instances.

use super::Weavers;
use model::LangText;

fn both(en: &str, fr: &str) -> LangText {
    LangText::new([("en", en), ("fr", fr)])
}

#[tokio::test]
async fn tags_travel_with_their_community_and_its_threads() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    ann.add_tag(&weavers, both("Looms", "Métiers")).await;
    ann.add_tag(&weavers, both("Warm wool", "Laine chaude"))
        .await;
    net.settle().await;
    assert_eq!(bea.tag_list(&weavers).await, ["looms", "warm-wool"]);

    let hers = bea.start_tagged(&weavers, "Warping", &["looms"]).await;
    let plain = bea.start_discussion(&weavers, "Woad").await;
    let anns = ann
        .start_tagged(&weavers, "Knots", &["looms", "warm-wool"])
        .await;
    net.settle().await;
    for person in [&ann, &bea] {
        assert_eq!(person.tags_of(&hers).await, ["looms"]);
        assert_eq!(person.tags_of(&plain).await, [""; 0]);
        assert_eq!(person.tags_of(&anns).await, ["looms", "warm-wool"]);
    }
    for (person, list) in [
        (&ann, "/c/weavers/discussions"),
        (&bea, "/c/weavers@alpha.test/discussions"),
    ] {
        let page = person.own_page(&format!("{list}?tag=looms")).await;
        assert!(page.contains("Warping") && page.contains("Knots"), "{page}");
        assert!(!page.contains("Woad"), "{page}");
        let page = person.own_page(&format!("{list}?tag=warm-wool")).await;
        assert!(page.contains("Knots") && !page.contains("Warping"));
    }

    ann.choose_tags(&weavers, &anns, &["warm-wool"]).await;
    bea.choose_tags(&weavers, &hers, &["looms", "warm-wool"])
        .await;
    net.settle().await;
    for person in [&ann, &bea] {
        assert_eq!(person.tags_of(&anns).await, ["warm-wool"]);
        assert_eq!(person.tags_of(&hers).await, ["looms", "warm-wool"]);
    }
    net.assert_quiet();
}

#[tokio::test]
async fn a_renamed_tag_stays_and_a_removed_one_is_lost_everywhere() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    ann.add_tag(&weavers, both("Looms", "Métiers")).await;
    ann.add_tag(&weavers, both("Wool", "Laine")).await;
    net.settle().await;
    let topic = ann
        .start_tagged(&weavers, "Warping", &["looms", "wool"])
        .await;
    net.settle().await;
    ann.rename_tag(&weavers, "looms", both("Heddles", "Lisses"))
        .await;
    ann.remove_tag(&weavers, "wool").await;
    net.settle().await;
    for person in [&ann, &bea] {
        assert_eq!(person.tag_list(&weavers).await, ["heddles"]);
        assert_eq!(person.tags_of(&topic).await, ["heddles"]);
    }
    let wire = net.wire_since();
    let update = "alpha→beta Update(Group)".to_owned();
    assert!(wire.contains(&update), "{wire:?}");
    net.assert_quiet();
}

#[tokio::test]
async fn what_a_facilitator_has_chosen_for_a_guests_thread_stays() {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    ann.add_tag(&weavers, both("Looms", "Métiers")).await;
    net.settle().await;
    let hers = bea.start_discussion(&weavers, "Warping").await;
    net.settle().await;
    ann.choose_tags(&weavers, &hers, &["looms"]).await;
    net.settle().await;
    bea.edit(&hers, "Never mind.").await;
    net.settle().await;
    assert_eq!(ann.tags_of(&hers).await, ["looms"]);
    net.assert_quiet();
}
