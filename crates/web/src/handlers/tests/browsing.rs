//! Looking through a community's discussions: what is unread, and what is newest.

use super::browser::Browser;
use domain::post::Draft;
use domain::testing::draft;
use model::{Origin, PostKind};
use store::Store;
use store::testing::on_sqlite;

const LIST: &str = "/c/weavers/discussions";

/// The titles on the page that are among these, in its order.
fn order<'t>(html: &str, titles: [&'t str; 2]) -> Vec<&'t str> {
    let mut found: Vec<(usize, &str)> = titles
        .into_iter()
        .filter_map(|title| Some((html.find(title)?, title)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, title)| title).collect()
}

#[test]
fn a_reader_sees_what_is_unread_and_what_is_newest() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let follow = move |tx: &mut domain::Tx<'_>| domain::follow::follow(tx, ann, weavers);
        browser.sign_in(&world, ann).await;
        let page = browser.get(LIST).await;
        assert!(
            !page.says("show=unread"),
            "nothing is unread to who does not follow"
        );
        world.ops.write(follow).await.unwrap();

        let mut threads = Vec::new();
        for title in ["Warping", "Woad"] {
            world.clock.pass(60);
            threads.push(world.thread(world.admin, weavers, title).await.unwrap());
        }
        world.clock.pass(60);
        world
            .reply(world.admin, threads[0], "A peg helps.")
            .await
            .unwrap();
        let both = ["Warping", "Woad"];
        let page = browser.get(LIST).await;
        assert!(
            page.says("show=unread") && page.says("sort=newest"),
            "{}",
            page.html
        );
        assert_eq!(order(&page.html, both), ["Warping", "Woad"]);
        let page = browser.get(&format!("{LIST}?sort=newest")).await;
        assert_eq!(order(&page.html, both), ["Woad", "Warping"]);

        browser.get(&format!("/p/{}", threads[0])).await;
        let page = browser.get(&format!("{LIST}?show=unread")).await;
        assert_eq!(order(&page.html, both), ["Woad"]);
        browser.get(&format!("/p/{}", threads[1])).await;
        let page = browser.get(&format!("{LIST}?show=unread&lang=fr")).await;
        assert!(page.says("Vous avez tout lu"), "{}", page.html);
        world.clock.pass(60);
        world
            .reply(world.admin, threads[1], "And weld.")
            .await
            .unwrap();
        let page = browser
            .get(&format!("{LIST}?show=unread&sort=newest"))
            .await;
        assert_eq!(order(&page.html, both), ["Woad"]);
    });
}

#[test]
fn everything_is_marked_as_seen_however_old_it_is() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let follow = move |tx: &mut domain::Tx<'_>| domain::follow::follow(tx, ann, weavers);
        world.ops.write(follow).await.unwrap();
        world.clock.pass(60);
        for number in 0..=300 {
            let title = format!("Warping {number}");
            world.thread(world.admin, weavers, &title).await.unwrap();
        }
        browser.sign_in(&world, ann).await;
        for unread in [true, false] {
            browser.post("/c/weavers/seen", &[]).await;
            let page = browser.get(&format!("{LIST}?show=unread")).await;
            assert_eq!(page.says("Warping"), unread, "{}", page.html);
        }
    });
}

#[test]
fn a_community_elsewhere_is_found_as_mastodon_writes_it() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let dyers = domain::actor::RemoteActor {
            kind: model::ActorKind::Group,
            charter: Some(model::community::Charter::default()),
            ..domain::testing::stranger("dyers", "beta.test")
        };
        let store_remote = move |tx: &mut domain::Tx<'_>| domain::actor::store_remote(tx, &dyers);
        world.ops.write(store_remote).await.unwrap();
        let path = "/search?q=@dyers@beta.test";
        assert_eq!(browser.get(path).await.location, "/c/dyers@beta.test");
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        browser.sign_in(&world, ann).await;
        assert_eq!(browser.get(path).await.location, "/c/dyers@beta.test");

        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let reply = [
            ("body", "PageRequest @dyers@beta.test of it."),
            ("lang", "en"),
        ];
        browser.post(&format!("/p/{thread}/reply"), &reply).await;
        let page = browser.get(&format!("/p/{thread}")).await;
        assert!(page.says("https://beta.test/u/dyers"), "{}", page.html);
    });
}

#[test]
fn a_link_elsewhere_has_no_other_server_asked() {
    const UNREACHED: &str = "We couldn’t reach";
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, ann).await;
        for typed in ["@bea@beta.test", "https://beta.test/p/1"] {
            let path = format!("/search?q={typed}");
            for site in [Some("cross-site"), Some("same-site"), Some("none"), None] {
                let page = browser.get_from(site, &path).await;
                assert!(
                    page.says("Look it up") && !page.says(UNREACHED),
                    "{site:?}: {}",
                    page.text()
                );
            }
            let asked = browser.get_from(Some("same-origin"), &path).await;
            assert!(asked.says(UNREACHED), "{}", asked.text());
            let asked = browser.post("/search", &[("q", typed)]).await;
            assert!(asked.says(UNREACHED), "{}", asked.text());
            let forged = browser
                .post_from("https://evil.test", "/search", &[("q", typed)])
                .await;
            assert_eq!(forged.status, http::StatusCode::FORBIDDEN);
        }
    });
}

#[test]
fn guests_cannot_have_one_server_asked_without_end() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::limited(store).await;
        let ann = world.person("ann").await.unwrap();
        world.community(ann, "weavers").await.unwrap();
        let mut ask = async |server: &str| {
            let path = "/c/weavers/follow-from";
            browser.post(path, &[("server", server)]).await.status
        };
        for _ in 0..20 {
            assert_eq!(ask("victim.test").await, 422);
        }
        assert_eq!(ask("victim.test").await, 429);
        assert_eq!(ask("other.test").await, 422);
    });
}

#[test]
fn an_accepted_answer_is_shown_twice_with_footnotes_of_its_own() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let asker = world.admin;
        let weavers = world.community(asker, "weavers").await.unwrap();
        let question = Draft {
            kind: PostKind::Question,
            ..draft("Which peg?", "Which?[^1]\n\n[^1]: For linen.")
        };
        let ask = move |tx: &mut domain::Tx<'_>| {
            domain::discussion::start(tx, asker, Some(weavers), &question, &Origin::Local)
        };
        let question = world.ops.write(ask).await.unwrap();
        let body = "A wooden one[^1].\n\n[^1]: Of beech.";
        let answer = world.reply(asker, question, body).await.unwrap();
        let accept =
            move |tx: &mut domain::Tx<'_>| domain::post::accept(tx, asker, answer, &Origin::Local);
        world.ops.write(accept).await.unwrap();

        let page = browser.get(&format!("/p/{question}")).await;
        assert_eq!(page.html.matches("Of beech.").count(), 2, "{}", page.html);
        let mut ids: Vec<&str> = page
            .html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}", page.html);
        for target in page.html.split(" href=\"#").skip(1) {
            let id = target.split('"').next().unwrap();
            assert!(ids.contains(&id), "{id}");
        }
    });
}
