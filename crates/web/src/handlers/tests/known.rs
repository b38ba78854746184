//! A browser in which somebody has signed in before is let in while others try passwords: whatever the way
//! in which they signed in.

use super::browser::Browser;
use domain::account::Principal;
use domain::testing::{PASSWORD, World, hashed_password};
use domain::{Tx, secret};
use http::StatusCode;
use model::ActorId;
use store::Store;
use store::testing::on_sqlite;

const NEW_PASSWORD: &str = "heron-and-otter";

/// Somebody with [`PASSWORD`].
async fn person(world: &World, name: &str) -> ActorId {
    let id = world.person(name).await.unwrap();
    let hash = hashed_password();
    let verb = move |tx: &mut Tx<'_>| domain::account::change_password(tx, id, &hash, None);
    world.ops.write(verb).await.unwrap();
    id
}

/// Sends the form of the sign-in page.
async fn sign_in(browser: &mut Browser, handle: &str, password: &str) -> StatusCode {
    let fields = [("handle", handle), ("password", password)];
    browser.post("/sign-in", &fields).await.status
}

async fn by_link(browser: &mut Browser, world: &World, owner: ActorId) {
    let digest = secret::digest("key");
    let make = move |tx: &mut Tx<'_>| {
        domain::account::make_sign_in_link(tx, Principal::Operator, owner, &digest)
    };
    world.ops.write(make).await.unwrap();
    let used = browser.post("/sign-in/link", &[("key", "key")]).await;
    assert_eq!(used.status, StatusCode::SEE_OTHER, "{}", used.html);
}

async fn by_signing_up(browser: &mut Browser, handle: &str) {
    let fields = [("handle", handle), ("name", "Cleo"), ("password", PASSWORD)];
    let welcome = browser.post("/sign-up", &fields).await;
    assert_eq!(welcome.status, StatusCode::SEE_OTHER, "{}", welcome.html);
}

async fn within_a_form(browser: &mut Browser, world: &World, handle: &str) {
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    let thread = world.thread(world.admin, weavers, "Warping").await.unwrap();
    let fields = [
        ("body", "A peg helps."),
        ("once", "k1"),
        ("sign_in_handle", handle),
        ("sign_in_password", PASSWORD),
    ];
    let sent = browser.post(&format!("/p/{thread}/reply"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
}

async fn by_a_new_password(browser: &mut Browser, world: &World, owner: ActorId) {
    browser.sign_in(world, owner).await;
    let fields = [("current", PASSWORD), ("password", NEW_PASSWORD)];
    let changed = browser.post("/settings/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.html);
}

#[test]
fn a_browser_is_known_after_every_way_to_sign_in() {
    on_sqlite(|store: Store| async move {
        let (mut stranger, world) = Browser::limited(store).await;
        let (ann, bea) = (person(&world, "ann").await, person(&world, "bea").await);
        person(&world, "dan").await;
        let browsers = || stranger.another();
        let [mut anns, mut beas, mut cleos, mut dans] =
            [browsers(), browsers(), browsers(), browsers()];
        by_link(&mut anns, &world, ann).await;
        by_signing_up(&mut cleos, "cleo").await;
        within_a_form(&mut dans, &world, "dan").await;
        by_a_new_password(&mut beas, &world, bea).await;

        while sign_in(&mut stranger, "ann", "guessed").await != StatusCode::TOO_MANY_REQUESTS {}
        let refused = sign_in(&mut stranger, "ann", PASSWORD).await;
        assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
        for (browser, handle, password) in [
            (&mut anns, "ann", PASSWORD),
            (&mut beas, "bea", NEW_PASSWORD),
            (&mut cleos, "cleo", PASSWORD),
            (&mut dans, "dan", PASSWORD),
        ] {
            browser.sign_out();
            let let_in = sign_in(browser, handle, password).await;
            assert_eq!(let_in, StatusCode::SEE_OTHER, "{handle}");
        }
        // Somebody else's browser is none of hers.
        anns.sign_out();
        let refused = sign_in(&mut anns, "dan", PASSWORD).await;
        assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
    });
}
