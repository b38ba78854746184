//! Who is suspended is refused like what has been deleted, whatever it is.

use super::browser::Browser;
use domain::account::Principal;
use http::StatusCode;
use model::ActorState;
use store::Store;
use store::testing::on_sqlite;

#[test]
fn a_suspended_person_is_gone() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        assert_eq!(browser.get("/u/ann").await.status, StatusCode::OK);
        let suspend =
            move |tx: &mut domain::Tx<'_>| domain::account::suspend(tx, Principal::Operator, ann);
        world.ops.write(suspend).await.unwrap();
        assert_eq!(browser.get("/u/ann").await.status, StatusCode::GONE);
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
        }
    });
}
