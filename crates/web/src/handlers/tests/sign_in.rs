//! The names that somebody signs in with, and what is said where they do not lead to an account.

use super::browser::{Browser, PageResponse};
use domain::Tx;
use domain::account::Principal;
use domain::testing::{PASSWORD, World, hashed_password};
use http::StatusCode;
use model::mail::MailAddress;
use model::{ActorId, Registration};
use store::Store;
use store::testing::on_sqlite;

const ADDRESS: &str = "ann.tran@example.org";

/// Ann, with [`PASSWORD`] and a confirmed address.
async fn ann(world: &World) -> ActorId {
    let id = world.person("ann").await.unwrap();
    let hash = hashed_password();
    let verb = move |tx: &mut Tx<'_>| domain::account::change_password(tx, id, &hash, None);
    world.ops.write(verb).await.unwrap();
    confirm_address(world, id, ADDRESS).await;
    id
}

async fn confirm_address(world: &World, id: ActorId, address: &str) {
    let address: MailAddress = address.parse().unwrap();
    let verb = move |tx: &mut Tx<'_>| {
        domain::account::assign_address(tx, Principal::Operator, id, &address)
    };
    world.ops.write(verb).await.unwrap();
}

async fn sign_in(browser: &mut Browser, name: &str, password: &str) -> PageResponse {
    browser.forget();
    let fields = [
        ("handle", name),
        ("password", password),
        ("next", "/people"),
    ];
    browser.post("/sign-in", &fields).await
}

#[test]
fn a_username_a_full_handle_and_a_confirmed_address_sign_in() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = ann(&world).await;
        for name in [
            "ann",
            " @Ann ",
            "@ann@alpha.test",
            "ann@alpha.test",
            ADDRESS,
            "Ann.Tran@Example.Org",
        ] {
            let signed_in = sign_in(&mut browser, name, PASSWORD).await;
            assert_eq!(
                signed_in.location,
                "/people",
                "{name}: {}",
                signed_in.text()
            );
            assert!(browser.get("/people").await.says("@ann"), "{name}");
        }

        let asked: MailAddress = "new@example.org".parse().unwrap();
        let verb = move |tx: &mut Tx<'_>| domain::account::change_address(tx, ann, &asked);
        world.ops.write(verb).await.unwrap();
        let unconfirmed = sign_in(&mut browser, "new@example.org", PASSWORD).await;
        assert_eq!(unconfirmed.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Whoever confirmed the address means it; the handle that it also is has two other spellings.
        let bea = world.person("bea").await.unwrap();
        confirm_address(&world, bea, "ann@alpha.test").await;
        let taken = sign_in(&mut browser, "ann@alpha.test", PASSWORD).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        let full = sign_in(&mut browser, "@ann@alpha.test", PASSWORD).await;
        assert_eq!(full.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_mistake_is_named_without_telling_who_has_an_account() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        ann(&world).await;
        let page = browser.get("/sign-in").await.text();
        assert!(page.contains("Username or e-mail address"), "{page}");
        assert!(page.contains("@ann@alpha.test"), "{page}");

        let empty = sign_in(&mut browser, " ", "").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.says("Enter your username or your e-mail address"));
        assert!(empty.says("Enter your password"), "both at once");
        let elsewhere = sign_in(&mut browser, "@ann@beta.test", PASSWORD).await;
        assert!(elsewhere.says("This account is on another server"));
        let form = sign_in(&mut browser, "Ann Tran", PASSWORD).await;
        assert!(form.says("neither a username nor an e-mail address"));
        assert!(form.says(r#"value="Ann Tran""#) && !form.says(PASSWORD));

        for (known, unknown) in [("ann", "nobody"), (ADDRESS, "no.body@example.org")] {
            let known_page = sign_in(&mut browser, known, "guessed words").await;
            let unknown_page = sign_in(&mut browser, unknown, "guessed words").await;
            assert_eq!(known_page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(known_page.says("don’t match an account here"));
            assert_eq!(known_page.status, unknown_page.status);
            let typed = |name: &str| format!(r#"value="{name}""#);
            let told = known_page.html.replace(&typed(known), &typed(unknown));
            assert_eq!(told, unknown_page.html, "{known} and {unknown}");
        }
    });
}

#[test]
fn somebody_who_waits_is_told_so_by_every_name() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        world
            .set_registration(Registration::Approval)
            .await
            .unwrap();
        let fields = [
            ("handle", "cleo"),
            ("name", "Cleo"),
            ("password", PASSWORD),
            ("reason", "I weave."),
        ];
        browser.post("/sign-up", &fields).await;
        let by_handle = |db: &mut query::Db| query::account::by_handle(db, "cleo");
        let found = world.ops.store().read(by_handle).await.unwrap();
        confirm_address(&world, found.unwrap().1.id, "cleo@example.org").await;
        for name in ["cleo", "@cleo@alpha.test", "cleo@example.org"] {
            let page = sign_in(&mut browser, name, PASSWORD).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
            assert!(page.says("Waiting for approval"), "{name}: {}", page.text());
        }
    });
}
