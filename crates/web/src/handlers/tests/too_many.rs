//! Forms that a rate limit refuses are shown again: with what was typed, but for passwords, and with when to
//! try again.

use super::browser::{Browser, PageResponse};
use domain::account::Principal;
use domain::testing::World;
use domain::{Tx, secret};
use http::{StatusCode, header};
use model::ActorId;
use model::mail::MailLinkKind;
use store::Store;
use store::row::MailLink;
use store::testing::on_sqlite;

/// Makes a link of each kind for somebody, whose keys are `confirm`, `cancel`, `reset` and `link`.
pub async fn make_links(world: &World, owner: ActorId) {
    make_links_with(world, owner, str::to_owned).await;
}

/// The same, with keys made of these words.
pub async fn make_links_with(world: &World, owner: ActorId, key: impl Fn(&str) -> String) {
    let expires_at = world.ops.now().plus_seconds(3_600);
    let rows = MailLinkKind::ALL.iter().map(|kind| MailLink {
        token_hash: secret::digest(&key(kind.as_str())),
        account_id: owner,
        kind: *kind,
        address: "bea@example.org".into(),
        expires_at,
    });
    let rows: Vec<MailLink> = rows.collect();
    let digest = secret::digest(&key("link"));
    let make = move |tx: &mut Tx<'_>| {
        for row in &rows {
            store::account::mail::replace_link(tx.db, row)?;
        }
        domain::account::make_sign_in_link(tx, Principal::Operator, owner, &digest)
    };
    world.ops.write(make).await.unwrap();
}

/// Sends a form until its rate limit refuses it, then once in French.
async fn refused(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> PageResponse {
    let mut page = browser.post(path, fields).await;
    for _ in 0..12 {
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        page = browser.post(path, fields).await;
    }
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
    let wait = page.headers.get(header::RETRY_AFTER).unwrap();
    assert!(wait.to_str().unwrap().parse::<u64>().unwrap() > 0);
    let said = page.text();
    assert!(said.contains("Try again in"), "{path}: {said}");
    assert!(page.says(r#"class="error-summary""#), "{path}: {said}");
    assert!(page.says(&format!(r#"action="{path}""#)), "{path}: {said}");
    let french = browser.post(&format!("{path}?lang=fr"), fields).await;
    assert_eq!(french.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        french.text().contains("Réessayez dans"),
        "{}",
        french.text()
    );
    browser.forget();
    page
}

#[test]
fn guests_get_their_form_back_with_when_to_try_again() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world) = Browser::limited_with_mail(store).await;
        let bea = world.person("bea").await.unwrap();
        make_links(&world, bea).await;
        let guess = [
            ("handle", "bea"),
            ("password", "guessed words"),
            ("next", "/people"),
        ];
        let page = refused(&mut guest, "/sign-in", &guess).await;
        assert!(page.says(r#"value="bea""#) && page.hidden("next") == "/people");
        assert!(!page.says("guessed words"), "a password is not given back");

        let password = "heron by the river";
        for (path, key) in [
            ("/sign-in/link", "link"),
            ("/reset-password", "reset"),
            ("/mail/confirm", "confirm"),
            ("/mail/cancel", "cancel"),
        ] {
            let fields = [("key", key), ("password", password)];
            let page = refused(&mut guest, path, &fields).await;
            assert_eq!(page.hidden("key"), key, "{path}");
            assert!(!page.says(password), "{path}");
        }

        let account = [("account", "bea@example.org")];
        let page = refused(&mut guest, "/forgotten-password", &account).await;
        assert!(page.says(r#"value="bea@example.org""#));
        let new = [("name", "Cleo"), ("handle", "cleo"), ("password", password)];
        let page = refused(&mut guest, "/sign-up", &new).await;
        assert!(page.says(r#"value="Cleo""#) && !page.says(password));
    });
}

#[test]
fn members_get_their_form_back_with_when_to_try_again() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::limited_with_mail(store).await;
        let bea = world.person("bea").await.unwrap();
        let hash = domain::password::hash("four threads left", domain::password::Cost::Least);
        let hash = hash.unwrap();
        let verb =
            move |tx: &mut domain::Tx<'_>| domain::account::change_password(tx, bea, &hash, None);
        world.ops.write(verb).await.unwrap();
        browser.sign_in(&world, bea).await;
        let address = [("address", "bea@example.org"), ("current", "guessed words")];
        let page = refused(&mut browser, "/settings/mail", &address).await;
        assert!(page.says(r#"value="bea@example.org""#) && !page.says("guessed words"));
        browser.sign_in(&world, bea).await;
        let change = [
            ("current", "guessed words"),
            ("password", "heron by the river"),
        ];
        let page = refused(&mut browser, "/settings/password", &change).await;
        assert!(!page.says("guessed words") && !page.says("heron by the river"));
    });
}
