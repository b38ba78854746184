//! Spaces of a community: facilitators keep them, members write in them, and nobody else knows of them.

use super::browser::Browser;
use domain::Tx;
use domain::testing::World;
use http::StatusCode;
use model::ActorId;
use model::membership::JoinPolicy;
use store::Store;
use store::testing::on_sqlite;

const SPACES: &str = "/c/weavers/spaces";

/// Ann, who is a member of the weavers, whom the admin facilitates; Eve, who is none. The admin is signed in.
async fn scene(store: Store) -> (Browser, World, ActorId, ActorId) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    let eve = world.person("eve").await.unwrap();
    let admin = world.admin;
    let weavers = world.community(admin, "weavers").await.unwrap();
    let join = move |tx: &mut Tx<'_>| {
        domain::membership::set_form(tx, admin, weavers, JoinPolicy::Open, &[])?;
        domain::membership::ask(tx, ann, weavers, &[])
    };
    world.ops.write(join).await.unwrap();
    browser.sign_in(&world, admin).await;
    (browser, world, ann, eve)
}

/// Makes a space by the form; returns its id.
async fn make(browser: &mut Browser, access: &str, posting: &str) -> String {
    let typed = [
        ("space_en", "Hard cases"),
        ("access", access),
        ("posting", posting),
    ];
    let page = browser.post(SPACES, &typed).await;
    assert_eq!(page.location, SPACES, "{}", page.html);
    let page = browser.get(SPACES).await;
    let (_, rest) = page.html.split_once("/discussions?space=").unwrap();
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn facilitators_keep_the_list() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, _) = scene(store).await;
        assert!(browser.get("/c/weavers/edit").await.says(SPACES));
        let page = browser.post(SPACES, &[("access", "members")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Enter a name in at least one language"));
        let page = browser.post(SPACES, &[("space_en", "Inside")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let space = make(&mut browser, "private", "all").await;
        let one = format!("{SPACES}/{space}");
        let page = browser
            .post(&one, &[("do", "join"), ("member", "eve")])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "no member");
        let page = browser
            .post(&one, &[("do", "join"), ("member", "@ann")])
            .await;
        assert_eq!(page.location, one, "{}", page.html);
        assert!(browser.get(&one).await.says("@ann"));
        let page = browser.post(&one, &[("do", "close")]).await;
        assert_eq!(page.location, one);
        assert!(browser.get(SPACES).await.says("closed"));
        browser.sign_in(&world, ann).await;
        for path in [SPACES, one.as_str()] {
            let status = browser.get(path).await.status;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        }
        let page = browser.post(&one, &[("do", "open")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn members_write_in_their_space_and_others_do_not_know_of_it() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, eve) = scene(store).await;
        let space = make(&mut browser, "members", "all").await;
        let list = format!("/c/weavers/discussions?space={space}");
        browser.sign_in(&world, ann).await;
        let page = browser.get("/c/weavers/new").await;
        assert!(page.says("Hard cases"), "{}", page.html);
        let typed = [
            ("kind", "discussion"),
            ("title", "Among us"),
            ("body", "A secret knot."),
            ("lang", "en"),
            ("space", space.as_str()),
        ];
        let page = browser.post("/c/weavers/new", &typed).await;
        let thread = page.location.clone();
        assert!(thread.starts_with("/p/"), "{}", page.html);
        let page = browser.get(&thread).await;
        assert!(page.says("Hard cases") && page.says("Only members of the community read"));
        assert!(browser.get(&list).await.says("Among us"));
        browser.sign_in(&world, eve).await;
        for path in [thread.as_str(), list.as_str()] {
            let status = browser.get(path).await.status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/c/weavers/discussions", "/c/weavers/new", "/c/weavers"] {
            let page = browser.get(path).await;
            assert!(!page.says("Hard cases") && !page.says("Among us"), "{path}");
        }
        let page = browser.post("/c/weavers/new", &typed).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.html);
    });
}
