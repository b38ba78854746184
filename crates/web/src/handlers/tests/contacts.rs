//! Contacts of a community: facilitators name them, visitors write to them, and nobody else sees an address.

use super::browser::Browser;
use domain::testing::World;
use http::StatusCode;
use model::job::NewJob;
use store::Store;
use store::testing::on_sqlite;

const CONTACTS: &[(&str, &str)] = &[
    ("contact_1_name", "Ann of the mill"),
    ("contact_1_address", "ann@mill.example"),
    ("contact_1_lang", "fr"),
    ("contact_1_about_en", "How to join"),
];

/// The weavers, whom the admin facilitates and who name a contact.
async fn scene(store: Store) -> (Browser, World) {
    let (mut browser, world) = Browser::with_mail(store).await;
    world.community(world.admin, "weavers").await.unwrap();
    browser.sign_in(&world, world.admin).await;
    let saved = browser.post("/c/weavers/contacts", CONTACTS).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    (browser, world)
}

#[test]
fn facilitators_name_contacts_and_lose_nothing_they_typed() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = scene(store).await;
        let form = browser.get("/c/weavers/contacts").await;
        assert!(form.html.contains("ann@mill.example") && form.html.contains("How to join"));
        let wrong = [
            ("contact_1_name", "Ann"),
            ("contact_1_address", "ann at the mill"),
            ("contact_2_address", "bea@mill.example"),
        ];
        let wrong = browser.post("/c/weavers/contacts", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["ann at the mill", "bea@mill.example", "e-contact_2_name"] {
            assert!(wrong.html.contains(kept), "{kept}");
        }
        let bea = world.person("bea").await.unwrap();
        browser.sign_in(&world, bea).await;
        let refused = browser.get("/c/weavers/contacts").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_visitor_writes_to_a_contact_without_an_account() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = scene(store).await;
        browser.sign_out();
        let about = browser.get("/c/weavers/about").await;
        assert!(about.says("Ann of the mill") && about.says("How to join"));
        let form = browser.get("/c/weavers/contact").await;
        assert!(form.says("Ann of the mill"));
        for page in [&about, &form] {
            assert!(!page.html.contains("mill.example"), "{}", page.html);
        }
        let wrong = [
            ("to", "1"),
            ("name", "Zoe"),
            ("address", "zoe"),
            ("text", "When do you meet?"),
        ];
        let wrong = browser.post("/c/weavers/contact", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("When do you meet?"));
        let letter = [
            ("to", "1"),
            ("name", "Zoe"),
            ("address", "zoe@example.org"),
            ("text", "When do you meet?"),
        ];
        let sent = browser.post("/c/weavers/contact", &letter).await;
        assert_eq!(sent.location, "/c/weavers");
        let jobs = world.jobs().await.unwrap();
        let mails = jobs
            .iter()
            .filter(|job| matches!(job, NewJob::SendContactMessage(_)));
        assert_eq!(mails.count(), 1);
    });
}
