//! Writing: what a form must carry, what is kept when it does not, and what is read afterwards.

use super::browser::Browser;
use domain::testing::World;
use http::StatusCode;
use model::{ActorId, PostId};
use store::Store;
use store::testing::on_sqlite;

const WORDS: &str = "A warping peg, and patience: four threads at a time, from the left.";

/// Ann's thread in her community, and Bea's browser.
async fn thread(store: Store) -> (Browser, World, ActorId, PostId) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    let bea = world.person("bea").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let thread = world
        .thread(ann, weavers, "Warping a heddle")
        .await
        .unwrap();
    browser.sign_in(&world, bea).await;
    (browser, world, bea, thread)
}

#[test]
fn a_form_without_its_key_changes_nothing_and_keeps_the_text() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, _, thread) = thread(store).await;
        let (reply, ours) = (format!("/p/{thread}/reply"), "https://alpha.test");
        let fields = [("csrf", "stale"), ("body", WORDS), ("lang", "en")];
        let stale = bea.post_from(ours, &reply, &fields).await;
        assert_eq!(stale.status, StatusCode::FORBIDDEN);
        assert!(stale.says(WORDS) && stale.says(&format!(r#"action="{reply}""#)));
        assert_eq!(
            stale.hidden("csrf"),
            bea.form_key(),
            "sent again, it would be taken"
        );

        let key = bea.form_key();
        let fields = [("csrf", key.as_str()), ("body", WORDS), ("lang", "en")];
        let foreign = bea.post_from("https://evil.example", &reply, &fields).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        assert!(
            !foreign.says(WORDS),
            "another site's words are not offered to be sent"
        );
        assert!(
            bea.get(&format!("/p/{thread}"))
                .await
                .says("No replies yet")
        );
    });
}

#[test]
fn a_guests_reply_is_kept_until_they_sign_in() {
    on_sqlite(|store: Store| async move {
        let (mut guest, _world, _, thread) = thread(store).await;
        guest.forget();
        let kept = guest
            .post(&format!("/p/{thread}/reply"), &[("body", WORDS)])
            .await;
        assert_eq!(kept.status, StatusCode::FORBIDDEN);
        assert!(kept.says(WORDS) && kept.says("sign_in_password"));
    });
}

#[test]
fn a_guest_sees_what_is_new_at_once_and_in_their_language() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world, bea, thread) = thread(store).await;
        let member = guest.get(&format!("/p/{thread}")).await;
        guest.forget();
        let page = format!("/p/{thread}");
        let first = guest.get(&page).await;
        assert!(first.says("No replies yet") && first.says("/sign-in"));
        assert!(member.says("@bea") && !first.says("@bea"));
        world.reply(bea, thread, WORDS).await.unwrap();
        assert!(guest.get(&page).await.says(WORDS));
        let french = guest.get(&format!("{page}?lang=fr")).await;
        assert!(french.says(r#"lang="fr""#));
        assert!(
            guest.get(&page).await.says(r#"<html lang="fr""#),
            "the cookie"
        );
        guest.forget();
        assert!(guest.get(&page).await.says(r#"<html lang="en""#));
    });
}

#[test]
fn a_reply_is_refused_where_it_is_empty_and_stands_where_it_is_not() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, _, thread) = thread(store).await;
        let reply = format!("/p/{thread}/reply");
        let empty = bea.post(&reply, &[("body", " "), ("lang", "fr")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.says("e-body") && empty.says("Warping a heddle"));

        let sent = bea
            .post(&reply, &[("body", WORDS), ("lang", "en"), ("to", "")])
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let id = sent.location.trim_start_matches("/p/").to_owned();
        let permalink = bea.get(&sent.location).await;
        assert_eq!(permalink.location, format!("/p/{thread}#p{id}"));
        let page = bea.get(&format!("/p/{thread}")).await;
        assert!(page.says(WORDS) && page.says("Reply posted."));
        assert!(!bea.get(&format!("/p/{thread}")).await.says("Reply posted."));

        let forbidden = bea
            .post(
                &format!("/p/{thread}/edit"),
                &[("title", "Mine"), ("body", WORDS), ("lang", "en")],
            )
            .await;
        assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
        assert!(forbidden.says(WORDS), "what was typed is kept");
    });
}

