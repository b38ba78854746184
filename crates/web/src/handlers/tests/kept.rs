//! Nothing typed is lost, and nothing is sent twice: double submits, an ended session, the language
//! switch on a page with a form, and an edit that began from an older text.

use super::browser::Browser;
use domain::testing::World;
use http::StatusCode;
use model::{ActorId, PostId};
use store::Store;
use store::testing::on_sqlite;

const WORDS: &str = "A warping peg, and patience.";

async fn scene(store: Store) -> (Browser, World, ActorId, PostId) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let thread = world
        .thread(ann, weavers, "Warping a heddle")
        .await
        .unwrap();
    browser.sign_in(&world, ann).await;
    (browser, world, ann, thread)
}

#[test]
fn a_form_sent_four_times_at_once_makes_one_post() {
    on_sqlite(|store: Store| async move {
        let (mut ann, _world, _, thread) = scene(store).await;
        let page = format!("/p/{thread}");
        let once = ann.get(&page).await.hidden("once");
        assert!(once.len() > 20, "{once}");
        let fields = [("once", once.as_str()), ("body", WORDS), ("lang", "en")];
        let reply = format!("{page}/reply");
        let sent = ann.post_at_once(4, &reply, &fields).await;
        assert!(sent.iter().all(|one| one.status == StatusCode::SEE_OTHER));
        let (first, rest) = sent.split_first().unwrap();
        assert!(rest.iter().all(|one| one.location == first.location));
        assert_eq!(ann.get(&page).await.html.matches(WORDS).count(), 1);

        let back = ann.post(&reply, &fields).await;
        assert_eq!(back.location, first.location, "also after Back");
        let other = [
            ("once", once.as_str()),
            ("body", "And a helper."),
            ("lang", "en"),
        ];
        let other = ann.post(&reply, &other).await;
        assert_ne!(
            other.location, first.location,
            "other words are another reply"
        );

        let once = ann.get("/c/weavers/new").await.hidden("once");
        let fields = [
            ("once", once.as_str()),
            ("kind", "question"),
            ("title", "Which reed?"),
            ("body", WORDS),
            ("lang", "en"),
        ];
        let sent = ann.post_at_once(4, "/c/weavers/new", &fields).await;
        let (first, rest) = sent.split_first().unwrap();
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.html);
        assert!(rest.iter().all(|one| one.location == first.location));
    });
}

