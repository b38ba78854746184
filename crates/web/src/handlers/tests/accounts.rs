//! What an administrator does with accounts, as pages.

use super::browser::Browser;
use http::StatusCode;
use store::Store;
use store::testing::on_sqlite;

#[test]
fn a_suspension_asks_for_a_reason_keeps_it_and_can_be_undone() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, world.admin).await;
        let page = format!("/admin/accounts/{ann}");
        let ask = format!("{page}/suspend");
        assert!(browser.get(&page).await.html.contains(&ask));
        assert!(browser.get(&ask).await.says("name=\"reason\""));
        let without = browser.post(&ask, &[("reason", " ")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.says("Enter a reason"), "{}", without.html);
        let done = browser.post(&ask, &[("reason", "Posts adverts")]).await;
        assert_eq!(
            (done.status, &done.location),
            (StatusCode::SEE_OTHER, &page)
        );
        let told = browser.get(&page).await;
        assert!(told.says("Posts adverts") && told.says("Suspended"));
        let listed = browser.get("/admin/accounts?show=suspended").await;
        let restore = format!("{page}/restore");
        assert!(listed.html.contains(&restore), "{}", listed.html);
        browser.post(&restore, &[]).await;
        assert!(browser.get(&page).await.says("Restored"));
        assert_eq!(browser.get("/u/ann").await.status, StatusCode::OK);
    });
}

#[test]
fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, world.admin).await;
        let page = format!("/admin/accounts/{ann}");
        let made = browser.post(&format!("{page}/sign-in-link"), &[]).await;
        let link = made
            .html
            .split("https://alpha.test/sign-in/link?key=")
            .nth(1);
        let key = link
            .and_then(|rest| rest.split(['"', '<']).next())
            .unwrap()
            .to_owned();
        assert!(!made.says(r#"class="languages""#), "a switch would lose it");
        assert!(!browser.get(&page).await.html.contains(&key), "shown once");
        browser.forget();
        let opened = browser.get(&format!("/sign-in/link?key={key}")).await;
        assert!(opened.says("@ann") && opened.hidden("key") == key);
        let short = [("key", key.as_str()), ("password", "owl")];
        let short = browser.post("/sign-in/link", &short).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        let good = [("key", key.as_str()), ("password", "heron-and-otter")];
        let used = browser.post("/sign-in/link", &good).await;
        assert_eq!(
            (used.status, used.location.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        assert_eq!(
            browser.get("/settings/password").await.status,
            StatusCode::OK
        );
        browser.forget();
        let again = browser.post("/sign-in/link", &good).await;
        assert_eq!(again.status, StatusCode::GONE);
        let password = [
            ("handle", "ann"),
            ("password", "heron-and-otter"),
            ("next", "/"),
        ];
        let signed_in = browser.post("/sign-in", &password).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn accounts_are_found_by_a_part_of_their_name_whatever_its_accents() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let zoe = world.person("zoe").await.unwrap();
        world.person("ann").await.unwrap();
        let rename = move |tx: &mut domain::Tx<'_>| {
            let profile = domain::account::Profile {
                name: "Éloïse Tremblay".into(),
                ..Default::default()
            };
            domain::account::set_profile(tx, zoe, &profile)
        };
        world.ops.write(rename).await.unwrap();
        browser.sign_in(&world, world.admin).await;
        for typed in ["elois", "TREMB", "%C3%89loise", "@zo"] {
            let found = browser.get(&format!("/admin/accounts?q={typed}")).await;
            assert!(found.says("@zoe") && !found.says(">@ann<"), "{typed}");
        }
        let none = browser.get("/admin/accounts?q=nobody").await;
        assert!(none.says("No matching accounts"), "{}", none.html);
    });
}

#[test]
fn the_last_administrator_keeps_the_role_and_a_second_one_may_take_it() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, world.admin).await;
        let own = format!("/admin/accounts/{}", world.admin);
        let demote = format!("{own}/demote");
        assert!(!browser.get(&own).await.html.contains(&demote));
        assert_eq!(
            browser.post(&demote, &[]).await.status,
            StatusCode::FORBIDDEN
        );
        browser
            .post(&format!("/admin/accounts/{ann}/promote"), &[])
            .await;
        assert!(browser.get(&own).await.html.contains(&demote));
        assert_eq!(
            browser.post(&demote, &[]).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(browser.get(&own).await.status, StatusCode::FORBIDDEN);
        browser.sign_in(&world, ann).await;
        assert!(browser.get(&own).await.says("Administrator role removed"));
    });
}

#[test]
fn a_member_sees_no_account_and_an_admin_ends_a_session() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let page = format!("/admin/accounts/{ann}");
        let mut anns = browser.another();
        anns.sign_in(&world, ann).await;
        assert_eq!(anns.get(&page).await.status, StatusCode::FORBIDDEN);
        let link = anns.post(&format!("{page}/sign-in-link"), &[]).await;
        assert_eq!(link.status, StatusCode::FORBIDDEN);
        browser.sign_in(&world, world.admin).await;
        let session = browser.get(&page).await.html;
        let session = session.split("name=\"session\" value=\"").nth(1).unwrap();
        let session = session.split('"').next().unwrap().to_owned();
        let ended = browser
            .post(&format!("{page}/sign-out"), &[("session", &session)])
            .await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        assert!(
            anns.get("/settings/sessions")
                .await
                .location
                .starts_with("/sign-in")
        );
        let told = browser.get(&page).await;
        assert!(told.says("Signed out") && !told.says("name=\"session\""));
    });
}
