//! Profiles: each person says who sees theirs, and that holds on their page, beside their posts, in lists and in search.

use super::browser::Browser;
use domain::Tx;
use domain::account::Profile;
use domain::moderation::Ban;
use domain::testing::World;
use http::StatusCode;
use model::membership::JoinPolicy;
use model::{ActorId, SeenBy};
use store::Store;
use store::testing::on_sqlite;

/// Zoe, a nurse, and Ann are members of the weavers; Eve has an account here. Zoe began a thread.
async fn scene(store: Store) -> (Browser, World, [ActorId; 4], String) {
    let (browser, world) = Browser::new(store).await;
    let admin = world.admin;
    let mut people = Vec::new();
    for name in ["zoe", "ann", "eve"] {
        people.push(world.person(name).await.unwrap());
    }
    let [zoe, ann, eve] = people[..] else {
        panic!("three people");
    };
    let weavers = world.community(admin, "weavers").await.unwrap();
    let join = move |tx: &mut Tx<'_>| {
        domain::membership::set_form(tx, admin, weavers, JoinPolicy::Open, &[])?;
        domain::membership::ask(tx, ann, weavers, &[])?;
        domain::membership::ask(tx, zoe, weavers, &[])
    };
    world.ops.write(join).await.unwrap();
    let thread = world.thread(zoe, weavers, "Warping").await.unwrap();
    (
        browser,
        world,
        [zoe, ann, eve, weavers],
        format!("/p/{thread}"),
    )
}

async fn choose(world: &World, who: ActorId, seen_by: SeenBy) {
    let profile = Profile {
        name: "Zoe Tremblay".into(),
        job_title: "Burn nurse".into(),
        organization: "Hôpital du Lac".into(),
        languages: vec!["fr".into()],
        seen_by: Some(seen_by),
        region: Some("Nord".into()),
        ask: Some(vec!["Skin grafts".into(), " ".into(), "SKIN grafts".into()]),
        systems: Some(vec!["REDCap".into()]),
        ..Profile::default()
    };
    let verb = move |tx: &mut Tx<'_>| domain::account::set_profile(tx, who, &profile);
    world.ops.write(verb).await.unwrap();
    world.index().await.unwrap();
}

/// Whether the reader finds Zoe and reads what she says of herself: on her page, beside her post, in the directory and in
/// search, the same everywhere.
async fn sees(browser: &mut Browser, thread: &str) -> bool {
    let page = browser.get("/u/zoe").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Zoe Tremblay"), "her name is on her posts");
    let all = page.says("Burn nurse");
    for (path, said) in [
        ("/u/zoe", "Skin grafts"),
        (thread, "Burn nurse"),
        (thread, "Hôpital du Lac"),
        ("/people", "Zoe Tremblay"),
        ("/people?ask=skin", "Zoe Tremblay"),
        ("/people?system=redcap&region=NORD", "Zoe Tremblay"),
        ("/people?organization=hopital&lang=fr", "Zoe Tremblay"),
        ("/search?q=Tremblay", "@zoe"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.says(said), all, "{path}: {said}");
    }
    let others = browser.get("/people?ask=looms").await;
    assert!(!others.says("Zoe Tremblay"));
    all
}

#[test]
fn each_person_says_who_sees_their_profile() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, [zoe, ann, eve, _], thread) = scene(store).await;
        for (choice, guest, other, co_member) in [
            (SeenBy::CoMembers, false, false, true),
            (SeenBy::Instance, false, true, true),
            (SeenBy::Everyone, true, true, true),
        ] {
            choose(&world, zoe, choice).await;
            browser.sign_out();
            assert_eq!(sees(&mut browser, &thread).await, guest, "{choice}");
            browser.sign_in(&world, eve).await;
            assert_eq!(sees(&mut browser, &thread).await, other, "{choice}");
            browser.sign_in(&world, ann).await;
            assert_eq!(sees(&mut browser, &thread).await, co_member, "{choice}");
        }
    });
}

#[test]
fn whoever_is_banned_shares_no_community() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, [zoe, ann, _, weavers], thread) = scene(store).await;
        choose(&world, zoe, SeenBy::CoMembers).await;
        browser.sign_in(&world, ann).await;
        assert!(sees(&mut browser, &thread).await);
        let by = world.admin;
        let ban =
            move |tx: &mut Tx<'_>| domain::moderation::ban(tx, by, weavers, ann, &Ban::default());
        world.ops.write(ban).await.unwrap();
        assert!(!sees(&mut browser, &thread).await);
    });
}

#[test]
fn a_profile_says_what_others_can_look_for() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, [zoe, ..], _) = scene(store).await;
        choose(&world, zoe, SeenBy::Instance).await;
        browser.sign_in(&world, zoe).await;
        let form = browser.get("/settings/profile").await;
        assert!(form.says("Skin grafts</textarea>"), "{}", form.html);
        assert!(form.html.contains(r#"value="instance" checked"#));
        let long = "x".repeat(81);
        let typed = [
            ("name", "Zoe"),
            ("languages", "fr"),
            ("seen_by", "nobody"),
            ("ask", "Looms\nDyes"),
        ];
        let page = browser.post("/settings/profile", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Looms\nDyes"), "what was typed is kept");
        let typed = [
            ("name", "Zoe"),
            ("languages", "fr"),
            ("systems", long.as_str()),
        ];
        let page = browser.post("/settings/profile", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let typed = [
            ("name", "Zoe"),
            ("languages", "fr"),
            ("seen_by", "everyone"),
            ("ask", "Looms\r\nDyes"),
        ];
        let page = browser.post("/settings/profile", &typed).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let page = browser.get("/u/zoe").await;
        assert!(page.html.contains("/people?ask=Looms"), "{}", page.html);
        assert!(page.says("Dyes") && !page.says("Skin grafts"));
    });
}
