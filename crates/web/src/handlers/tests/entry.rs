//! The setup, sign-up, sign-in, and the language.

use super::browser::Browser;
use domain::secret;
use http::StatusCode;
use model::Registration;
use store::Store;
use store::testing::on_sqlite;

const SETUP: &[(&str, &str)] = &[
    ("url", "https://alpha.test"),
    ("name_en", "Alpha"),
    ("name_fr", "Alfa"),
    ("languages", "en"),
    ("languages", "fr"),
    ("registration", "anyone"),
    ("admin_name", "Ines"),
    ("handle", "ines"),
];

#[test]
fn only_the_setup_with_its_key_is_open_before_the_setup() {
    on_sqlite(|store: Store| async move {
        let (mut browser, ops) = Browser::before_setup(store);
        let (key, digest) = (secret::token(), secret::digest("another"));
        let put = move |tx: &mut domain::Tx<'_>| Ok(store::site::put(tx.db, "setup_key", &digest)?);
        ops.write(put).await.unwrap();
        let page = browser.get("/communities").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        for path in ["/setup".to_owned(), format!("/setup?key={key}")] {
            assert_eq!(
                browser.get(&path).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        let sent = [
            SETUP,
            &[("key", key.as_str()), ("password", "heron by the river")],
        ]
        .concat();
        assert_eq!(
            browser.post("/setup", &sent).await.status,
            StatusCode::FORBIDDEN
        );
        assert!(ops.site().is_none());
    });
}

#[test]
fn the_setup_runs_once() {
    on_sqlite(|store: Store| async move {
        let (mut browser, ops) = Browser::before_setup(store);
        let key = secret::token();
        let digest = secret::digest(&key);
        let put = move |tx: &mut domain::Tx<'_>| Ok(store::site::put(tx.db, "setup_key", &digest)?);
        ops.write(put).await.unwrap();
        let address = format!("/setup?key={key}");
        let form = browser.get(&address).await;
        assert_eq!(
            (form.status, form.hidden("key")),
            (StatusCode::OK, key.clone())
        );

        let bare = [
            ("key", key.as_str()),
            ("url", "https://alpha.test/practice"),
        ];
        let bare = browser.post("/setup", &bare).await;
        for field in ["url", "name_en", "languages", "handle", "password"] {
            assert!(bare.says(&format!("e-{field}")), "{field}: told at once");
        }

        let with = |password| [SETUP, &[("key", key.as_str()), ("password", password)]].concat();
        let short = browser.post("/setup", &with("short")).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.says(r#"value="Alfa""#) && short.says("e-password"));
        assert!(!short.says("short\""), "a password is not given back");

        let done = browser.post("/setup", &with("heron by the river")).await;
        assert_eq!(
            (done.status, done.location.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        let home = browser.get("/").await;
        assert!(home.says("@ines"), "the admin is signed in");
        assert!(browser.get(&address).await.hidden("key").is_empty());
    });
}

#[test]
fn the_setup_asks_for_an_address_where_mail_is_sent_and_does_without() {
    on_sqlite(|store: Store| async move {
        let (mut browser, ops) = Browser::before_setup_with_mail(store);
        let key = secret::token();
        let digest = secret::digest(&key);
        let put = move |tx: &mut domain::Tx<'_>| Ok(store::site::put(tx.db, "setup_key", &digest)?);
        ops.write(put).await.unwrap();
        let form = browser.get(&format!("/setup?key={key}")).await;
        assert!(form.says("name=\"address\"") && form.says("optional"));

        let with = |address, password| {
            let typed = [
                ("key", key.as_str()),
                ("address", address),
                ("password", password),
            ];
            [SETUP, &typed].concat()
        };
        let without = browser.post("/setup", &with(" ", "short")).await;
        assert!(without.says("e-password") && !without.says("e-address"));
        let wrong = browser
            .post("/setup", &with("ines", "heron by the river"))
            .await;
        assert!(wrong.says("e-address") && ops.site().is_none());

        let done = with("ines@example.org", "heron by the river");
        let done = browser.post("/setup", &done).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let settings = browser.get("/settings/mail").await;
        assert!(settings.says("Waiting to be confirmed: ines@example.org"));
        let newest = model::JobId(i64::MAX);
        let mails = ops
            .store()
            .read(move |db| query::queue::mails(db, newest, 9));
        let mails = mails.await.unwrap();
        let asked = mails.iter().filter_map(|job| job.mail.as_ref());
        let asked: Vec<_> = asked
            .map(|mail| (mail.kind, mail.handle.as_str()))
            .collect();
        assert_eq!(asked, [("confirm-address", "ines")]);
    });
}

#[test]
fn another_address_than_the_configured_one_is_refused_with_both() {
    on_sqlite(|store: Store| async move {
        let configured = "https://practice.example";
        let (mut browser, ops) = Browser::before_setup_of(store, Some(configured));
        let key = secret::token();
        let digest = secret::digest(&key);
        let put = move |tx: &mut domain::Tx<'_>| Ok(store::site::put(tx.db, "setup_key", &digest)?);
        ops.write(put).await.unwrap();
        let typed = [("key", key.as_str()), ("password", "heron by the river")];
        let page = browser.post("/setup", &[SETUP, &typed].concat()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let message = "You entered https://alpha.test, but this server’s configuration";
        assert!(page.says(message) && page.says(configured), "{}", page.html);
        assert!(ops.site().is_none());
    });
}

#[test]
fn signing_in_redirects_to_the_page_before_and_never_to_another_host() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _world) = Browser::new(store).await;
        let response = browser.get("/notices?before=5").await;
        assert_eq!(response.location, "/sign-in?next=%2Fnotices%3Fbefore%3D5");
        let form = browser.get(&response.location).await;
        assert_eq!(form.hidden("next"), "/notices?before=5");
        let trap = browser.get("/sign-in?next=https://evil.example").await;
        assert_eq!(trap.hidden("next"), "/");

        let wrong = [
            ("handle", "root"),
            ("password", "wrong"),
            ("next", "/notices"),
        ];
        let wrong = browser.post("/sign-in", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says(r#"value="root""#) && wrong.hidden("next") == "/notices");

        let right = [
            ("handle", "@Root"),
            ("password", "a long password"),
            ("next", "//evil.example"),
        ];
        let right = browser.post("/sign-in", &right).await;
        assert_eq!(
            (right.status, right.location.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        assert!(browser.get("/").await.says("@root"));
    });
}

#[test]
fn an_account_on_approval_waits() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        world
            .set_registration(Registration::Approval)
            .await
            .unwrap();
        let wrong = [("handle", "admin"), ("password", "short"), ("name", "Ann")];
        let wrong = browser.post("/sign-up", &wrong).await;
        assert!(wrong.says("e-handle") && wrong.says("e-password") && wrong.says(r#"value="Ann""#));
        let right = [
            ("handle", "ann"),
            ("password", "heron by the river"),
            ("name", "Ann"),
            ("reason", "I weave."),
        ];
        let waits = browser.post("/sign-up", &right).await;
        assert!(waits.says("Waiting for approval"));
        let sign_in = [("handle", "ann"), ("password", "heron by the river")];
        assert!(
            browser
                .post("/sign-in", &sign_in)
                .await
                .says("Waiting for approval")
        );
        assert!(browser.get("/me").await.location.starts_with("/sign-in"));
    });
}

#[test]
fn a_suspended_person_who_signs_in_is_told_so_and_offered_no_form_again() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        browser.sign_in(&world, world.admin).await;
        let ann = world.person("ann").await.unwrap();
        browser
            .post(&format!("/admin/accounts/{}/promote", ann), &[])
            .await;
        let admin = world.admin;
        let suspend = move |tx: &mut domain::Tx<'_>| {
            domain::account::suspend(
                tx,
                domain::account::Principal::Operator,
                admin,
                "Posts adverts",
            )
        };
        world.ops.write(suspend).await.unwrap();
        browser.forget();
        let fields = [
            ("handle", "root"),
            ("password", domain::testing::PASSWORD),
            ("next", "/communities"),
        ];
        let told = browser.post("/sign-in", &fields).await;
        assert_eq!(told.status, StatusCode::FORBIDDEN);
        assert!(told.says("This account is suspended"), "{}", told.html);
        assert!(told.says(r#"href="/about/contact""#) && !told.says("Send again"));
    });
}

#[test]
fn somebody_sent_by_another_server_is_told_why_to_sign_in() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _) = Browser::new(store).await;
        let at = "/authorize_interaction?uri=acct%3Abea%40beta.test";
        let sign_in = browser.get(at).await.location;
        let page = browser.get(&sign_in).await;
        let why = page.text();
        assert!(why.contains("follow or open what you chose on"), "{why}");
        assert!(page.says("beta.test"));
        for at in ["/authorize_interaction", "/authorize_interaction?uri=+"] {
            let page = browser.get(at).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST);
            assert!(page.says("This link is incomplete"), "{}", page.html);
        }
    });
}

