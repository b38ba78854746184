//! With whom the server exchanges, as its admins decide it in a browser.

use super::browser::Browser;
use http::StatusCode;
use model::peer::policy::{Mode, Refused};
use store::Store;
use store::testing::on_sqlite;

const HERE: &str = "/admin/peers/rules";

#[test]
fn an_admin_writes_and_lifts_a_rule() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        browser.sign_in(&world, world.admin).await;
        let page = browser.get(HERE).await;
        assert!(page.says("All servers are treated alike"));
        let rule = [
            ("domain", "https://Spam.example/about"),
            ("severity", "block"),
            ("public_reason", "It advertises."),
            ("note", "Asked <twice>"),
        ];
        let answer = browser.post(HERE, &rule).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let refuses = |host: &str| world.ops.policy().refuses(host);
        assert_eq!(refuses("x.spam.example"), Some(Refused::Blocked));
        let page = browser.get(HERE).await;
        assert!(page.says("It advertises.") && page.says("Asked &#60;twice&#62;"));
        let form = browser.get(&format!("{HERE}?domain=spam.example")).await;
        assert!(form.says("Edit this rule") && form.says("value=\"spam.example\""));
        let lifted = browser
            .post(&format!("{HERE}/spam.example/lift"), &[])
            .await;
        assert_eq!(lifted.status, StatusCode::SEE_OTHER);
        assert_eq!(refuses("x.spam.example"), None);
    });
}

#[test]
fn an_admin_is_told_what_a_block_ends_before_it_does() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        for name in ["bea", "bob"] {
            let who = world.stranger(name, "social.beta.test").await.unwrap();
            let request = move |tx: &mut domain::Tx<'_>| {
                let ap_id = format!("https://social.beta.test/follows/{who}");
                domain::follow::requested_by_peer(tx, who, ann, &ap_id)
            };
            world.ops.write(request).await.unwrap();
        }
        browser.sign_in(&world, world.admin).await;
        let rule = [
            ("domain", "Beta.test"),
            ("severity", "block"),
            ("note", "spam"),
        ];
        let page = browser.post(HERE, &rule).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.says("Blocking beta.test suspends follows"),
            "{}",
            page.html
        );
        assert!(page.says("2 follows by people there") && page.says("0 follows by people here"));
        assert!(
            page.says("Beta.test") && page.says("spam"),
            "nothing typed is lost"
        );
        let refuses = || world.ops.policy().refuses("social.beta.test");
        assert_eq!(refuses(), None);

        let word = page.hidden("sure");
        let eve = world.stranger("eve", "gamma.test").await.unwrap();
        let request = move |tx: &mut domain::Tx<'_>| {
            domain::follow::requested_by_peer(tx, eve, ann, "https://gamma.test/follows/1")
        };
        world.ops.write(request).await.unwrap();
        let other = [
            ("domain", "gamma.test"),
            ("severity", "block"),
            ("sure", word.as_str()),
        ];
        let page = browser.post(HERE, &other).await;
        assert!(
            page.says("Blocking gamma.test suspends follows"),
            "the word was about another domain"
        );
        assert_eq!(world.ops.policy().refuses("gamma.test"), None);
        let sure = [&rule[..], &[("sure", word.as_str())]].concat();
        assert_eq!(
            browser.post(HERE, &sure).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(refuses(), Some(Refused::Blocked));
    });
}

#[test]
fn what_is_wrong_is_said_at_its_field_and_what_was_typed_kept() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        browser.sign_in(&world, world.admin).await;
        let rule = [
            ("domain", "no domain"),
            ("severity", "silence"),
            ("note", "a note"),
        ];
        let page = browser.post(HERE, &rule).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("This isn’t a valid domain.") && page.says("value=\"no domain\""));
        assert!(page.says(">\na note</textarea>") || page.says("a note</textarea>"));
        let page = browser
            .post("/admin/peers/policy", &[("mode", "sometimes")])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = browser.post(&format!("{HERE}/import"), &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn the_list_is_shown_to_everybody_where_the_admins_say_so() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        assert_eq!(
            browser.get("/about/servers").await.status,
            StatusCode::NOT_FOUND
        );
        browser.sign_in(&world, world.admin).await;
        let rule = [
            ("domain", "spam.example"),
            ("severity", "block"),
            ("public_reason", "It advertises."),
            ("note", "for us alone"),
            ("obscure", "on"),
        ];
        browser.post(HERE, &rule).await;
        let policy = [("mode", "allow-list"), ("publish", "on")];
        browser.post("/admin/peers/policy", &policy).await;
        assert_eq!(world.ops.policy().settings.mode, Mode::AllowList);
        browser.forget();
        let page = browser.get("/about/servers").await;
        assert!(page.says("It advertises.") && page.says("spa*.****ple"));
        assert!(!page.says("for us alone") && !page.says("spam.example"));
        for path in [HERE, "/admin/peers/rules/export"] {
            assert_eq!(
                browser.get(path).await.status,
                StatusCode::SEE_OTHER,
                "{path}"
            );
        }
    });
}

#[test]
fn only_admins_change_the_policy() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, ann).await;
        for path in [HERE, "/admin/peers/rules/export"] {
            assert_eq!(
                browser.get(path).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        let rule = [("domain", "spam.example"), ("severity", "block")];
        let lift = format!("{HERE}/spam.example/lift");
        let import = format!("{HERE}/import");
        for path in [HERE, "/admin/peers/policy", &lift, &import] {
            let answer = browser.post(path, &rule).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(world.ops.policy().refuses("spam.example"), None);
    });
}

#[test]
fn the_new_address_on_a_blocked_server_is_hidden() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        let leave = move |tx: &mut domain::Tx<'_>| domain::actor::moving::leave(tx, ann, ann, bea);
        world.ops.write(leave).await.unwrap();
        assert!(browser.get("/u/ann").await.says("beta.test"));
        browser.sign_in(&world, world.admin).await;
        let block = [("domain", "beta.test"), ("severity", "block")];
        browser.post("/admin/peers/rules", &block).await;
        let page = browser.get("/u/ann").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.says("beta.test"), "{}", page.html);
    });
}
