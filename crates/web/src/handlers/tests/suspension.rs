//! Who is suspended is refused like what has been deleted, whatever it is.

use super::browser::Browser;
use domain::account::Principal;
use http::StatusCode;
use model::{ActorState, Lang};
use store::Store;
use store::testing::on_sqlite;

#[test]
fn a_suspended_person_is_gone() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        assert_eq!(browser.get("/u/ann").await.status, StatusCode::OK);
        let suspend = move |tx: &mut domain::Tx<'_>| {
            domain::account::suspend(tx, Principal::Operator, ann, "Posts adverts")
        };
        world.ops.write(suspend).await.unwrap();
        let page = browser.get("/u/ann").await;
        assert_eq!(page.status, StatusCode::GONE);
        let explanation = words::text(Lang::En, "error-gone-actor-text");
        assert!(page.says(explanation), "{}", page.html);
    });
}

#[test]
fn a_suspended_community_is_gone() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let suspend = move |tx: &mut domain::Tx<'_>| {
            let row = store::raw::actor::by_id(tx.db, weavers)?;
            let mut row = row.ok_or(domain::Error::not_found("community"))?;
            row.state = ActorState::Suspended;
            Ok(store::actor::update(tx.db, &row)?)
        };
        world.ops.write(suspend).await.unwrap();
        browser.sign_in(&world, world.admin).await;
        for tab in ["", "/discussions", "/people", "/about", "/new", "/edit"] {
            let page = browser.get(&format!("/c/weavers{tab}")).await;
            assert_eq!(page.status, StatusCode::GONE, "{tab}");
            let explanation = words::text(Lang::En, "error-gone-community-text");
            assert!(page.says(explanation), "{tab}: {}", page.html);
        }
    });
}

#[test]
fn an_admin_gives_a_community_that_nobody_can_look_after_to_somebody() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let zo = world.person("zo").await.unwrap();
        let ann = world.person("ann").await.unwrap();
        world.community(zo, "outlive").await.unwrap();
        browser.sign_in(&world, world.admin).await;
        let listed = browser.get("/admin/communities").await;
        assert!(!listed.html.contains("/c/outlive"), "zo looks after it");
        let suspend = move |tx: &mut domain::Tx<'_>| {
            domain::account::suspend(tx, Principal::Operator, zo, "Posts adverts")
        };
        world.ops.write(suspend).await.unwrap();
        let listed = browser.get("/admin/communities").await;
        assert!(listed.html.contains("/c/outlive"), "{}", listed.html);
        let read = |db: &mut store::Db| {
            store::community::without_facilitator(db, 9).map_err(domain::Error::from)
        };
        let id = world.ops.store().read(read).await.unwrap()[0]
            .id()
            .to_string();
        let unknown = [("community", id.as_str()), ("person", "nobody")];
        let refused = browser.post("/admin/communities", &unknown).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let given = [("community", id.as_str()), ("person", "@Ann")];
        let given = browser.post("/admin/communities", &given).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER);
        browser.sign_in(&world, ann).await;
        assert_eq!(browser.get("/c/outlive/edit").await.status, StatusCode::OK);
    });
}

#[test]
fn who_does_not_want_to_be_found_is_left_out_by_search_engines() {
    const NOINDEX: &str = r#"<meta name="robots" content="noindex">"#;
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let pages = [format!("/p/{thread}"), "/u/ann".to_owned()];
        for page in &pages {
            assert!(!browser.get(page).await.html.contains(NOINDEX), "{page}");
        }
        browser.sign_in(&world, ann).await;
        let form = browser.get("/settings/profile").await;
        let ticked = r#"name="indexable" checked"#;
        assert!(form.html.contains(ticked), "{}", form.html);
        // A box that is not ticked is not sent.
        let said = [
            ("name", "Ann"),
            ("languages", "en"),
            ("seen_by", "co-members"),
        ];
        let saved = browser.post("/settings/profile", &said).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        for page in &pages {
            assert!(browser.get(page).await.html.contains(NOINDEX), "{page}");
        }
        world.index().await.unwrap();
        let found = browser.get("/search?q=Warping").await;
        assert!(found.html.contains(&pages[0]), "she finds her own");
        // Somebody who follows neither her nor the community.
        let bob = world.person("bob").await.unwrap();
        browser.sign_in(&world, bob).await;
        let found = browser.get("/search?q=Warping").await;
        assert!(!found.html.contains(&pages[0]), "{}", found.html);
        let people = browser.get("/people").await;
        assert!(!people.html.contains("/u/ann"), "{}", people.html);
    });
}