#[test]
fn a_thread_is_read_once() {
    on_sqlite(|store: Store| async move {
        let (mut bea, world, id, thread) = thread(store).await;
        let list = "/c/weavers/discussions";
        assert!(!bea.get(list).await.says("new-badge"), "it is not followed");
        bea.post("/c/weavers/follow", &[]).await;
        let answer = world.reply(world.admin, thread, "Yes.").await.unwrap();
        assert!(bea.get(list).await.says("new-badge"));
        bea.get(&format!("/p/{thread}")).await;
        assert!(!bea.get(list).await.says("new-badge"));
        let marks = move |db: &mut store::Db| {
            store::post::read_marks(db, id, &[thread]).map_err(domain::Error::from)
        };
        let marks = world.ops.store().read(marks).await.unwrap();
        assert_eq!(marks.get(&thread), Some(&answer));
    });
}

#[test]
fn a_community_is_founded_with_what_was_typed() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, _, _) = thread(store).await;
        let wrong = [
            ("handle", "weavers"),
            ("name_en", "Night shift"),
            ("purpose_fr", "Veiller."),
            ("purposes", "learn"),
            ("languages", "fr"),
        ];
        let taken = bea.post("/communities/new", &wrong).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.says("e-handle") && taken.says(r#"value="Night shift""#));
        let right = [
            ("handle", "Night-Shift"),
            ("name_en", "Night shift"),
            ("purpose_fr", "Veiller."),
            ("purposes", "learn"),
            ("purposes", "act"),
            ("languages", "fr"),
            ("domain_en", "Being *awake*."),
        ];
        let founded = bea.post("/communities/new", &right).await;
        assert_eq!(founded.location, "/c/night-shift");
        let front = bea.get("/c/night-shift").await;
        assert!(front.says("<em>awake</em>") && front.says("!night-shift"));
        assert!(
            front.says("/c/night-shift/edit"),
            "its founder may change it"
        );
    });
}

#[test]
fn only_admins_see_the_admin_pages() {
    on_sqlite(|store: Store| async move {
        let (mut bea, world, id, _) = thread(store).await;
        for path in [
            "/admin",
            "/admin/accounts",
            "/admin/queue",
            "/admin/settings",
        ] {
            assert_eq!(bea.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["suspend", "approve", "restore"] {
            let path = format!("/admin/accounts/{id}/{path}");
            assert_eq!(
                bea.post(&path, &[]).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        let retry = bea.post("/admin/queue/retry-all", &[]).await;
        assert_eq!(retry.status, StatusCode::FORBIDDEN);
        bea.sign_in(&world, world.admin).await;
        for path in [
            "/admin",
            "/admin/accounts",
            "/admin/communities",
            "/admin/invitations",
            "/admin/peers",
            "/admin/queue",
            "/admin/settings",
        ] {
            assert_eq!(bea.get(path).await.status, StatusCode::OK, "{path}");
        }
    });
}

#[test]
fn facilitators_choose_how_much_a_stranger_may_post() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        world.community(ann, "weavers").await.unwrap();
        browser.sign_in(&world, ann).await;
        let send = |posts: &'static str| {
            [
                ("name_en", "Weaving"),
                ("purpose_en", "We learn."),
                ("languages", "en"),
                ("posts_per_hour", posts),
            ]
        };
        let odd = browser.post("/c/weavers/edit", &send("many")).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(odd.says("Enter a number, 0 or more"), "{}", odd.html);
        let saved = browser.post("/c/weavers/edit", &send("5")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let form = browser.get("/c/weavers/edit").await;
        assert!(form.says("name=\"posts_per_hour\""), "{}", form.html);
        assert!(form.says("value=\"5\""), "{}", form.html);
    });
}
