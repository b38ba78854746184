//! Posts: published, edited, removed, restored, liked, and counted.

mod erase;

use super::*;
use crate::discussion::{reply, start};
use crate::testing::{World, delivered, draft, picture_file, reader};
use model::job::NewJob;
use model::refusal::Rule;
use model::{
    Clock as _, EventDetails, Origin, PeerId, PostDetails, PostKind, PostState, Refusal,
    RevisionId, Time, Via,
};
use store::post::NewestLimits;
use store::{Store, row};

async fn post(world: &World, id: PostId) -> row::Post {
    world
        .ops
        .store()
        .read(move |db| store::raw::post::by_id(db, id).map_err(Error::from))
        .await
        .unwrap()
        .unwrap()
}

/// An instance with a community, its founder, and somebody of another server.
async fn scene(store: Store) -> (World, ActorId, ActorId, ActorId, PeerId) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let bea = world.stranger("bea", "beta.test").await.unwrap();
    let peer = world
        .ops
        .store()
        .read(move |db| store::raw::actor::by_id(db, bea).map_err(Error::from))
        .await
        .unwrap()
        .unwrap()
        .peer_id
        .unwrap();
    (world, ann, weavers, bea, peer)
}

/// Numbers and alternative texts of the pictures of a post.
async fn shown(world: &World, id: PostId) -> Vec<(i32, String)> {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::post::pictures(db, &[id])?) };
    let pictures = world.ops.store().read(read).await.unwrap();
    let rows = pictures.into_values().flatten();
    rows.map(|row| (row.number, row.alt)).collect()
}

/// An event that begins then.
fn event(starts_at: Time) -> Draft {
    Draft {
        kind: PostKind::Event,
        details: Some(PostDetails::Event(EventDetails {
            starts_at,
            ends_at: None,
            zone: Some("Europe/Paris".to_owned()),
            utc_offset: 3_600,
            place: "The mill".to_owned(),
        })),
        ..draft("Open loom", "Come and see.")
    }
}

async fn details(world: &World, id: PostId) -> Option<PostDetails> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::post::details(db, &[(id, PostKind::Event)])?)
    };
    world.ops.store().read(read).await.unwrap().remove(&id)
}

/// What the frame counts as unread of each community somebody follows.
async fn unread(world: &World, who: ActorId) -> Vec<i64> {
    let now = world.ops.now();
    let read =
        move |db: &mut store::Db| store::community::followed(db, who, now).map_err(Error::from);
    let rows = world.ops.store().read(read).await.unwrap();
    rows.into_iter().map(|followed| followed.unread).collect()
}

