//! Two-step sign-in, from setting it up to losing it.

use super::browser::{Browser, PageResponse};
use domain::testing::{PASSWORD, World, hashed_password};
use domain::{Tx, totp};
use http::StatusCode;
use model::ActorId;
use model::job::NewJob;
use model::mail::{AccountMail, SecurityEvent};
use store::Store;
use store::testing::on_sqlite;

/// Somebody with [`PASSWORD`].
async fn person(world: &World, name: &str) -> ActorId {
    let id = world.person(name).await.unwrap();
    let hash = hashed_password();
    let verb = move |tx: &mut Tx<'_>| domain::account::change_password(tx, id, &hash, None);
    world.ops.write(verb).await.unwrap();
    id
}

fn code_now(world: &World, secret: &str) -> String {
    totp::code(secret, world.ops.now().unix_millis() / 1_000)
}

/// Sets two-step sign-in up; returns the secret and the recovery codes.
async fn set_up(browser: &mut Browser, world: &World) -> (String, Vec<String>) {
    let begun = browser
        .post("/settings/second-factor/app", &[("current", PASSWORD)])
        .await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.html);
    let page = browser.get("/settings/second-factor").await;
    assert!(page.says("<svg role=\"img\""), "{}", page.html);
    let shown = between(&page, "<span class=\"code\">");
    let secret = shown[0].replace(' ', "");
    let wrong = browser
        .post("/settings/second-factor/app/confirm", &[("code", "000000")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = code_now(world, &secret);
    let on = browser
        .post("/settings/second-factor/app/confirm", &[("code", &code)])
        .await;
    assert_eq!(on.status, StatusCode::OK, "{}", on.html);
    let codes = between(&on, "<span class=\"code\">");
    assert_eq!(codes.len(), 10);
    assert!(
        browser
            .get("/settings/second-factor")
            .await
            .says("10 recovery codes")
    );
    (secret, codes)
}

/// The texts that follow a mark.
fn between(page: &PageResponse, mark: &str) -> Vec<String> {
    let parts = page.html.split(mark).skip(1);
    parts
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect()
}

/// Enters handle and password; returns the token of the second step.
async fn password_step(browser: &mut Browser) -> String {
    let fields = [
        ("handle", "ann"),
        ("password", PASSWORD),
        ("next", "/people"),
    ];
    let asked = browser.post("/sign-in", &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.html);
    assert!(asked.says("Enter the code"), "{}", asked.html);
    assert!(
        browser
            .get("/settings/sessions")
            .await
            .location
            .starts_with("/sign-in"),
        "not yet"
    );
    asked.hidden("step")
}

async fn code_step(browser: &mut Browser, step: &str, code: &str) -> PageResponse {
    let fields = [("step", step), ("code", code), ("next", "/people")];
    browser.post("/sign-in/code", &fields).await
}

#[test]
fn a_code_signs_in_once_and_a_recovery_code_when_the_phone_is_lost() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        browser.sign_in(&world, ann).await;
        let (secret, codes) = set_up(&mut browser, &world).await;
        let used = code_now(&world, &secret);
        browser.forget();
        let step = password_step(&mut browser).await;
        let again = code_step(&mut browser, &step, &used).await;
        assert_eq!(
            again.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "it set the app up"
        );
        world.clock.pass(60);
        let code = code_now(&world, &secret);
        let done = code_step(&mut browser, &step, &code).await;
        assert_eq!(
            (done.status, done.location.as_str()),
            (StatusCode::SEE_OTHER, "/people")
        );
        assert_eq!(
            browser.get("/settings/sessions").await.status,
            StatusCode::OK
        );
        browser.forget();
        let step = password_step(&mut browser).await;
        assert_eq!(
            code_step(&mut browser, &step, &code).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let typed = codes[3].to_uppercase().replace('-', " ");
        assert_eq!(
            code_step(&mut browser, &step, &typed).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(
            browser
                .get("/settings/second-factor")
                .await
                .says("9 recovery codes")
        );
        browser.forget();
        let step = password_step(&mut browser).await;
        assert_eq!(
            code_step(&mut browser, &step, &typed).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    });
}

#[test]
fn after_five_wrong_codes_or_ten_minutes_the_password_is_asked_for_again() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        browser.sign_in(&world, ann).await;
        let (secret, _) = set_up(&mut browser, &world).await;
        world.clock.pass(60);
        browser.forget();
        let step = password_step(&mut browser).await;
        for _ in 0..5 {
            assert!(
                code_step(&mut browser, &step, "nothing")
                    .await
                    .says("This code is wrong")
            );
        }
        let code = code_now(&world, &secret);
        assert!(
            code_step(&mut browser, &step, &code)
                .await
                .says("Sign in again with your password")
        );
        let step = password_step(&mut browser).await;
        world.clock.pass(601);
        let code = code_now(&world, &secret);
        assert!(
            code_step(&mut browser, &step, &code)
                .await
                .says("Sign in again with your password")
        );
    });
}

