//! The stage, the purposes and the timeline of a community, on its pages and in the list.

use super::browser::Browser;
use domain::testing::World;
use http::StatusCode;
use model::ActorId;
use store::Store;
use store::testing::on_sqlite;

const STAGE: &str = "/c/weavers/stage";
const PLANNED: &[(&str, &str)] = &[
    ("stage", "planned"),
    ("opens_on", "2027-03-01"),
    ("purposes", "act"),
];

/// Ann, and the weavers, whom the admin facilitates.
async fn scene(store: Store) -> (Browser, World, ActorId) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    world.community(world.admin, "weavers").await.unwrap();
    browser.sign_in(&world, world.admin).await;
    (browser, world, ann)
}

#[test]
fn facilitators_choose_a_stage_and_lose_nothing_they_typed() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann) = scene(store).await;
        let wrong = [
            ("stage", "planned"),
            ("opens_on", "soon"),
            ("purposes", "act"),
        ];
        let wrong = browser.post(STAGE, &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("2027-01-15") && wrong.html.contains(r#"value="soon""#));
        let none = browser.post(STAGE, &[("stage", "active")]).await;
        assert!(none.says("Choose at least one purpose"));
        browser.sign_in(&world, ann).await;
        for path in [STAGE, "/c/weavers/timeline"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
    });
}

#[test]
fn a_planned_community_is_announced() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann) = scene(store).await;
        browser.post(STAGE, PLANNED).await;
        let milestone = [
            ("on_day", "2021-09-14"),
            ("milestone_en", "Eleven people, one loom"),
        ];
        browser.post("/c/weavers/timeline", &milestone).await;
        browser.sign_in(&world, ann).await;
        let about = browser.get("/c/weavers/about").await;
        for said in [
            "Act together",
            "opens on 1 March 2027",
            "Eleven people, one loom",
            "is planned",
        ] {
            assert!(about.says(said), "{said}: {}", about.html);
        }
        assert!(!about.says("/c/weavers/join"), "nobody joins yet");
        let early = [("title", "Early"), ("body", "Hello"), ("lang", "en")];
        let early = browser.post("/c/weavers/new", &early).await;
        assert_eq!(early.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn the_list_is_narrowed_by_stage_and_purpose() {
    on_sqlite(|store: Store| async move {
        let (mut browser, ..) = scene(store).await;
        browser.post(STAGE, PLANNED).await;
        let link = r#"<h3><a href="/c/weavers""#;
        for (path, listed) in [
            ("/communities", true),
            ("/communities?purpose=act&stage=planned", true),
            ("/communities?purpose=learn", false),
            ("/communities?stage=active", false),
        ] {
            assert_eq!(
                browser.get(path).await.html.contains(link),
                listed,
                "{path}"
            );
        }
        let archived = [("stage", "archived"), ("purposes", "act")];
        browser.post(STAGE, &archived).await;
        for (path, listed) in [
            ("/communities", false),
            ("/communities?stage=archived", true),
        ] {
            assert_eq!(
                browser.get(path).await.html.contains(link),
                listed,
                "{path}"
            );
        }
        let page = browser.get("/c/weavers").await;
        assert_eq!(page.status, StatusCode::OK, "it is still read");
    });
}

#[test]
fn whoever_starts_a_community_is_shown_those_like_it_first() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann) = scene(store).await;
        world.index().await.unwrap();
        browser.sign_in(&world, ann).await;
        let new = [
            ("handle", "weaving"),
            ("name_en", "The weavers of the valley"),
            ("purpose_en", "To weave."),
            ("purposes", "learn"),
            ("languages", "en"),
        ];
        let asked = browser.post("/communities/new", &new).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.html);
        assert!(asked.says("Something like it exists") && asked.says(r#"href="/c/weavers""#));
        assert!(
            asked.html.contains("The weavers of the valley"),
            "what was typed is kept"
        );
        let none = browser.get("/c/weaving").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        let sure = [&new[..], &[("sure", "on")]].concat();
        let made = browser.post("/communities/new", &sure).await;
        assert_eq!(made.location, "/c/weaving");
    });
}
