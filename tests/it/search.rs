//! What people find, and what they do not.

use testkit::{Network, Person, PostSnapshot};

/// Whether somebody finds a post by what they type.
async fn finds(who: &Person, typed: &str, post: &PostSnapshot) -> bool {
    let query = typed.replace(' ', "+").replace('"', "%22");
    let page = who.page(&format!("/search?q={query}&in=discussions")).await;
    let id = who.find(post.ap_id()).await.map(|post| post.id);
    id.is_some_and(|id| page.contains(&format!("href=\"/p/{id}\"")))
}

#[tokio::test]
async fn what_is_written_on_one_instance_is_found_on_another() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let ann = alpha.person("ann").await;
    let weavers = ann.found_community("weavers").await;
    let bea = beta.person("bea").await;
    bea.follow("!weavers@alpha.test").await;
    net.settle().await;
    let thread = ann
        .start_with(
            &weavers,
            "Warping a heddle",
            "Use the *lévigated* pegs of the night team.",
        )
        .await;
    net.settle().await;
    let seen = bea.find(thread.ap_id()).await.unwrap();
    let reply = bea
        .reply(&seen, "Zwirnen helps, says my grandmother.")
        .await;
    net.settle().await;
    for who in [&ann, &bea] {
        for typed in [
            "heddles",
            "levigated",
            "\"night teams\"",
            "warping peg",
            "hedlde",
        ] {
            assert!(finds(who, typed, &thread).await, "{typed}");
        }
        assert!(finds(who, "grandmothers", &reply).await);
        assert!(!finds(who, "\"team night\"", &thread).await);
        assert!(!finds(who, "heddle grandmother", &thread).await);
    }
    let page = bea.page("/search?q=levigated").await;
    assert!(page.contains("<mark>lévigated</mark> pegs"), "{page}");
    let offered = bea.page("/search/suggest?q=warping+hed").await;
    assert!(offered.contains("<mark>heddle</mark>"), "{offered}");
    assert!(
        bea.page("/search/suggest?q=weav")
            .await
            .contains("/c/weavers")
    );
    assert!(
        bea.page("/search?q=weavers&in=communities")
            .await
            .contains("/c/weavers@alpha.test")
    );
    let narrow = "/search?q=heddle&kind=question";
    assert!(!bea.page(narrow).await.contains("<mark>"));
}

#[tokio::test]
async fn filters_without_words_list_the_newest_that_match() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let (ann, bea) = (alpha.person("ann").await, alpha.person("bea").await);
    let weavers = ann.found_community("weavers").await;
    let mut asked = Vec::new();
    for title in ["Which heddle?", "Which peg?", "Which wool?"] {
        asked.push(ann.ask(&weavers, title).await);
        net.advance(60);
    }
    let answer = bea.reply(&asked[0], "The small one.").await;
    ann.start_discussion(&weavers, "No question").await;
    net.settle().await;
    let listed = async |who: &Person, filters: &str| -> Vec<String> {
        let page = who.own_page(&format!("/search?q=&{filters}")).await;
        let rows = page.split("search-hit").skip(1);
        let titles = rows.filter_map(|row| {
            let title = row.split("<h3>").nth(1)?.split("</h3>").next()?;
            let text = title.split_once('>')?.1.split('<').next()?;
            Some(text.to_owned())
        });
        titles.collect()
    };
    let newest = ["Which wool?", "Which peg?", "Which heddle?"];
    assert_eq!(listed(&bea, "kind=question").await, newest);
    let quiet = "kind=question&community=!weavers@alpha.test&answered=no";
    assert_eq!(listed(&bea, quiet).await, newest);
    assert_eq!(listed(&bea, "mine=1").await, ["Which heddle?"], "the reply");
    assert_eq!(listed(&ann, "person=@ann@alpha.test").await.len(), 4);
    assert_eq!(listed(&ann, "kind=poll").await, [""; 0]);
    let none = ann.page("/search?kind=poll").await;
    assert!(none.contains("Nothing matches these filters"), "{none}");
    assert_eq!(listed(&ann, "sort=newest").await, [""; 0], "no filter");
    bea.delete(&answer).await;
    assert_eq!(listed(&bea, "mine=1").await, [""; 0]);
}

testkit::on_postgres_too! {
    filters_without_words_list_the_newest_that_match
}

#[tokio::test]
async fn what_is_taken_away_is_not_found_and_comes_back_with_its_author() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let (ann, bea) = (alpha.person("ann").await, alpha.person("bea").await);
    let weavers = ann.found_community("weavers").await;
    let thread = ann
        .start_with(&weavers, "Warping", "A secret quokka.")
        .await;
    let reply = bea.reply(&thread, "My wombat agrees.").await;
    net.settle().await;
    assert!(finds(&bea, "quokka", &thread).await && finds(&ann, "wombat", &reply).await);

    ann.edit(&thread, "An open numbat.").await;
    net.settle().await;
    assert!(!finds(&bea, "quokka", &thread).await);
    assert!(finds(&bea, "numbat", &thread).await);

    alpha.suspend(&ann).await;
    for typed in ["numbat", "warping", "warpign"] {
        assert!(
            !bea.page(&format!("/search?q={typed}"))
                .await
                .contains("/p/"),
            "{typed}"
        );
    }
    assert!(!bea.page("/search/suggest?q=warp").await.contains("/p/"));
    net.settle().await;
    alpha.restore(&ann).await;
    net.settle().await;
    assert!(finds(&bea, "numbat", &thread).await);

    bea.delete(&reply).await;
    assert!(!ann.page("/search?q=wombat").await.contains("/p/"));
    net.settle().await;
    let before = alpha.rebuild_search_index().await;
    assert!(before > 3, "{before}");
    assert!(finds(&bea, "numbat", &thread).await);
    assert!(!ann.page("/search?q=wombat").await.contains("/p/"));
}
