//! Reading a long discussion: what is new, where links lead, and what counts as read.

use super::browser::Browser;
use http::StatusCode;
use model::{Origin, PostId};
use store::Store;
use store::testing::on_sqlite;

#[test]
fn only_what_was_shown_is_read_and_links_lead_to_what_is_new() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let follow = move |tx: &mut domain::Tx<'_>| domain::follow::follow(tx, ann, weavers);
        world.ops.write(follow).await.unwrap();
        world.clock.pass(60);
        let root = world.thread(world.admin, weavers, "Warping").await.unwrap();
        let mut replies: Vec<PostId> = Vec::new();
        for number in 1..=60 {
            let text = format!("Peg {number}.");
            replies.push(world.reply(world.admin, root, &text).await.unwrap());
        }

        browser.sign_in(&world, ann).await;
        let (at, new) = (format!("/p/{root}"), format!("/p/{root}?new"));
        let first = browser.get(&at).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.says("Peg 50.") && !first.says("Peg 51."));
        assert!(!first.says("unread-note"), "it is the first visit");
        let list = browser.get("/c/weavers/discussions?show=unread").await;
        assert!(
            list.says(&new),
            "the second page was not shown: {}",
            list.html
        );

        let to = browser.get(&new).await.location;
        assert_eq!(to, format!("/p/{root}?page=2#p{}", replies[50]));
        let second = browser.get(&format!("{at}?page=2")).await;
        assert!(second.says("10 unread replies"), "{}", second.html);
        let list = browser.get("/c/weavers/discussions?show=unread").await;
        assert!(!list.says(&at), "everything was shown");
        assert_eq!(browser.get(&new).await.location, at);

        let watch = format!("{at}/watch?page=2");
        assert!(second.says(&format!("formaction=\"{watch}\"")) && second.says("id=\"notify\""));
        let watched = browser.post(&watch, &[]).await;
        assert_eq!(watched.location, format!("{at}?page=2#notify"));
        let usual = browser.post(&format!("{at}/usual"), &[]).await;
        assert_eq!(usual.location, format!("{at}#notify"));

        let late = world.reply(world.admin, replies[0], "Late.").await.unwrap();
        let to = browser.get(&new).await.location;
        assert_eq!(
            to,
            format!("/p/{root}#p{late}"),
            "it is in the first branch"
        );
    });
}

#[test]
fn reading_a_reply_clears_its_notice() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let root = world.thread(ann, weavers, "Warping").await.unwrap();
        for text in ["A peg.", "Two pegs."] {
            world.reply(world.admin, root, text).await.unwrap();
        }
        browser.sign_in(&world, ann).await;
        let notices = browser.get("/notices").await;
        assert!(
            notices.says("2 replies"),
            "one line for both: {}",
            notices.html
        );
        assert!(
            notices.says("new-badge"),
            "reading the list is not reading the replies"
        );
        browser.get(&format!("/p/{root}")).await;
        let notices = browser.get("/notices").await;
        assert!(!notices.says("new-badge"), "{}", notices.html);
    });
}

#[test]
fn a_list_says_who_asked_and_who_replied_last_and_forgets_what_was_deleted() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let older = world.thread(ann, weavers, "Warping").await.unwrap();
        world.clock.pass(86_400);
        world.thread(ann, weavers, "Woad").await.unwrap();
        let list = browser.get("/c/weavers/discussions").await.text();
        assert!(list.contains("ann posted yesterday"), "{list}");
        assert!(list.find("Woad") < list.find("Warping"));

        world.clock.pass(3_600);
        let reply = world.reply(bea, older, "A peg.").await.unwrap();
        let list = browser.get("/c/weavers/discussions").await.text();
        assert!(
            list.contains("ann posted yesterday bea replied just now"),
            "{list}"
        );
        assert!(list.find("Warping") < list.find("Woad"));

        let delete =
            move |tx: &mut domain::Tx<'_>| domain::post::remove(tx, bea, reply, &Origin::Local);
        world.ops.write(delete).await.unwrap();
        let list = browser.get("/c/weavers/discussions").await.text();
        assert!(!list.contains("bea replied"), "{list}");
        assert!(list.find("Woad") < list.find("Warping"), "{list}");
        let thread = browser.get(&format!("/p/{older}")).await;
        assert!(thread.says("No replies yet"), "{}", thread.html);
        assert_eq!(thread.html.matches("class=\"deleted\"").count(), 1);
    });
}