#[test]
fn a_reply_after_the_session_ended_is_sent_with_the_password() {
    on_sqlite(|store: Store| async move {
        let (mut ann, world, id, thread) = scene(store).await;
        let hash =
            domain::password::hash("four threads left", domain::password::Cost::Least).unwrap();
        let verb =
            move |tx: &mut domain::Tx<'_>| domain::account::change_password(tx, id, &hash, None);
        world.ops.write(verb).await.unwrap();
        let reply = format!("/p/{thread}/reply");
        let ended = ann.post(&reply, &[("body", WORDS), ("once", "k1")]).await;
        assert_eq!(ended.status, StatusCode::FORBIDDEN);
        assert!(
            ended.says(WORDS) && ended.says("sign_in_password"),
            "{}",
            ended.html
        );
        let kept = [
            ("body", WORDS),
            ("once", "k1"),
            ("sign_in_handle", "ann@"),
            ("sign_in_password", ""),
            ("redraw", "kept"),
        ];
        let french = ann.post(&format!("{reply}?lang=fr"), &kept).await;
        assert!(
            french.says(WORDS)
                && french.says(r#"<html lang="fr""#)
                && french.says(r#"value="ann@""#),
            "{}",
            french.html
        );

        let wrong = [
            ("body", WORDS),
            ("once", "k1"),
            ("sign_in_handle", "ann"),
            ("sign_in_password", "guessed"),
        ];
        let wrong = ann.post(&reply, &wrong).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert!(wrong.says(WORDS) && wrong.says("e-sign_in_password"));
        assert!(wrong.says(r#"value="ann""#) && !wrong.says("guessed"));

        let right = [
            ("body", WORDS),
            ("once", "k1"),
            ("sign_in_handle", "@Ann"),
            ("sign_in_password", "four threads left"),
        ];
        let right = ann.post(&reply, &right).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.html);
        let page = ann.get(&format!("/p/{thread}")).await;
        assert_eq!(page.html.matches(WORDS).count(), 1);
        assert!(page.says("/sign-out"), "and the session goes on");
    });
}

#[test]
fn a_form_of_an_administrator_goes_on_after_the_session_ended() {
    on_sqlite(|store: Store| async move {
        let (mut admin, world, ann, _) = scene(store).await;
        let (id, cost) = (world.admin, domain::password::Cost::Least);
        let hash = domain::password::hash("four threads left", cost).unwrap();
        let verb =
            move |tx: &mut domain::Tx<'_>| domain::account::change_password(tx, id, &hash, None);
        world.ops.write(verb).await.unwrap();
        admin.sign_out();
        let suspend = format!("/admin/accounts/{ann}/suspend");
        let typed = [("reason", "Adverts & worse")];
        let ended = admin.post(&suspend, &typed).await;
        assert_eq!(ended.status, StatusCode::FORBIDDEN);
        assert!(ended.says("Adverts &#38; worse"), "{}", ended.html);
        let with = |name, password| {
            let signs_in = [("sign_in_handle", name), ("sign_in_password", password)];
            [&typed[..], &signs_in].concat()
        };
        let done = admin
            .post(&suspend, &with("root", "four threads left"))
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
        let page = admin.get(&format!("/admin/accounts/{ann}")).await;
        assert!(page.says("Adverts &#38; worse"), "{}", page.html);
    });
}

#[test]
fn the_page_of_an_ended_session_is_in_order_and_says_what_is_wrong() {
    on_sqlite(|store: Store| async move {
        let (mut ann, _world, _, thread) = scene(store).await;
        ann.sign_out();
        let reply = format!("/p/{thread}/reply");
        let ended = ann.post(&reply, &[("body", WORDS)]).await;
        assert!(ended.says("Your session has ended") && !ended.says(">403<"));
        assert!(ended.says(r#"role="alert" tabindex="-1" autofocus"#));
        let (form, text) = (
            ended.html.find("id=\"f-sign_in_handle\""),
            ended.html.find("id=\"k-body\""),
        );
        assert!(form.is_some() && form < text, "the fields come in order");

        let empty = [
            ("body", WORDS),
            ("sign_in_handle", "@ann@beta.test"),
            ("sign_in_password", ""),
        ];
        let empty = ann.post(&reply, &empty).await;
        assert!(empty.says(WORDS) && empty.says("Enter your password"));
        assert!(empty.says("This account is on another server"));
    });
}

#[test]
fn the_language_switch_keeps_what_was_typed_and_sends_nothing() {
    on_sqlite(|store: Store| async move {
        let (mut ann, world, _, _) = scene(store).await;
        let form = ann.get("/c/weavers/new?kind=question").await;
        assert!(form.says(r#"formaction="/c/weavers/new?lang=fr""#) && form.says(r#"id="typed""#));
        let typed = [
            ("redraw", "form"),
            ("kind", "question"),
            ("title", "Which reed?"),
            ("body", WORDS),
        ];
        let french = ann.post("/c/weavers/new?lang=fr", &typed).await;
        assert!(french.says(r#"<html lang="fr""#), "{}", french.html);
        assert!(french.says(WORDS) && french.says(r#"value="question" checked"#));
        assert!(!french.says("error-summary"), "nothing is at fault");
        let account = |db: &mut query::Db| query::account::by_handle(db, "ann");
        let (account, _) = world.ops.store().read(account).await.unwrap().unwrap();
        assert_eq!(account.lang, model::Lang::Fr);
        assert!(!ann.get("/c/weavers/discussions").await.says("Which reed?"));
    });
}

#[test]
fn a_link_with_a_language_changes_no_account() {
    on_sqlite(|store: Store| async move {
        let (mut ann, _world, _, _) = scene(store).await;
        assert!(
            ann.get("/c/weavers?lang=fr")
                .await
                .says(r#"<html lang="fr""#)
        );
        assert!(ann.get("/c/weavers").await.says(r#"<html lang="en""#));
        let switched = ann
            .post("/language?next=%2Fc%2Fweavers", &[("lang", "fr")])
            .await;
        assert_eq!(switched.location, "/c/weavers");
        assert!(ann.get("/c/weavers").await.says(r#"<html lang="fr""#));
        let away = ann
            .post("/language?next=%2F%2Fevil.example", &[("lang", "en")])
            .await;
        assert_eq!(away.location, "/");
        ann.forget();
        let guest = ann.post_from(
            "https://alpha.test",
            "/language?next=/people",
            &[("lang", "fr")],
        );
        assert_eq!(guest.await.location, "/people");
        assert!(ann.get("/people").await.says(r#"<html lang="fr""#));
    });
}

#[test]
fn the_switch_of_a_reader_stays_on_the_page() {
    on_sqlite(|store: Store| async move {
        let (mut ann, _world, _, thread) = scene(store).await;
        let page = format!("/p/{thread}");
        let once = ann.get(&page).await.hidden("once");
        let switch = format!("{page}/reply?lang=fr");
        let untouched = [
            ("once", once.as_str()),
            ("body", ""),
            ("lang", ""),
            ("redraw", "form"),
        ];
        let switched = ann.post(&switch, &untouched).await;
        assert_eq!(
            switched.location,
            page.clone() + "#main",
            "{}",
            switched.html
        );
        let french = ann.get(&page).await;
        assert!(french.says(r#"<html lang="fr""#), "{}", french.html);

        for typed in [
            ("body", WORDS),
            ("warning", "About a death"),
            ("lang", "fr"),
        ] {
            let fields = untouched.map(|field| if field.0 == typed.0 { typed } else { field });
            let fields = [fields.as_slice(), &[typed]].concat();
            let kept = ann.post(&switch, &fields).await;
            assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
            assert!(kept.says(typed.1), "{}", kept.html);
        }
    });
}

#[test]
fn an_edit_of_an_older_text_shows_both() {
    on_sqlite(|store: Store| async move {
        let (mut ann, world, _, thread) = scene(store).await;
        let edit = format!("/p/{thread}/edit");
        let revision = ann.get(&edit).await.hidden("revision");
        let text = |revision: &str, body: &str| {
            [
                ("revision".to_owned(), revision.to_owned()),
                ("title".to_owned(), "Warping".to_owned()),
                ("body".to_owned(), body.to_owned()),
                ("lang".to_owned(), "en".to_owned()),
            ]
        };
        async fn send(
            ann: &mut Browser,
            edit: &str,
            fields: [(String, String); 4],
        ) -> super::browser::PageResponse {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(k, v)| (k.as_str(), v.as_str()))
                .collect();
            ann.post(edit, &fields).await
        }
        world.clock.pass(1);
        let first = send(&mut ann, &edit, text(&revision, "From the first tab.")).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.html);
        let stale = send(&mut ann, &edit, text(&revision, "From the second tab.")).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.says("From the first tab.") && stale.says("From the second tab."));
        let page = ann.get(&format!("/p/{thread}")).await;
        assert!(page.says("From the first tab.") && !page.says("From the second tab."));
        let seen = stale.hidden("revision");
        assert_ne!(seen, revision);
        let knowing = send(&mut ann, &edit, text(&seen, "From both tabs.")).await;
        assert_eq!(knowing.status, StatusCode::SEE_OTHER);
        assert!(
            ann.get(&format!("/p/{thread}"))
                .await
                .says("From both tabs.")
        );
    });
}

#[test]
fn an_edit_too_many_is_kept_and_can_be_sent_later() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, thread) = scene(store).await;
        let path = format!("/p/{thread}/edit");
        let mut last = None;
        for number in 0..=model::limits::EDITS_PER_HOUR {
            let body = format!("{WORDS} {number}");
            let fields = [
                ("lang", "en"),
                ("title", "Warping a heddle"),
                ("body", &body),
            ];
            last = Some(browser.post(&path, &fields).await);
        }
        let refused = last.unwrap();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        let empty = browser.post(&path, &[("lang", "en"), ("body", "")]).await;
        assert_eq!(
            empty.status,
            StatusCode::TOO_MANY_REQUESTS,
            "before the text is read"
        );
        let kept = format!("{WORDS} {}", model::limits::EDITS_PER_HOUR);
        assert!(refused.says(&kept), "{}", refused.html);
        assert!(refused.says("Try again in 2 minutes"), "{}", refused.text());
        assert!(!browser.get(&format!("/p/{thread}")).await.says(&kept));
        world.clock.pass(120);
        let fields = [
            ("lang", "en"),
            ("title", "Warping a heddle"),
            ("body", &kept),
        ];
        let sent = browser.post(&path, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
        assert!(browser.get(&format!("/p/{thread}")).await.says(&kept));
    });
}

#[test]
fn what_somebody_wrote_is_not_sent_by_another_who_signs_in() {
    on_sqlite(|store: Store| async move {
        let (mut ann, world, _, thread) = scene(store).await;
        let bob = world.person("bob").await.unwrap();
        let hash =
            domain::password::hash("four threads left", domain::password::Cost::Least).unwrap();
        let verb =
            move |tx: &mut domain::Tx<'_>| domain::account::change_password(tx, bob, &hash, None);
        world.ops.write(verb).await.unwrap();
        let reply = format!("/p/{thread}/reply");
        let owner = ann.get(&format!("/p/{thread}")).await.hidden("by");
        assert_eq!(owner, "@ann");
        ann.sign_out();
        let ended = ann.post(&reply, &[("body", WORDS), ("by", &owner)]).await;
        assert_eq!(ended.hidden("by"), "@ann");
        let as_bob = [
            ("body", WORDS),
            ("by", "@ann"),
            ("sign_in_handle", "bob"),
            ("sign_in_password", "four threads left"),
        ];
        let asked = ann.post(&reply, &as_bob).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        assert!(asked.says(WORDS) && asked.says("You are signed in as bob"));
        assert!(!ann.get(&format!("/p/{thread}")).await.says(WORDS));
        let sent = [("body", WORDS), ("by", &asked.hidden("by"))];
        let sent = ann.post(&reply, &sent).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    });
}

#[test]
fn a_form_has_a_number_of_fields_that_a_form_can_have() {
    on_sqlite(|store: Store| async move {
        let (mut ann, _world, _, thread) = scene(store).await;
        let many = vec![("body", "a b"); 201];
        let paths = [format!("/p/{thread}/reply"), "/settings/profile".to_owned()];
        for path in &paths {
            let refused = ann.post(path, &many).await;
            assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        }
        ann.sign_out();
        for path in &paths {
            let refused = ann.post(path, &many).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
            assert!(!refused.says("a b"), "{path}");
        }
    });
}
