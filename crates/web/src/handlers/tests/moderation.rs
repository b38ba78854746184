//! Moderation: a member reports, a moderator decides, an author asks for a post back, and posts wait.

use super::browser::Browser;
use domain::Tx;
use domain::testing::World;
use http::StatusCode;
use model::{ActorId, MemberRole, PostId};
use store::Store;
use store::testing::on_sqlite;

const QUEUE: &str = "/c/weavers/moderation";

/// The weavers, whom the admin facilitates and Mo moderates, with a thread of Bob; Zed facilitates the dyers.
struct Scene {
    world: World,
    mo: ActorId,
    bob: ActorId,
    zed: ActorId,
    thread: PostId,
}

async fn scene(store: Store) -> (Browser, Scene) {
    let (browser, world) = Browser::new(store).await;
    let mo = world.person("mo").await.unwrap();
    let bob = world.person("bob").await.unwrap();
    let zed = world.person("zed").await.unwrap();
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    world.community(zed, "dyers").await.unwrap();
    let thread = world.thread(bob, weavers, "Looms for sale").await.unwrap();
    let moderate = move |tx: &mut Tx<'_>| {
        let role = MemberRole::Moderator;
        Ok(store::community::put_member(
            tx.db, weavers, mo, role, tx.now,
        )?)
    };
    world.ops.write(moderate).await.unwrap();
    let scene = Scene {
        world,
        mo,
        bob,
        zed,
        thread,
    };
    (browser, scene)
}

