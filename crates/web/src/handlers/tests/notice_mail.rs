//! What somebody chooses to be told by mail, as pages.

use super::browser::Browser;
use domain::Tx;
use domain::account::Principal;
use domain::testing::{World, charter, stranger};
use http::StatusCode;
use model::notice_mail::{MailTopic, Rhythm};
use model::{ActorId, ActorKind, Lang};
use store::Store;
use store::testing::on_sqlite;

async fn give_address(world: &World, who: ActorId) {
    let address = "ann@example.org".parse().unwrap();
    let verb = move |tx: &mut Tx<'_>| {
        domain::account::assign_address(tx, Principal::Operator, who, &address)
    };
    world.ops.write(verb).await.unwrap();
}

async fn rhythm(world: &World, who: ActorId, topic: MailTopic) -> Rhythm {
    let now = world.ops.now();
    let read = move |db: &mut query::Db| query::notice_mail::chosen(db, who, now, 1);
    world
        .ops
        .store()
        .read(read)
        .await
        .unwrap()
        .choices
        .of(topic)
}

/// The form as the page sends it when nothing is changed.
const USUAL: [(&str, &str); 8] = [
    ("written", "at-once"),
    ("watched", "daily"),
    ("followers", "never"),
    ("community", "weekly"),
    ("hour", "7"),
    ("weekday", "1"),
    ("quiet_from", ""),
    ("quiet_to", ""),
];

fn with(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = USUAL
        .into_iter()
        .filter(|(name, _)| !changed.iter().any(|(new, _)| new == name));
    kept.chain(changed.iter().copied()).collect()
}

#[test]
fn somebody_chooses_what_they_are_told_and_when() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::with_mail(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        browser.sign_in(&world, ann).await;
        let page = browser.get("/settings/notices").await;
        assert!(
            page.says("You haven’t confirmed an e-mail address"),
            "{}",
            page.html
        );
        assert!(!page.says("Accounts waiting for approval"), "{}", page.html);
        assert!(
            page.says(r#"<option value="at-once" selected>"#),
            "{}",
            page.html
        );
        give_address(&world, ann).await;
        let page = browser.get("/settings/notices").await;
        assert!(!page.says("You haven’t confirmed"), "{}", page.html);

        let own = format!("community-{weavers}");
        let mut fields = with(&[
            ("written", "daily"),
            ("quiet_from", "21"),
            ("quiet_to", "6"),
        ]);
        fields.push((&own, "never"));
        let saved = browser.post("/settings/notices", &fields).await;
        assert_eq!(
            (saved.status, saved.location.as_str()),
            (StatusCode::SEE_OTHER, "/settings/notices"),
            "{}",
            saved.html
        );
        assert_eq!(rhythm(&world, ann, MailTopic::Written).await, Rhythm::Daily);
        assert_eq!(rhythm(&world, ann, MailTopic::Watched).await, Rhythm::Daily);
        let page = browser.get("/settings/notices").await;
        assert!(
            page.says(r#"<option value="21" selected>"#),
            "{}",
            page.html
        );
        assert!(
            page.says(r#"<option value="never" selected>"#),
            "{}",
            page.html
        );
    });
}

#[test]
fn what_is_no_choice_is_refused_in_the_readers_language() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::with_mail(store).await;
        let ann = world.person("ann").await.unwrap();
        let french = move |tx: &mut Tx<'_>| domain::account::set_lang(tx, ann, Lang::Fr);
        world.ops.write(french).await.unwrap();
        browser.sign_in(&world, ann).await;
        for bad in [
            ("written", "hourly"),
            ("community", ""),
            ("hour", "24"),
            ("hour", "noon"),
            ("weekday", "0"),
            ("weekday", "8"),
        ] {
            let page = browser.post("/settings/notices", &with(&[bad])).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
            assert!(page.says("<html lang=\"fr\""), "{bad:?}");
            assert!(
                page.says(&format!("id=\"e-{}\"", bad.0)),
                "{bad:?}: {}",
                page.html
            );
        }
        let quiet = with(&[("quiet_from", "21"), ("quiet_to", "30")]);
        let page = browser.post("/settings/notices", &quiet).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            rhythm(&world, ann, MailTopic::Written).await,
            Rhythm::AtOnce
        );
    });
}

#[test]
fn who_begins_to_follow_a_community_is_offered_a_choice_once() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::with_mail(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        give_address(&world, ann).await;
        browser.sign_in(&world, ann).await;
        let unfollowed = browser
            .post("/c/weavers/mail", &[("rhythm", "daily")])
            .await;
        assert_eq!(unfollowed.status, StatusCode::NOT_FOUND);
        browser.post("/c/weavers/follow", &[]).await;
        let offered = browser.get("/c/weavers").await;
        assert!(
            offered.says("Only what’s written to me"),
            "{}",
            offered.html
        );
        assert!(
            !browser
                .get("/c/weavers")
                .await
                .says("Only what’s written to me"),
            "once"
        );
        let bad = browser
            .post("/c/weavers/mail", &[("rhythm", "hourly")])
            .await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST, "{}", bad.html);
        let chosen = browser
            .post("/c/weavers/mail", &[("rhythm", "at-once")])
            .await;
        assert_eq!(
            (chosen.status, chosen.location.as_str()),
            (StatusCode::SEE_OTHER, "/c/weavers")
        );
        let now = world.ops.now();
        let read = move |db: &mut query::Db| query::notice_mail::chosen(db, ann, now, 1);
        let choices = world.ops.store().read(read).await.unwrap().choices;
        assert_eq!(choices.own_of(weavers), Some(Rhythm::AtOnce));
    });
}

#[test]
fn who_asks_to_follow_a_community_elsewhere_is_offered_the_same_choice_once() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::with_mail(store).await;
        let ann = world.person("ann").await.unwrap();
        let group = domain::actor::RemoteActor {
            kind: ActorKind::Group,
            charter: Some(charter("dyers")),
            ..stranger("dyers", "beta.test")
        };
        let store = move |tx: &mut Tx<'_>| domain::actor::store_remote(tx, &group);
        let dyers = world.ops.write(store).await.unwrap();
        give_address(&world, ann).await;
        browser.sign_in(&world, ann).await;
        let at = "/c/dyers@beta.test";
        let asked = browser.post(&format!("{at}/follow"), &[]).await;
        assert_eq!(asked.location, at, "{}", asked.html);
        let offered = browser.get(at).await;
        let question = "Only what’s written to me";
        assert!(offered.says(question), "{}", offered.html);
        assert!(!browser.get(at).await.says(question), "once");
        let mail = format!("{at}/mail");
        let chosen = browser.post(&mail, &[("rhythm", "weekly")]).await;
        assert_eq!(chosen.location, at, "{}", chosen.html);
        let now = world.ops.now();
        let read = move |db: &mut query::Db| query::notice_mail::chosen(db, ann, now, 1);
        let choices = world.ops.store().read(read).await.unwrap().choices;
        assert_eq!(choices.own_of(dyers), Some(Rhythm::Weekly));
    });
}

#[test]
fn half_of_the_quiet_hours_is_asked_for() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        browser.sign_in(&world, ann).await;
        for (from, to) in [("4", ""), ("", "4"), ("5", "5")] {
            let half = with(&[("quiet_from", from), ("quiet_to", to)]);
            let page = browser.post("/settings/notices", &half).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{from} {to}");
            let said = match from == to {
                true => page.says("another hour"),
                false => page.says("Choose this hour too"),
            };
            assert!(said, "{}", page.html);
        }
    });
}