#[test]
fn a_language_once_chosen_stays() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        assert!(
            browser
                .get("/communities")
                .await
                .says(r#"<html lang="en">"#)
        );
        let french = browser.get("/communities?show=elsewhere&lang=fr").await;
        assert!(french.says(r#"<html lang="fr">"#));
        assert!(
            french.says(r#"href="/communities?show=elsewhere&#38;lang=en""#),
            "{}",
            french.html
        );
        assert!(browser.get("/people").await.says(r#"<html lang="fr">"#));
        browser.sign_in(&world, world.admin).await;
        assert!(
            browser.get("/").await.says(r#"<html lang="en">"#),
            "the account's own"
        );
        browser.post("/language?next=/", &[("lang", "fr")]).await;
        assert!(browser.get("/me").await.location.ends_with("/u/root"));
        assert!(browser.get("/u/root").await.says(r#"<html lang="fr">"#));
    });
}

#[test]
fn a_follow_of_a_guest_is_completed_by_signing_in() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        world.community(ann, "weavers").await.unwrap();
        let front = browser.get("/c/weavers").await;
        let path = "/sign-in?next=%2Fc%2Fweavers&#38;then=follow";
        assert!(front.says(path), "{}", front.html);
        let page = browser
            .get("/sign-in?next=%2Fc%2Fweavers&then=follow")
            .await;
        assert!(page.says("Sign in to follow weavers."), "{}", page.html);
        assert_eq!(page.hidden("then"), "follow");
        let fields = |password| {
            [
                ("next", "/c/weavers"),
                ("then", "follow"),
                ("handle", "root"),
                ("password", password),
            ]
        };
        let wrong = browser
            .post("/sign-in", &fields("wrong words entirely"))
            .await;
        assert_eq!(wrong.hidden("then"), "follow", "{}", wrong.html);
        let signed_in = browser.post("/sign-in", &fields("a long password")).await;
        assert_eq!(signed_in.location, "/c/weavers");
        let page = browser.get("/c/weavers").await;
        assert!(page.says("You’re following weavers."), "{}", page.html);
        let nowhere = browser
            .get("/sign-in?next=%2Fcommunities&then=follow")
            .await;
        assert_eq!(nowhere.location, "/communities");
    });
}

#[test]
fn what_signing_in_completes_is_confirmed_in_the_language_of_the_account() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let (admin, ann) = (world.admin, world.person("ann").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let charter = model::community::Charter {
            name: model::LangText::single("en", "Weavers").with(model::Lang::Fr, "Tisserands"),
            ..domain::testing::charter("weavers")
        };
        let write = move |tx: &mut domain::Tx<'_>| {
            domain::community::describe(tx, ann, weavers, &charter)?;
            domain::account::set_lang(tx, admin, model::Lang::Fr)
        };
        world.ops.write(write).await.unwrap();
        let fields = [
            ("next", "/c/weavers"),
            ("then", "follow"),
            ("handle", "root"),
            ("password", domain::testing::PASSWORD),
        ];
        assert!(browser.get("/c/weavers").await.says(">Weavers<"));
        browser.post("/sign-in", &fields).await;
        let page = browser.get("/c/weavers").await;
        assert!(page.says("Vous suivez Tisserands."), "{}", page.html);
    });
}

