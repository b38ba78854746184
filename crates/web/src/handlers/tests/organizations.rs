//! Organizations: administrators list them, people say where they belong, and others see it as they see the profile.

use super::browser::Browser;
use domain::Tx;
use domain::account::Profile;
use domain::testing::World;
use http::StatusCode;
use model::{ActorId, SeenBy};
use store::Store;
use store::testing::on_sqlite;

async fn seen_by(world: &World, who: ActorId, seen_by: SeenBy) {
    let profile = Profile {
        name: "Zoe Tremblay".into(),
        seen_by: Some(seen_by),
        ..Profile::default()
    };
    let verb = move |tx: &mut Tx<'_>| domain::account::set_profile(tx, who, &profile);
    world.ops.write(verb).await.unwrap();
}

/// An instance that lists the Old Mill, with its id, and Zoe, who says that she belongs to it.
async fn scene(store: Store) -> (Browser, World, ActorId) {
    let (mut browser, world) = Browser::new(store).await;
    let zoe = world.person("zoe").await.unwrap();
    browser.sign_in(&world, world.admin).await;
    let new = [
        ("organization_en", "Old Mill"),
        ("organization_fr", "Vieux Moulin"),
        ("ror", "03yrm5c26"),
        ("domains", "mill.example"),
    ];
    browser.post("/admin/organizations", &new).await;
    let list = browser.get("/admin/organizations").await;
    let edit = list.html.split("\"/admin/organizations/").nth(1).unwrap();
    let id = edit.split('/').next().unwrap();
    browser.sign_in(&world, zoe).await;
    browser
        .post("/settings/organizations", &[("affiliation", id)])
        .await;
    (browser, world, zoe)
}

#[test]
fn administrators_list_organizations_and_lose_nothing_they_typed() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _) = scene(store).await;
        let refused = browser.get("/admin/organizations").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(
            browser
                .get("/settings/organizations")
                .await
                .says("Not confirmed")
        );
        let other = world.person("bea").await.unwrap();
        browser.sign_in(&world, other).await;
        let none = browser
            .post("/settings/organizations", &[("affiliation", "")])
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);

        browser.sign_in(&world, world.admin).await;
        let wrong = [("organization_en", "New Mill"), ("ror", "03yrm5c27")];
        let wrong = browser.post("/admin/organizations", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["New Mill", "03yrm5c27", "nine characters"] {
            assert!(wrong.html.contains(kept), "{kept}");
        }
    });
}

#[test]
fn people_say_where_they_belong_to_whoever_sees_their_profile() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, zoe) = scene(store).await;
        let eve = world.person("eve").await.unwrap();
        for (choice, other, guest) in [
            (SeenBy::CoMembers, false, false),
            (SeenBy::Instance, true, false),
            (SeenBy::Everyone, true, true),
        ] {
            seen_by(&world, zoe, choice).await;
            browser.sign_in(&world, eve).await;
            let page = browser.get("/organizations/old-mill").await;
            assert_eq!(page.says("Zoe Tremblay"), other, "{choice}");
            assert!(
                !page.says("mill.example"),
                "mail domains are for administrators"
            );
            assert_eq!(
                browser.get("/u/zoe").await.says("Old Mill"),
                other,
                "{choice}"
            );
            browser.sign_out();
            let page = browser.get("/organizations/old-mill").await;
            assert!(page.html.contains("https://ror.org/03yrm5c26"));
            assert!(!page.says("Zoe Tremblay"), "guests are told of no people");
            assert_eq!(
                browser.get("/u/zoe").await.says("Old Mill"),
                guest,
                "{choice}"
            );
        }
        let unknown = browser.get("/organizations/new-mill").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    });
}
