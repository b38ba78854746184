//! The pages on which the organization says what holds on its site.

use super::browser::Browser;
use http::StatusCode;
use model::{InfoPage, Lang, LangText};
use store::Store;
use store::testing::on_sqlite;

#[test]
fn the_pages_about_the_site_have_true_texts_until_an_admin_writes_them() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let page = browser.get("/about/privacy").await;
        assert!(page.says("what alpha.test stores"), "{}", page.html);
        assert!(!page.says("/admin/pages"), "{}", page.html);
        let page = browser.get("/about/privacy?lang=fr").await;
        assert!(page.says("Les messages des communautés sont publics."));
        for path in [
            "/about",
            "/about/conduct",
            "/about/accessibility",
            "/about/contact",
        ] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.says(r#"href="/about/privacy""#), "{path}");
        }
        for path in ["/about/about", "/about/nothing"] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND);
        }

        browser.forget();
        let edit = "/admin/pages/privacy";
        browser.sign_in(&world, world.admin).await;
        let form = browser.get(edit).await;
        assert!(
            form.says("This page says what alpha.test stores"),
            "{}",
            form.html
        );
        let texts = [("text_en", "We store **nothing**."), ("text_fr", "")];
        let saved = browser.post(edit, &texts).await;
        assert_eq!(saved.location, "/about/privacy");
        browser.forget();
        let page = browser.get("/about/privacy?lang=fr").await;
        assert!(
            page.says("We store <strong>nothing</strong>."),
            "{}",
            page.html
        );
        assert!(page.says("En anglais seulement"), "{}", page.html);

        let ann = world.person("ann").await.unwrap();
        browser.forget();
        browser.sign_in(&world, ann).await;
        assert_eq!(browser.get(edit).await.status, StatusCode::FORBIDDEN);
        let refused = browser.post(edit, &[("text_en", "Mine.")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        browser.forget();
        browser.sign_in(&world, world.admin).await;
        browser
            .post(edit, &[("text_en", " "), ("text_fr", "")])
            .await;
        let page = browser.get("/about/privacy").await;
        assert!(page.says("what alpha.test stores"), "{}", page.html);
    });
}

#[test]
fn crawlers_are_told_where_not_to_go() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _) = Browser::new(store).await;
        let robots = browser.get("/robots.txt").await;
        assert!(robots.says("User-agent: *\n"), "{}", robots.html);
        assert!(robots.says("Disallow: /settings\n") && !robots.says("Disallow: /c/"));
        let noindex = r#"<meta name="robots" content="noindex">"#;
        assert!(browser.get("/sign-in").await.says(noindex));
        assert!(!browser.get("/communities").await.says(noindex));
    });
}

#[test]
fn a_text_that_is_still_the_default_is_not_kept_whatever_the_other_language_says() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let admin = domain::account::Principal::Person(world.admin);
        let mut site = (*world.ops.site().unwrap()).clone();
        site.name = LangText::new([("en", "Weavers’ Guild"), ("fr", "Guilde du tissage")]);
        let rename = move |tx: &mut domain::Tx<'_>| domain::site::change(tx, admin, &site);
        world.ops.write(rename).await.unwrap();
        world.ops.refresh_site().await.unwrap();
        browser.sign_in(&world, world.admin).await;
        let edit = "/admin/pages/contact";
        let form = browser.get(edit).await;
        assert!(form.says("Guilde du tissage n’a pas"), "{}", form.html);
        assert!(form.says("Weavers’ Guild has not"), "{}", form.html);

        let default = |lang, name| words::page(lang, InfoPage::Contact, name, "alpha.test");
        let french = default(Lang::Fr, "Guilde du tissage").replace('\n', "\r\n");
        let english = default(Lang::En, "Weavers’ Guild");
        let texts = [("text_en", "Call us."), ("text_fr", french.as_str())];
        browser.post(edit, &texts).await;
        let read = browser.get("/about/contact?lang=fr").await;
        assert!(read.says("Call us.") && read.says("En anglais seulement"));
        // The interface is French now: the same texts are the defaults all the same.
        let texts = [("text_en", english.as_str()), ("text_fr", french.as_str())];
        browser.post(edit, &texts).await;
        let read = |db: &mut query::Db| query::site::page(db, InfoPage::Contact);
        let stored = world.ops.store().read(read).await.unwrap();
        assert!(stored.is_empty(), "{stored:?}");
    });
}

#[test]
fn each_page_about_the_site_has_a_description_of_its_own() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _) = Browser::new(store).await;
        let mut told = std::collections::BTreeSet::new();
        for which in InfoPage::ALL {
            let page = browser.get(&crate::views::info::page_url(*which)).await;
            for name in [r#"name="description""#, r#"property="og:description""#] {
                let text = page.html.split(name).nth(1).unwrap_or_default();
                let text = text.split('"').nth(1).unwrap_or_default();
                assert!(text.len() > 30, "{which} has a description: {text}");
                told.insert(text.to_owned());
            }
        }
        assert_eq!(told.len(), InfoPage::ALL.len(), "each its own: {told:?}");
    });
}