#[test]
fn a_browser_that_has_signed_in_is_not_locked_out_by_others() {
    on_sqlite(|store: Store| async move {
        let (mut bobs, _world) = Browser::limited(store).await;
        let right = [
            ("handle", "root"),
            ("password", domain::testing::PASSWORD),
            ("next", "/"),
        ];
        let wrong = [
            ("handle", "root"),
            ("password", "guess-after-guess"),
            ("next", "/"),
        ];
        let signed_in = bobs.post("/sign-in", &right).await;
        assert_eq!(
            signed_in.status,
            StatusCode::SEE_OTHER,
            "{}",
            signed_in.html
        );
        bobs.sign_out();
        // All of them have one address, as behind a proxy that is not configured.
        let mut mallory = bobs.another();
        let mut last = StatusCode::OK;
        for _ in 0..12 {
            last = mallory.post("/sign-in", &wrong).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let stranger = bobs.another().post("/sign-in", &right).await.status;
        assert_eq!(stranger, StatusCode::TOO_MANY_REQUESTS);
        let again = bobs.post("/sign-in", &right).await.status;
        assert_eq!(again, StatusCode::SEE_OTHER);
        bobs.sign_out();
        for _ in 0..12 {
            last = bobs.post("/sign-in", &wrong).await.status;
        }
        assert_eq!(
            last,
            StatusCode::TOO_MANY_REQUESTS,
            "a stolen proof guesses no faster"
        );
    });
}

#[test]
fn a_language_in_a_link_changes_no_account() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        browser.sign_in(&world, world.admin).await;
        assert!(browser.get("/?lang=fr").await.says(r#"<html lang="fr">"#));
        assert!(browser.get("/").await.says(r#"<html lang="en">"#));
        let elsewhere = [("lang", "fr"), ("csrf", "")];
        let refused = browser
            .post_from("https://evil.example", "/language?next=/", &elsewhere)
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(browser.get("/").await.says(r#"<html lang="en">"#));
    });
}

#[test]
fn the_language_switch_stays_on_this_site() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _world) = Browser::new(store).await;
        for path in ["//evil.example/", "//evil.example/?a=b", "/%5Cevil.example"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            for link in [r#"="//"#, r#"="/\"#] {
                assert!(!page.says(link), "{path}: {}", page.html);
            }
        }
    });
}

#[test]
fn a_name_that_deceives_or_cannot_be_seen_is_refused() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, ann).await;
        for name in ["\u{1b}[2JAnn", "\u{202e}nnA", "\u{200b}\u{200b}"] {
            let said = [("name", name), ("languages", "en")];
            let refused = browser.post("/settings/profile", &said).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
            let founded = [
                ("handle", "weavers"),
                ("name_en", name),
                ("purpose_en", "To weave"),
                ("languages", "en"),
            ];
            let refused = browser.post("/communities/new", &founded).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        }
    });
}
