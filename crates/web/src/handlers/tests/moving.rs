//! Moving, as the settings show it. Nothing is elsewhere for these browsers, so that an address is
//! found here or not at all.

use super::browser::Browser;
use http::StatusCode;
use store::Store;
use store::testing::on_sqlite;

#[test]
fn one_sees_and_changes_ones_own_addresses_only() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        world.community(world.admin, "weavers").await.unwrap();
        browser.sign_in(&world, ann).await;
        assert!(
            browser
                .get("/settings/profile")
                .await
                .says("/settings/moving/ann")
        );
        assert_eq!(
            browser.get("/settings/moving/ann").await.status,
            StatusCode::OK
        );
        for path in ["/settings/moving/root", "/settings/moving/weavers"] {
            assert_eq!(
                browser.get(path).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        for path in ["", "/leave", "/drop?other=7", "/stay"] {
            let path = format!("/settings/moving/weavers{path}");
            let sent = browser.post(&path, &[("known", "")]).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
        }
        let known = [("known", "@ann@beta.test")];
        let page = browser.post("/settings/moving/ann", &known).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("We couldn’t find an account there") && page.says("@ann@beta.test"));

        let leave = [("new_home", "@ann@beta.test"), ("current", "wrong")];
        let page = browser.post("/settings/moving/ann/leave", &leave).await;
        assert!(page.says("Confirm first that it is you"), "she has none");

        browser.sign_in(&world, world.admin).await;
        let page = browser.post("/settings/moving/root/leave", &leave).await;
        assert!(
            page.says("This isn’t your current password."),
            "{}",
            page.html
        );
        let page = browser.get("/c/weavers/edit").await;
        assert!(page.says("/settings/moving/weavers"));
        assert_eq!(
            browser.get("/settings/moving/weavers").await.status,
            StatusCode::OK
        );
    });
}

#[test]
fn a_community_that_has_moved_shows_its_new_address() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let dyers = world.community(world.admin, "dyers").await.unwrap();
        let admin = world.admin;
        let leave =
            move |tx: &mut domain::Tx<'_>| domain::actor::moving::leave(tx, admin, weavers, dyers);
        world.ops.write(leave).await.unwrap();
        for tab in ["", "/discussions", "/people", "/about"] {
            let page = browser.get(&format!("/c/weavers{tab}?lang=fr")).await;
            assert!(
                page.says("Cette communauté a une nouvelle adresse"),
                "{tab}"
            );
            assert!(
                page.says("/c/dyers") && !page.says("/c/weavers/new\""),
                "{tab}"
            );
        }
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, ann).await;
        assert!(!browser.get("/c/weavers").await.says("/c/weavers/follow"));
        assert!(browser.get("/c/dyers").await.says("/c/dyers/follow"));
        browser.sign_in(&world, admin).await;
        let path = "/settings/moving/weavers";
        assert!(browser.get(path).await.says("@dyers"));
        assert_eq!(
            browser.post(&format!("{path}/stay"), &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(
            !browser
                .get("/c/weavers")
                .await
                .says("This community has moved")
        );
    });
}