store::both! {
    async fn replies_are_counted_and_stand_in_reading_order(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let root = world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        let first = world.reply(ann, root, "First").await.unwrap();
        let second = world.reply(ann, root, "Second").await.unwrap();
        let under_first = world.reply(ann, first, "Under the first").await.unwrap();
        let deeper = world.reply(ann, under_first, "Deeper").await.unwrap();
        let order: Vec<PostId> = world.ops.store()
            .read(move |db| store::post::replies(db, reader(None), root, 0, 50).map_err(Error::from))
            .await.unwrap().into_iter().map(|p| p.id).collect();
        assert_eq!(order, [first, under_first, deeper, second]);
        let root = post(&world, root).await;
        assert_eq!((root.reply_count, root.last_post_id), (4, deeper));
    }

    async fn what_is_new_is_counted_and_what_came_since_stays_unread(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let bob = world.person("bob").await.unwrap();
        let old = world.thread(ann, weavers, "Before the follow").await.unwrap();
        world.clock.pass(1);
        world.ops.write(move |tx| crate::follow::follow(tx, bob, weavers)).await.unwrap();
        world.clock.pass(1);
        assert_eq!(unread(&world, bob).await, [0]);
        let new = world.thread(ann, weavers, "After it").await.unwrap();
        world.reply(ann, old, "A reply after it").await.unwrap();
        assert_eq!(unread(&world, bob).await, [2]);
        let seen = post(&world, new).await.last_post_id;
        let late = world.reply(ann, new, "It came while the page was read").await.unwrap();
        world.ops.write(move |tx| mark_read(tx, bob, new, seen)).await.unwrap();
        assert_eq!(unread(&world, bob).await, [2]);
        world.ops.write(move |tx| mark_read(tx, bob, new, late)).await.unwrap();
        assert_eq!(unread(&world, bob).await, [1]);
        world.clock.pass(31 * 86_400);
        assert_eq!(unread(&world, bob).await, [0]);
    }

    async fn of_each_community_the_newest_are_read(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let dyers = world.community(ann, "dyers").await.unwrap();
        let mut threads = Vec::new();
        for (place, title) in [(weavers, "1"), (dyers, "2"), (weavers, "3"), (weavers, "4")] {
            world.clock.pass(1);
            threads.push(world.thread(ann, place, title).await.unwrap());
        }
        let bob = world.person("bob").await.unwrap();
        for place in [weavers, dyers] {
            world.ops.write(move |tx| crate::follow::follow(tx, bob, place)).await.unwrap();
        }
        let newest = |each, all| world.ops.store().read(move |db| {
            let ids = store::post::newest_in_followed(db, bob, NewestLimits { each, all })?;
            store::post::heads(db, reader(None), &ids).map_err(Error::from)
        });
        let ids = |heads: Vec<store::post::ThreadHead>| heads.iter().map(|h| h.id).collect::<Vec<_>>();
        assert_eq!(ids(newest(2, 10).await.unwrap()), [threads[3], threads[2], threads[1]]);
        assert_eq!(ids(newest(2, 1).await.unwrap()), [threads[3]]);
    }

    async fn of_each_person_the_newest_outside_of_communities_are_read(store: Store) {
        let (world, _, weavers, bea, peer) = scene(store).await;
        let mut threads = Vec::new();
        for (number, place) in [None, None, None, Some(weavers)].into_iter().enumerate() {
            let origin = delivered(&format!("https://beta.test/n/{number}"), peer);
            let new = draft("News", "Come.");
            world.clock.pass(1);
            let begin = move |tx: &mut Tx<'_>| start(tx, bea, place, &new, &origin);
            threads.push(world.ops.write(begin).await.unwrap());
        }
        let bob = world.person("bob").await.unwrap();
        let newest = || world.ops.store().read(move |db| {
            let limits = NewestLimits { each: 2, all: 10 };
            let ids = store::post::newest_of_followed_people(db, bob, limits)?;
            let heads = store::post::heads(db, reader(None), &ids)?;
            Ok::<_, Error>(heads.iter().map(|head| head.id).collect::<Vec<_>>())
        });
        world.ops.write(move |tx| crate::follow::follow(tx, bob, bea)).await.unwrap();
        assert_eq!(newest().await.unwrap(), [], "she has not accepted it");
        let accept = move |tx: &mut Tx<'_>| crate::follow::answered_by_peer(tx, bob, bea, true);
        world.ops.write(accept).await.unwrap();
        assert_eq!(newest().await.unwrap(), [threads[2], threads[1]]);
    }

    async fn what_is_typed_is_checked(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let empty = draft(" ", "");
        let refused = world.ops
            .write(move |tx| start(tx, ann, Some(weavers), &empty, &Origin::Local)).await.unwrap_err();
        let Error::Refused(Refusal::Invalid(fields)) = refused else { panic!("{refused}") };
        assert_eq!(fields.iter().map(|f| f.field).collect::<Vec<_>>(), ["title", "body"]);
    }

    async fn announcements_are_the_facilitators(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let eve = world.person("eve").await.unwrap();
        let news = Draft { kind: model::PostKind::Announcement, ..draft("News", "Come.") };
        for (who, may) in [(ann, true), (eve, false)] {
            let news = news.clone();
            let result = world.ops
                .write(move |tx| start(tx, who, Some(weavers), &news, &Origin::Local)).await;
            assert_eq!(result.is_ok(), may);
        }
        let origin = delivered("https://beta.test/p/1", peer);
        let id = world.ops.write(move |tx| start(tx, bea, Some(weavers), &news, &origin)).await.unwrap();
        assert_eq!(post(&world, id).await.kind, model::PostKind::Discussion);
    }

    async fn one_form_sent_twice_at_once_makes_one_reply(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let root = world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        let other = world.thread(ann, weavers, "Sleying a reed").await.unwrap();
        let send = |parent: PostId, body: &'static str| {
            let new = draft("", body);
            let new = Draft { once: once("form", &new.wordings, None), ..new };
            let ops = world.ops.clone();
            async move {
                ops.write(move |tx| reply(tx, ann, parent, &new, &Origin::Local)).await.unwrap()
            }
        };
        let (a, b) = tokio::join!(send(root, "A peg."), send(root, "A peg."));
        assert_eq!(a, b);
        assert_ne!(send(root, "Two pegs.").await, a, "another text is another reply");
        assert_ne!(send(other, "A peg.").await, a, "and so is one to another post");
        assert_eq!(post(&world, root).await.reply_count, 2);
    }

    async fn an_edit_of_an_older_text_changes_nothing(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let root = world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        let began = post(&world, root).await.written_at();
        world.clock.pass(1);
        let change = |title: &'static str, began_from| {
            let new = Draft { began_from, ..draft(title, "A peg.") };
            let ops = world.ops.clone();
            async move { ops.write(move |tx| edit(tx, ann, root, &new, &Origin::Local)).await }
        };
        change("From the first window", Some(began)).await.unwrap();
        let stale = change("From the second window", Some(began)).await.unwrap_err();
        assert!(stale.to_string().contains("revision stale"), "{stale}");
        change("From the first window", Some(began)).await.expect("it says so already");
        change("From the API", None).await.unwrap();
        assert_eq!(post(&world, root).await.title.first().map(|(_, title)| title), Some("From the API"));
    }

    async fn pictures_come_and_go_with_edits_and_with_their_post(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let added = |digest: &str, alt: &str| NewPicture { file: picture_file(digest), alt: alt.into() };
        let with = |pictures: Pictures| Draft { pictures: Some(pictures), ..draft("Looms", "Look.") };
        let first = with(Pictures { added: vec![added("a", "A loom"), added("b", "A heddle")], ..Pictures::default() });
        let root = world.ops
            .write(move |tx| start(tx, ann, Some(weavers), &first, &Origin::Local))
            .await.unwrap();
        let change = |draft: Draft| {
            let ops = world.ops.clone();
            async move { ops.write(move |tx| edit(tx, ann, root, &draft, &Origin::Local)).await }
        };
        change(draft("Looms", "Look.")).await.expect("nothing is said of pictures");
        let kept = |number, alt: &str| KeptPicture { number, alt: alt.into() };
        change(with(Pictures { kept: vec![kept(1, "A loom"), kept(2, "A heddle")], added: Vec::new() })).await.unwrap();
        assert!(post(&world, root).await.edited_at.is_none(), "the same pictures are no edit");
        change(with(Pictures { kept: vec![kept(2, "Two heddles")], added: vec![added("c", "A peg")] })).await.unwrap();
        assert!(post(&world, root).await.edited_at.is_some(), "other pictures are one");
        assert_eq!(shown(&world, root).await, [(2, "Two heddles".to_owned()), (3, "A peg".to_owned())]);
        let nameless = change(with(Pictures { kept: vec![kept(2, " ")], added: Vec::new() })).await.unwrap_err();
        assert!(nameless.to_string().contains("picture_alt required"), "{nameless}");
        let five = (0..5).map(|n| added(&n.to_string(), "A peg")).collect();
        let many = change(with(Pictures { added: five, ..Pictures::default() })).await.unwrap_err();
        assert!(many.to_string().contains("pictures too-long"), "{many}");
        world.ops.write(move |tx| remove(tx, ann, root, &Origin::Local)).await.unwrap();
        assert!(shown(&world, root).await.is_empty());
    }

    async fn an_edit_keeps_the_old_text_and_is_the_authors(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let bob = world.person("bob").await.unwrap();
        let root = world.thread(ann, weavers, "Old title").await.unwrap();
        let new = draft("New title", "New words");
        let by_bob = { let new = new.clone(); world.ops.write(move |tx| edit(tx, bob, root, &new, &Origin::Local)).await };
        assert!(matches!(by_bob, Err(Error::Refused(Refusal::NotAllowed(Rule::Author)))));
        for _ in 0..2 {
            let new = new.clone();
            world.ops.write(move |tx| edit(tx, ann, root, &new, &Origin::Local)).await.unwrap();
        }
        let old: Vec<String> = world.ops.store()
            .read(move |db| store::raw::post::revisions(db, root, RevisionId(i64::MAX), 9).map_err(Error::from))
            .await.unwrap().into_iter().map(|r| r.title.read(model::Lang::En).to_owned()).collect();
        assert_eq!(old, ["Old title"], "the same text twice is one edit");
        assert!(post(&world, root).await.edited_at.is_some());
    }

    async fn of_many_edits_the_first_text_and_the_newest_are_kept(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let root = world.thread(ann, weavers, "Title").await.unwrap();
        for n in 0..205 {
            world.clock.pass(120);
            let new = draft("Title", &format!("Text {n}"));
            world.ops.write(move |tx| edit(tx, ann, root, &new, &Origin::Local)).await.unwrap();
        }
        let kept = world.ops.store()
            .read(move |db| store::raw::post::revisions(db, root, RevisionId(i64::MAX), 999).map_err(Error::from))
            .await.unwrap();
        let source = |n: usize| kept[n].source.read(model::Lang::En).to_owned();
        assert_eq!(kept.len(), 200);
        assert_eq!(source(0), "Text 203");
        assert_eq!(source(198), "Text 5");
        assert!(!source(199).starts_with("Text"), "the first text");
    }

    async fn of_an_authors_edits_thirty_within_an_hour_are_sent_on(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let bob = world.person("bob").await.unwrap();
        let own = [world.thread(ann, weavers, "One").await.unwrap(), world.thread(ann, weavers, "Two").await.unwrap()];
        let bobs = world.thread(bob, weavers, "Bob's").await.unwrap();
        let origin = delivered("https://beta.test/p/1", peer);
        let (words, first) = (draft("Title", "First"), origin.clone());
        let beas = world.ops.write(move |tx| start(tx, bea, Some(weavers), &words, &first)).await.unwrap();
        world.ops.write(move |tx| crate::follow::requested_by_peer(tx, bea, weavers, "https://beta.test/f/1")).await.unwrap();
        let change = async |by, post, text: &str, origin: &Origin| {
            let (new, origin) = (draft("Title", text), origin.clone());
            world.ops.write(move |tx| edit(tx, by, post, &new, &origin)).await
        };
        let waits = |edited: Outcome<()>| match edited {
            Err(Error::Refused(Refusal::TooMany { retry_after })) => retry_after,
            other => panic!("{other:?}"),
        };
        // The posts do not matter: what counts is who wrote them, here or elsewhere.
        for n in 0..30 {
            change(ann, own[n % 2], &format!("Text {n}"), &Origin::Local).await.unwrap();
            change(bea, beas, &format!("Text {n}"), &origin).await.unwrap();
        }
        assert_eq!(waits(change(ann, own[0], "More", &Origin::Local).await), 120);
        assert_eq!(waits(change(bea, beas, "More", &origin).await), 120);
        assert!(post(&world, beas).await.html.read(model::Lang::En).contains("Text 29"));
        let relayed = world.jobs().await.unwrap().into_iter()
            .filter(|job| matches!(job, NewJob::Relay(_))).count();
        assert_eq!(relayed, 31, "the thread and thirty edits");
        // What changes nothing is no edit, and others are not counted with them.
        change(ann, own[1], "Text 29", &Origin::Local).await.unwrap();
        change(bob, bobs, "Text", &Origin::Local).await.unwrap();
        world.clock.pass(120);
        change(ann, own[0], "More", &Origin::Local).await.unwrap();
        waits(change(ann, own[0], "Still more", &Origin::Local).await);
        // A peer's facilitators edit as they need.
        world.ops.write(move |tx| Ok(store::community::put_member(tx.db, weavers, bea, model::MemberRole::Moderator, tx.now)?)).await.unwrap();
        for n in 0..40 {
            change(bea, beas, &format!("As moderator {n}"), &origin).await.unwrap();
        }
    }

    async fn a_peers_edits_keep_one_text_a_minute(store: Store) {
        let (world, _, weavers, bea, peer) = scene(store).await;
        let origin = || delivered("https://beta.test/p/1", peer);
        let (words, first) = (draft("Title", "First"), origin());
        let id = world.ops.write(move |tx| start(tx, bea, Some(weavers), &words, &first)).await.unwrap();
        for n in 0..5 {
            let (new, origin) = (draft("Title", &format!("Text {n}")), origin());
            world.ops.write(move |tx| edit(tx, bea, id, &new, &origin)).await.unwrap();
        }
        let kept = world.ops.store()
            .read(move |db| store::raw::post::revisions(db, id, RevisionId(i64::MAX), 9).map_err(Error::from))
            .await.unwrap();
        assert_eq!(kept.len(), 1);
        assert!(post(&world, id).await.html.read(model::Lang::En).contains("Text 4"), "the newest text is shown");
    }

    async fn a_tombstone_keeps_its_place_and_no_words(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let bob = world.person("bob").await.unwrap();
        let cho = world.person("cho").await.unwrap();
        let root = world.thread(bob, weavers, "A title").await.unwrap();
        let by_cho = world.ops.write(move |tx| remove(tx, cho, root, &Origin::Local)).await;
        assert!(matches!(by_cho, Err(Error::Refused(Refusal::NotAllowed(Rule::AuthorOrModerator)))));
        world.ops.write(move |tx| remove(tx, ann, root, &Origin::Local)).await.unwrap();
        let gone = post(&world, root).await;
        assert!(gone.title.is_empty() && gone.html.is_empty() && gone.source.is_empty());
        assert_eq!(gone.state, PostState::Tombstone);
        assert_eq!(gone.deleted_by, Some(model::DeletedBy::Moderator));
        let late = world.reply(cho, root, "Too late").await.unwrap_err();
        assert!(matches!(late, Error::Refused(Refusal::Gone(_))), "{late}");
    }

    async fn details_are_kept_while_the_post_has_words(store: Store) {
        let (world, _, weavers, bea, peer) = scene(store).await;
        let at = |minutes: i64| event(world.clock.now().plus_seconds(minutes * 60));
        let made = delivered("https://beta.test/e/1", peer);
        let (first, origin) = (at(60), made.clone());
        let id = world.ops.write(move |tx| start(tx, bea, Some(weavers), &first, &origin)).await.unwrap();
        assert_eq!(details(&world, id).await, at(60).details);

        let (same, origin) = (at(60), made.clone());
        world.ops.write(move |tx| edit(tx, bea, id, &same, &origin)).await.unwrap();
        assert_eq!(post(&world, id).await.edited_at, None, "nothing is new");
        let (later, origin) = (at(90), made.clone());
        world.ops.write(move |tx| edit(tx, bea, id, &later, &origin)).await.unwrap();
        assert_eq!(details(&world, id).await, at(90).details);
        assert!(post(&world, id).await.edited_at.is_some(), "other times are an edit");
        let revisions = world.ops.store().read(move |db| -> Outcome<_> { Ok(store::raw::post::revisions(db, id, RevisionId(i64::MAX), 9)?) });
        assert!(revisions.await.unwrap().is_empty(), "of the same text");
        let (plain, origin) = (draft("Open loom", "Come."), made.clone());
        world.ops.write(move |tx| edit(tx, bea, id, &plain, &origin)).await.unwrap();
        assert_eq!(details(&world, id).await, at(90).details, "no details are no change");

        let origin = made.clone();
        world.ops.write(move |tx| remove(tx, bea, id, &origin)).await.unwrap();
        assert_eq!(details(&world, id).await, None);
        let back = at(90);
        world.ops.write(move |tx| restore(tx, bea, id, &back, &made)).await.unwrap();
        assert_eq!(details(&world, id).await, at(90).details);
    }

    async fn a_like_counts_once(store: Store) {
        let (world, ann, weavers, _, _) = scene(store).await;
        let root = world.thread(ann, weavers, "A title").await.unwrap();
        for _ in 0..2 {
            world.ops.write(move |tx| like(tx, ann, root, &Origin::Local)).await.unwrap();
        }
        assert_eq!(post(&world, root).await.like_count, 1);
        for _ in 0..2 {
            world.ops.write(move |tx| unlike(tx, ann, root, &Origin::Local)).await.unwrap();
        }
        assert_eq!(post(&world, root).await.like_count, 0);
    }

    async fn a_peers_post_takes_effect_once_and_is_announced(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            let (new, origin) = (draft("From beta", "Hello"), delivered("https://beta.test/p/1", peer));
            ids.push(world.ops.write(move |tx| start(tx, bea, Some(weavers), &new, &origin)).await.unwrap());
        }
        assert_eq!(ids[0], ids[1]);
        let relays = world.jobs().await.unwrap();
        assert!(matches!(relays.as_slice(), [NewJob::Relay(_), NewJob::AnnounceThread(_)]), "{relays:?}");
        let reply = world.reply(ann, ids[0], "Welcome").await.unwrap();
        assert_eq!(post(&world, reply).await.community_id, Some(weavers));
    }

    async fn what_was_fetched_is_not_announced_nor_told(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let root = world.thread(ann, weavers, "A title").await.unwrap();
        let jobs = world.jobs().await.unwrap().len();
        let mut origin = delivered("https://beta.test/p/2", peer);
        if let Origin::Remote { via, .. } = &mut origin { *via = Via::Fetched; }
        let new = draft("", "An old reply");
        world.ops.write(move |tx| reply(tx, bea, root, &new, &origin)).await.unwrap();
        assert_eq!(world.jobs().await.unwrap().len(), jobs);
        let now = world.ops.now();
        let notices = world.ops.store()
            .read(move |db| store::notice::list(db, ann, now, model::NoticeId(i64::MAX), 9).map_err(Error::from))
            .await.unwrap();
        assert!(notices.is_empty());
    }

    async fn a_delete_before_its_create_wins(store: Store) {
        let (world, _, weavers, bea, peer) = scene(store).await;
        world.ops.write(|tx| remove_unseen(tx, "https://beta.test/p/3")).await.unwrap();
        let (new, origin) = (draft("Too late", "x"), delivered("https://beta.test/p/3", peer));
        let late = world.ops.write(move |tx| start(tx, bea, Some(weavers), &new, &origin)).await;
        assert!(matches!(late, Err(Error::Refused(Refusal::Gone(_)))));
    }

    async fn nobody_of_another_server_edits_or_deletes_ours(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let root = world.thread(ann, weavers, "Ours").await.unwrap();
        let (new, origin) = (draft("Theirs", "x"), delivered("https://beta.test/u/1", peer));
        let forged = { let origin = origin.clone(); world.ops.write(move |tx| edit(tx, bea, root, &new, &origin)).await };
        assert!(matches!(forged, Err(Error::Refused(Refusal::NotAllowed(Rule::Author)))));
        let forged = world.ops.write(move |tx| remove(tx, bea, root, &origin)).await;
        assert!(matches!(forged, Err(Error::Refused(Refusal::NotAllowed(_)))));
        assert_eq!(post(&world, root).await.title.read(model::Lang::En), "Ours");
    }
}