#[test]
fn a_reply_confirms_itself_where_it_stands() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let root = world.thread(ann, weavers, "Warping").await.unwrap();
        browser.sign_in(&world, ann).await;
        let page = browser.get(&format!("/p/{root}")).await;
        let once = page.hidden("once");
        let form = [("once", once.as_str()), ("body", "A peg.")];
        let sent = browser.post(&format!("/p/{root}/reply"), &form).await;
        let at = browser.get(&sent.location).await.location;
        let (page, anchor) = at.split_once('#').unwrap();
        let html = browser.get(page).await.html;
        let reply = html.split(&format!("id=\"{anchor}\"")).nth(1).unwrap();
        let flash = "class=\"flash\" role=\"status\"";
        assert!(reply.contains(flash), "{html}");
        assert_eq!(html.matches(flash).count(), 1, "and nowhere else: {html}");
    });
}

#[test]
fn a_busy_discussion_leaves_room_for_the_others_among_the_notices() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let quiet = world.thread(ann, weavers, "Woad").await.unwrap();
        let busy = world.thread(ann, weavers, "Warping").await.unwrap();
        world.reply(world.admin, quiet, "Weld.").await.unwrap();
        for _ in 0..70 {
            world.reply(world.admin, busy, "A peg.").await.unwrap();
        }
        browser.sign_in(&world, ann).await;
        let notices = browser.get("/notices").await;
        assert!(notices.says("Woad") && notices.says("70 replies"));
        assert!(!notices.says("?before="), "two lines: {}", notices.html);
    });
}

#[test]
fn a_discussion_stands_on_one_page_of_the_notices() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let mut threads: Vec<PostId> = Vec::new();
        for number in 0..45 {
            let title = format!("Topic {number:02}");
            let thread = world.thread(ann, weavers, &title).await.unwrap();
            world.reply(world.admin, thread, "Weld.").await.unwrap();
            threads.push(thread);
        }
        world
            .reply(world.admin, threads[0], "Madder.")
            .await
            .unwrap();
        browser.sign_in(&world, ann).await;
        let first = browser.get("/notices").await;
        assert!(first.says("Topic 00") && first.says("2 replies"));
        let next = first.html.split("href=\"?before=").nth(1).unwrap();
        let next = next.split('"').next().unwrap();
        let older = format!("/notices?before={next}");
        let second = browser.get(&older).await;
        let titles = |html: &str| {
            (0..45)
                .filter(|n| html.contains(&format!("Topic {n:02}")))
                .collect()
        };
        let (on_first, on_second): (Vec<u8>, Vec<u8>) = (titles(&first.html), titles(&second.html));
        assert_eq!(
            on_first.len() + on_second.len(),
            45,
            "{on_first:?} {on_second:?}"
        );
        assert!(!on_second.contains(&0), "its newest is on the first page");

        let moved = usize::from(on_second[0]);
        world
            .reply(world.admin, threads[moved], "Woad.")
            .await
            .unwrap();
        let second = browser.get(&older).await;
        let title = format!("Topic {moved:02}");
        assert!(!second.says(&title), "it has moved to the first page");
        assert!(browser.get("/notices").await.says(&title));
    });
}

#[test]
fn all_notices_of_a_line_are_seen_with_it() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(world.admin, weavers, "Warping").await.unwrap();
        let origin = Origin::Local;
        for text in ["A peg.", "Two pegs."] {
            let reply = world.reply(ann, thread, text).await.unwrap();
            let (admin, origin) = (world.admin, origin.clone());
            let remove =
                move |tx: &mut domain::Tx<'_>| domain::post::remove(tx, admin, reply, &origin);
            world.ops.write(remove).await.unwrap();
        }
        let admin = world.admin;
        let delete =
            move |tx: &mut domain::Tx<'_>| domain::post::remove(tx, admin, thread, &origin);
        world.ops.write(delete).await.unwrap();
        browser.sign_in(&world, ann).await;
        assert!(browser.get("/notices").await.says("new-badge"));
        let again = browser.get("/notices").await;
        assert!(!again.says("new-badge"), "{}", again.html);
        assert!(!again.says("/notices/seen"), "none is left: {}", again.html);
    });
}

#[test]
fn a_reply_that_was_deleted_unread_leaves_no_notice_behind() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let [ann, bob] = [
            world.person("ann").await.unwrap(),
            world.person("bob").await.unwrap(),
        ];
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let reply = world.reply(bob, thread, "A peg.").await.unwrap();
        let delete =
            move |tx: &mut domain::Tx<'_>| domain::post::remove(tx, bob, reply, &Origin::Local);
        world.clock.pass(1);
        world.ops.write(delete).await.unwrap();
        browser.sign_in(&world, ann).await;
        browser.get(&format!("/p/{thread}")).await;
        let notices = browser.get("/notices").await;
        assert!(!notices.says("new-badge"), "{}", notices.html);
    });
}