#[test]
fn a_report_is_decided_and_its_sender_is_told() {
    on_sqlite(|store: Store| async move {
        let (mut browser, scene) = scene(store).await;
        let thread = format!("/p/{}", scene.thread);
        let (report, moderate) = (format!("{thread}/report"), format!("{thread}/moderate"));
        browser.sign_in(&scene.world, scene.zed).await;
        let page = browser.get(&thread).await;
        assert!(page.says(&report) && !page.says(&moderate), "{}", page.html);
        let page = browser.post(&report, &[("text", "Look")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Choose what is wrong with it") && page.says("Look"));
        let page = browser.post(&report, &[("why", "other")]).await;
        assert!(page.says("Say what is wrong with it"), "{}", page.html);
        let page = browser
            .post(&report, &[("why", "spam"), ("text", "Adverts again")])
            .await;
        assert_eq!(page.location, thread, "{}", page.html);
        for path in [QUEUE, moderate.as_str(), "/c/weavers/moderation/bans"] {
            let status = browser.get(path).await.status;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        }
        browser.sign_in(&scene.world, scene.mo).await;
        assert!(
            browser
                .get("/c/weavers")
                .await
                .says("1 post waits for a moderator")
        );
        assert!(browser.get("/notices").await.says("has a reported post"));
        let page = browser.get(QUEUE).await;
        assert!(
            page.says("Adverts again") && page.says("Looms for sale"),
            "{}",
            page.html
        );
        let acts = [
            ("do", "remove"),
            ("reason", "It is an advert"),
            ("note", "Third time"),
        ];
        let page = browser.post(&moderate, &acts).await;
        assert_eq!(page.location, moderate, "{}", page.html);
        assert!(!browser.get(QUEUE).await.says("Adverts again"));
        browser.sign_in(&scene.world, scene.zed).await;
        let page = browser.get(&thread).await;
        assert!(
            page.says("It is an advert") && !page.says("Looms for sale"),
            "{}",
            page.html
        );
        let notices = browser.get("/notices").await;
        assert!(notices.says("acted on the post that you reported"));
        let log = browser.get("/c/weavers/moderation/log").await;
        assert!(log.says("It is an advert"), "{}", log.html);
        assert!(!log.says("Third time") && !log.says("Bob"), "{}", log.html);
    });
}

#[test]
fn an_author_asks_for_a_removed_post_back() {
    on_sqlite(|store: Store| async move {
        let (mut browser, scene) = scene(store).await;
        let thread = format!("/p/{}", scene.thread);
        let (appeal, moderate) = (format!("{thread}/appeal"), format!("{thread}/moderate"));
        browser.sign_in(&scene.world, scene.mo).await;
        browser
            .post(&moderate, &[("do", "remove"), ("reason", "An advert")])
            .await;
        browser.sign_in(&scene.world, scene.zed).await;
        assert_eq!(browser.get(&appeal).await.status, StatusCode::NOT_FOUND);
        browser.sign_in(&scene.world, scene.bob).await;
        assert!(browser.get("/notices").await.says(&appeal));
        let page = browser.get(&appeal).await;
        assert!(
            page.says("An advert") && page.says("Looms for sale"),
            "{}",
            page.html
        );
        let page = browser.post(&appeal, &[("text", "")]).await;
        assert!(page.says("Say why it should come back"), "{}", page.html);
        let page = browser.post(&appeal, &[("text", "I give them away")]).await;
        assert_eq!(page.location, appeal, "{}", page.html);
        assert!(
            browser
                .get(&appeal)
                .await
                .says("You have asked for this post back")
        );
        browser.sign_in(&scene.world, scene.world.admin).await;
        assert!(browser.get(QUEUE).await.says("I give them away"));
        let page = browser.post(&moderate, &[("do", "restore")]).await;
        assert_eq!(page.location, moderate, "{}", page.html);
        assert!(browser.get(&thread).await.says("Looms for sale"));
        let page = browser.post(&moderate, &[("do", "restore")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "it is back");
    });
}

#[test]
fn a_moderator_bans_and_lifts_the_ban() {
    on_sqlite(|store: Store| async move {
        let (mut browser, scene) = scene(store).await;
        let person = format!("{QUEUE}/people/{}", scene.bob);
        browser.sign_in(&scene.world, scene.zed).await;
        let page = browser
            .post(&person, &[("do", "ban"), ("until", "week")])
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        browser.sign_in(&scene.world, scene.mo).await;
        let own = format!("{QUEUE}/people/{}", scene.mo);
        assert_eq!(
            browser.get(&own).await.status,
            StatusCode::FORBIDDEN,
            "nobody reads what was noted of them"
        );
        let silent = [("do", "warn"), ("reason", "")];
        let page = browser.post(&person, &silent).await;
        assert!(page.says("Enter what you want to say"), "{}", page.html);
        let page = browser
            .post(&person, &[("do", "warn"), ("reason", "No adverts")])
            .await;
        assert_eq!(page.location, person);
        let ban = [
            ("do", "ban"),
            ("until", "week"),
            ("reason", "Adverts"),
            ("note", "Knows the rule"),
        ];
        assert_eq!(browser.post(&person, &ban).await.location, person);
        assert!(browser.get("/c/weavers/moderation/bans").await.says("@bob"));
        assert!(browser.get(&person).await.says("Knows the rule"));
        browser.sign_in(&scene.world, scene.bob).await;
        let own = browser.get("/c/weavers/moderation/me").await;
        assert!(
            own.says("No adverts") && own.says("You are banned"),
            "{}",
            own.html
        );
        assert!(
            !own.says("Knows the rule") && !own.says("Mo<"),
            "{}",
            own.html
        );
        let refused = browser
            .post(
                &format!("/p/{}/reply", scene.thread),
                &[("body", "Hi"), ("lang", "en")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        browser.sign_in(&scene.world, scene.mo).await;
        browser.post(&person, &[("do", "lift-ban")]).await;
        let bans = browser.get("/c/weavers/moderation/bans").await;
        assert!(bans.says("Nobody is banned"));
    });
}

#[test]
fn a_newcomers_post_waits_for_a_moderator() {
    on_sqlite(|store: Store| async move {
        let (mut browser, scene) = scene(store).await;
        browser.sign_in(&scene.world, scene.world.admin).await;
        let page = browser.post(QUEUE, &[("posting", "nonsense")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            browser
                .post(QUEUE, &[("posting", "review-first")])
                .await
                .location,
            QUEUE
        );
        browser.sign_in(&scene.world, scene.zed).await;
        let typed = [
            ("kind", "discussion"),
            ("title", "A first question"),
            ("body", "Which loom?"),
            ("lang", "en"),
        ];
        let page = browser.post("/c/weavers/new", &typed).await;
        let held = page.location.clone();
        assert!(held.starts_with("/p/"), "{}", page.html);
        assert!(browser.get(&held).await.says("waits for a moderator"));
        browser.sign_in(&scene.world, scene.bob).await;
        assert_eq!(browser.get(&held).await.status, StatusCode::NOT_FOUND);
        browser.sign_in(&scene.world, scene.mo).await;
        assert!(browser.get(QUEUE).await.says("A first question"));
        let moderate = format!("{}/moderate", held.split('?').next().unwrap_or_default());
        let page = browser.post(&moderate, &[("do", "release")]).await;
        assert_eq!(page.location, moderate, "{}", page.html);
        browser.sign_in(&scene.world, scene.bob).await;
        assert!(browser.get(&held).await.says("Which loom?"));
    });
}

#[test]
fn a_locked_thread_says_so_and_a_pinned_one_comes_first() {
    on_sqlite(|store: Store| async move {
        let (mut browser, scene) = scene(store).await;
        let thread = format!("/p/{}", scene.thread);
        browser.sign_in(&scene.world, scene.mo).await;
        for act in ["lock", "pin"] {
            let page = browser
                .post(&format!("{thread}/moderate"), &[("do", act)])
                .await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
        }
        browser.sign_in(&scene.world, scene.zed).await;
        let page = browser.get(&thread).await;
        assert!(
            page.says("only moderators can reply") && !page.says(r#"id="compose""#),
            "{}",
            page.html
        );
        let reply = [("body", "Hi"), ("lang", "en")];
        let page = browser.post(&format!("{thread}/reply"), &reply).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let front = browser.get("/c/weavers").await;
        assert!(front.says("Pinned"), "{}", front.html);
        assert_eq!(front.html.matches("Looms for sale").count(), 1, "once");
    });
}

#[test]
fn administrators_see_what_nobody_else_decides_on() {
    on_sqlite(|store: Store| async move {
        let (mut browser, scene) = scene(store).await;
        let dyers = scene.world.community(scene.bob, "spinners").await.unwrap();
        let post = scene
            .world
            .thread(scene.bob, dyers, "Spinning")
            .await
            .unwrap();
        browser.sign_in(&scene.world, scene.zed).await;
        let typed = [("why", "rule"), ("text", "He is the facilitator")];
        browser.post(&format!("/p/{post}/report"), &typed).await;
        browser
            .post(&format!("/p/{}/report", scene.thread), &typed)
            .await;
        assert_eq!(
            browser.get("/admin/reports").await.status,
            StatusCode::FORBIDDEN
        );
        browser.sign_in(&scene.world, scene.world.admin).await;
        let page = browser.get("/admin/reports").await;
        assert!(
            page.says("Spinning") && !page.says("Looms for sale"),
            "{}",
            page.html
        );
        assert!(page.says("1 report, since"), "{}", page.html);
        let page = browser
            .post(&format!("/p/{post}/moderate"), &[("do", "dismiss")])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
        assert!(!browser.get("/admin/reports").await.says("Spinning"));
    });
}