/// What the owners of accounts are told by mail.
async fn told(world: &World) -> Vec<SecurityEvent> {
    let event = |job| match job {
        NewJob::SendMail(job) => match job.mail {
            AccountMail::Security { event } => Some(event),
            _ => None,
        },
        _ => None,
    };
    let jobs = world.jobs().await.unwrap();
    jobs.into_iter().filter_map(event).collect()
}

#[test]
fn whoever_has_the_password_guesses_twenty_times_a_day_and_keeps_nobody_out() {
    on_sqlite(|store: Store| async move {
        let (mut anns, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        let mut thief = anns.another();
        anns.sign_in(&world, ann).await;
        let (secret, _) = set_up(&mut anns, &world).await;
        assert_eq!(told(&world).await, [SecurityEvent::AppAdded]);
        anns.forget();
        world.clock.pass(60);
        let step = password_step(&mut anns).await;
        let done = code_step(&mut anns, &step, &code_now(&world, &secret)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);

        for guess in 0..20 {
            // One guess in each sign-in, lest the fifth in one be told.
            let step = password_step(&mut thief).await;
            let wrong = code_step(&mut thief, &step, "nothing").await;
            assert!(wrong.says("This code is wrong"), "{guess}");
        }
        world.clock.pass(60);
        let step = password_step(&mut thief).await;
        let right = code_now(&world, &secret);
        let refused = code_step(&mut thief, &step, &right).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        let forged = code_step(&mut thief, &format!("known.{step}"), &right).await;
        assert!(forged.says("Sign in again with your password"));
        let expected = [SecurityEvent::AppAdded, SecurityEvent::WrongCodes];
        assert_eq!(told(&world).await, expected, "once");

        anns.sign_out();
        let step = password_step(&mut anns).await;
        let done = code_step(&mut anns, &step, &right).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
        let step = password_step(&mut thief).await;
        let refused = code_step(&mut thief, &step, "nothing").await;
        assert_eq!(
            refused.status,
            StatusCode::TOO_MANY_REQUESTS,
            "her sign-in does not start the count anew"
        );

        world.clock.pass(86_400);
        let step = password_step(&mut thief).await;
        let wrong = code_step(&mut thief, &step, "nothing").await;
        assert!(wrong.says("This code is wrong"), "another day");
        let reset = move |tx: &mut Tx<'_>| domain::account::reset_second_factor(tx, ann);
        world.ops.write(reset).await.unwrap();
        assert_eq!(told(&world).await.last(), Some(&SecurityEvent::AppRemoved));
    });
}

#[test]
fn nothing_goes_around_the_second_step() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        browser.sign_in(&world, ann).await;
        let (secret, _) = set_up(&mut browser, &world).await;
        world.clock.pass(60);
        // A link gives a new password only.
        let make = move |tx: &mut Tx<'_>| {
            let by = domain::account::Principal::Operator;
            domain::account::make_sign_in_link(tx, by, ann, &domain::secret::digest("key"))
        };
        world.ops.write(make).await.unwrap();
        browser.forget();
        let without = browser.post("/sign-in/link", &[("key", "key")]).await;
        assert_eq!(
            without.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            without.html
        );
        let fields = [("key", "key"), ("password", PASSWORD)];
        let used = browser.post("/sign-in/link", &fields).await;
        assert_eq!(used.location, "/sign-in");
        assert!(
            browser
                .get("/settings/sessions")
                .await
                .location
                .starts_with("/sign-in")
        );
        // A form that signs in needs the code as well.
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(world.admin, weavers, "Warping").await.unwrap();
        let reply = format!("/p/{thread}/reply");
        let mut fields = vec![
            ("body", "A peg helps."),
            ("once", "k1"),
            ("sign_in_handle", "ann"),
            ("sign_in_password", PASSWORD),
        ];
        let asked = browser.post(&reply, &fields).await;
        assert!(
            asked.says("sign_in_code") && asked.says("A peg helps."),
            "{}",
            asked.html
        );
        let code = code_now(&world, &secret);
        fields.push(("sign_in_code", &code));
        assert_eq!(
            browser.post(&reply, &fields).await.status,
            StatusCode::SEE_OTHER
        );
    });
}