store::both! {
    async fn what_was_taken_away_comes_back_by_the_same_hand(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let root = world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        let origin = delivered("https://beta.test/n/1", peer);
        let result = origin.clone();
        let reply = world.ops
            .write(move |tx| reply(tx, bea, root, &draft("", "A peg."), &result))
            .await.unwrap();
        let (gone, back) = (origin.clone(), origin.clone());
        world.ops.write(move |tx| remove(tx, bea, reply, &gone)).await.unwrap();
        assert!(post(&world, reply).await.html.is_empty());
        let foreign = origin.clone();
        let stranger = world.ops
            .write(move |tx| restore(tx, ann, reply, &draft("", "Mine."), &foreign))
            .await;
        assert!(matches!(stranger, Err(Error::Refused(Refusal::NotAllowed(Rule::AuthorOrModerator)))));
        world.ops.write(move |tx| restore(tx, bea, reply, &draft("", "A peg."), &back)).await.unwrap();
        let stands = post(&world, reply).await;
        assert_eq!((stands.deleted_at, stands.deleted_by), (None, None));
        assert_eq!(stands.state, PostState::Live);
        assert!(stands.html.read(model::Lang::En).contains("A peg."));
    }

    async fn a_moderators_removal_is_not_the_authors_to_take_back(store: Store) {
        let (world, ann, weavers, bea, peer) = scene(store).await;
        let root = world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        let origin = delivered("https://beta.test/n/1", peer);
        let result = origin.clone();
        let reply = world.ops
            .write(move |tx| reply(tx, bea, root, &draft("", "A peg."), &result))
            .await.unwrap();
        world.ops.write(move |tx| remove(tx, ann, reply, &Origin::Local)).await.unwrap();
        let back = world.ops
            .write(move |tx| restore(tx, bea, reply, &draft("", "A peg."), &origin))
            .await;
        assert!(matches!(back, Err(Error::Refused(Refusal::NotAllowed(Rule::AuthorOrModerator)))));
        assert!(post(&world, reply).await.deleted_at.is_some());
    }

    async fn a_suspension_counts_replies_likes_and_threads_anew(store: Store) {
        let (world, ann, weavers, ..) = scene(store).await;
        let eve = world.person("eve").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let mine = world.reply(ann, thread, "A peg.").await.unwrap();
        let hers = world.reply(eve, thread, "Buy pegs.").await.unwrap();
        world.thread(eve, weavers, "Buy looms").await.unwrap();
        world.ops.write(move |tx| like(tx, eve, thread, &Origin::Local)).await.unwrap();
        let counts = async || {
            let mut next = Some(Recount::default());
            while let Some(step) = next {
                let whose = store::post::recount::Whose::Actor(eve);
                next = world.ops.write(move |tx| recount(tx, whose, step)).await.unwrap();
            }
            let row = post(&world, thread).await;
            let group = world.ops.store().read(move |db| Ok::<_, Error>(store::raw::actor::by_id(db, weavers)?));
            let threads = group.await.unwrap().unwrap().post_count;
            (row.reply_count, row.like_count, row.last_post_id, threads)
        };
        let by = crate::account::Principal::Operator;
        world.ops.write(move |tx| crate::account::suspend(tx, by, eve, "Posts adverts")).await.unwrap();
        assert!(world.jobs().await.unwrap().contains(&model::job::Recount { actor: eve }.into()));
        assert_eq!(counts().await, (1, 0, mine, 1));
        world.ops.write(move |tx| crate::account::restore(tx, by, eve)).await.unwrap();
        assert_eq!(counts().await, (2, 1, hers, 2));
    }
}