#[test]
fn changing_it_takes_the_password_and_a_code() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        browser.sign_in(&world, ann).await;
        let begun = browser
            .post("/settings/second-factor/app", &[("current", "guess")])
            .await;
        assert!(begun.says("current-password"), "{}", begun.html);
        assert_eq!(begun.status, StatusCode::UNPROCESSABLE_ENTITY);
        let (secret, codes) = set_up(&mut browser, &world).await;
        world.clock.pass(60);
        let code = code_now(&world, &secret);
        for action in ["codes", "app/remove", "passkeys"] {
            let path = format!("/settings/second-factor/{action}");
            for fields in [
                [("current", PASSWORD), ("code", "")],
                [("current", PASSWORD), ("code", "000000")],
                [("current", "guess"), ("code", &code)],
            ] {
                let refused = browser.post(&path, &fields).await;
                assert_eq!(
                    refused.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{fields:?}"
                );
            }
        }
        let fields = [("current", PASSWORD), ("code", code.as_str())];
        let renewed = browser.post("/settings/second-factor/codes", &fields).await;
        let fresh = between(&renewed, "<span class=\"code\">");
        assert_eq!(fresh.len(), 10, "{}", renewed.html);
        let end = "/settings/second-factor/app/remove";
        let fields = [("current", PASSWORD), ("code", codes[0].as_str())];
        let replaced = browser.post(end, &fields).await;
        assert_eq!(replaced.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("current", PASSWORD), ("code", fresh[0].as_str())];
        assert_eq!(
            browser.post(end, &fields).await.status,
            StatusCode::SEE_OTHER
        );
        let off = browser.get("/settings/second-factor").await;
        assert!(off.says("name=\"current\""), "{}", off.html);
    });
}

#[test]
fn a_key_that_nobody_confirmed_is_forgotten() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        browser.sign_in(&world, ann).await;
        let page = "/settings/second-factor";
        let (begin_at, confirm) = (
            "/settings/second-factor/app",
            "/settings/second-factor/app/confirm",
        );
        let begin = [("current", PASSWORD)];
        browser.post(begin_at, &begin).await;
        let shown = between(&browser.get(page).await, "<span class=\"code\">");
        world.clock.pass(1_801);
        let code = code_now(&world, &shown[0].replace(' ', ""));
        let late = browser.post(confirm, &[("code", &code)]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!browser.get(page).await.says("<svg role=\"img\""));
        browser.post(begin_at, &begin).await;
        assert!(browser.get(page).await.says("<svg role=\"img\""));
        browser
            .post("/settings/second-factor/app/cancel", &[])
            .await;
        assert!(!browser.get(page).await.says("<svg role=\"img\""));
    });
}

#[test]
fn administrators_set_it_up_first_where_the_site_wants_it() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let hash = hashed_password();
        let admin = world.admin;
        let verb = move |tx: &mut Tx<'_>| domain::account::change_password(tx, admin, &hash, None);
        world.ops.write(verb).await.unwrap();
        browser.sign_in(&world, world.admin).await;
        assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
        let site = model::Site {
            admins_need_second_factor: true,
            ..(*world.ops.site().unwrap()).clone()
        };
        let by = domain::account::Principal::Operator;
        let change = move |tx: &mut Tx<'_>| domain::site::change(tx, by, &site);
        world.ops.write(change).await.unwrap();
        world.ops.refresh_site().await.unwrap();
        assert_eq!(
            browser.get("/admin").await.location,
            "/settings/second-factor"
        );
        let sent = browser
            .post("/admin/invitations", &[("uses", "1"), ("days", "1")])
            .await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "also without the page");
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(world.admin, weavers, "Warping").await.unwrap();
        let removed = browser.post(&format!("/p/{thread}/delete"), &[]).await;
        assert_eq!(
            removed.status,
            StatusCode::FORBIDDEN,
            "as a moderator neither"
        );
        assert!(
            browser
                .get("/settings/second-factor")
                .await
                .says("administrators need")
        );
        set_up(&mut browser, &world).await;
        assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
        let reset = move |tx: &mut Tx<'_>| domain::account::reset_second_factor(tx, admin);
        world.ops.write(reset).await.unwrap();
        assert_eq!(
            browser.get("/admin").await.location,
            "/settings/second-factor"
        );
    });
}

#[test]
fn enter_in_a_field_changes_nothing() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = person(&world, "ann").await;
        browser.sign_in(&world, ann).await;
        let (_, codes) = set_up(&mut browser, &world).await;
        let fields = [
            ("current", PASSWORD),
            ("code", codes[0].as_str()),
            ("name", "Desk"),
        ];
        let page = browser.post("/settings/second-factor", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Nothing was changed") && page.says("value=\"Desk\""));
        let after = browser.get("/settings/second-factor").await;
        assert!(after.says("10 recovery codes"), "{}", after.html);
    });
}
