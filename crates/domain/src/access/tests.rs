//! The access rule as verbs ask it: banned, suspended, hidden and held.

use super::*;
use crate::testing::{World, draft};
use crate::{Error, account, discussion, post};
use model::refusal::Rule;
use model::{PostState, Refusal};
use store::Store;

/// A community with its facilitator, a thread in it, and somebody else.
struct Story {
    world: World,
    ann: ActorId,
    bob: ActorId,
    weavers: ActorId,
    thread: PostId,
}

impl Story {
    async fn begin(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        Self {
            world,
            ann,
            bob,
            weavers,
            thread,
        }
    }

    async fn set_state(&self, id: PostId, state: PostState) {
        let verb = move |tx: &mut Tx<'_>| Ok(store::post::set_state(tx.db, id, state)?);
        self.world.ops.write(verb).await.unwrap();
    }

    async fn like(&self, who: ActorId) -> Outcome<()> {
        let thread = self.thread;
        let verb = move |tx: &mut Tx<'_>| post::like(tx, who, thread, &Origin::Local);
        self.world.ops.write(verb).await
    }
}

fn is_hidden<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotFound("post"))))
}

fn is_refused<T: std::fmt::Debug>(outcome: &Outcome<T>, rule: Rule) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotAllowed(found))) if *found == rule)
}

store::both! {
    async fn somebody_banned_reads_and_does_not_write(store: Store) {
        let story = Story::begin(store).await;
        let (bob, weavers, thread) = (story.bob, story.weavers, story.thread);
        let now = story.world.ops.now();
        let ban = move |tx: &mut Tx<'_>| {
            let until = Some(now.plus_seconds(3_600));
            let row = row::CommunityBan { community_id: weavers, actor_id: bob, until };
            Ok(store::space::put_ban(tx.db, &row)?)
        };
        story.world.ops.write(ban).await.unwrap();
        assert!(is_refused(&story.world.reply(bob, thread, "Hello").await, Rule::Banned));
        assert!(is_refused(&story.world.thread(bob, weavers, "Hello").await, Rule::Banned));
        assert!(is_refused(&story.like(bob).await, Rule::Banned));
        let read = move |db: &mut Db| {
            store::post::by_id(db, crate::testing::reader(Some(bob)), thread).map_err(Error::from)
        };
        assert!(story.world.ops.store().read(read).await.unwrap().is_some());
        story.world.clock.pass(3_601);
        story.world.reply(bob, thread, "Hello again").await.unwrap();
    }

    async fn what_is_held_exists_for_its_author_and_the_moderators(store: Store) {
        let story = Story::begin(store).await;
        let cho = story.world.person("cho").await.unwrap();
        let (ann, bob, thread) = (story.ann, story.bob, story.thread);
        let held = story.world.reply(bob, thread, "Held").await.unwrap();
        story.set_state(held, PostState::Held).await;
        assert!(is_hidden(&story.world.reply(cho, held, "Below").await));
        let edit = move |by: ActorId| move |tx: &mut Tx<'_>| {
            post::edit(tx, by, held, &draft("", "Better"), &Origin::Local)
        };
        assert!(is_hidden(&story.world.ops.write(edit(cho)).await));
        assert!(is_refused(&story.world.ops.write(edit(ann)).await, Rule::Author));
        story.world.ops.write(edit(bob)).await.unwrap();
        let remove = move |tx: &mut Tx<'_>| post::remove(tx, ann, held, &Origin::Local);
        story.world.ops.write(remove).await.unwrap();
    }

    async fn nobody_writes_in_a_thread_that_is_hidden(store: Store) {
        let story = Story::begin(store).await;
        let reply = story.world.reply(story.bob, story.thread, "Hello").await.unwrap();
        story.set_state(story.thread, PostState::Hidden).await;
        assert!(is_hidden(&story.like(story.bob).await));
        assert!(is_hidden(&story.world.reply(story.bob, reply, "Below").await));
        story.like(story.ann).await.unwrap();
    }

    async fn what_somebody_suspended_wrote_exists_for_nobody(store: Store) {
        let story = Story::begin(store).await;
        let (bob, ann) = (story.bob, story.ann);
        let reply = story.world.reply(bob, story.thread, "Hello").await.unwrap();
        let suspend = move |tx: &mut Tx<'_>| account::suspend(tx, account::Principal::Operator, bob, "Posts adverts");
        story.world.ops.write(suspend).await.unwrap();
        assert!(is_hidden(&story.world.reply(ann, reply, "Below").await));
        let restore = move |tx: &mut Tx<'_>| account::restore(tx, account::Principal::Operator, bob);
        story.world.ops.write(restore).await.unwrap();
        story.world.reply(ann, reply, "Below").await.unwrap();
    }

    async fn ones_own_words_stay_ones_own_in_a_thread_that_is_withheld(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, thread) = (story.ann, story.bob, story.thread);
        let kept = story.world.reply(bob, thread, "Hello").await.unwrap();
        let removed = story.world.reply(bob, thread, "Hello?").await.unwrap();
        let suspend = move |tx: &mut Tx<'_>| account::suspend(tx, account::Principal::Operator, ann, "Posts adverts");
        story.world.ops.write(suspend).await.unwrap();
        let reworded = draft("", "Good evening");
        let edit = move |tx: &mut Tx<'_>| post::edit(tx, bob, kept, &reworded, &Origin::Local);
        story.world.ops.write(edit).await.unwrap();
        let remove = move |tx: &mut Tx<'_>| post::remove(tx, bob, removed, &Origin::Local);
        story.world.ops.write(remove).await.unwrap();
        let seen = move |db: &mut Db| -> Outcome<_> {
            let of = |who| crate::testing::reader(who);
            Ok((
                store::post::by_id(db, of(Some(bob)), kept)?.is_some(),
                store::post::by_id(db, of(Some(bob)), thread)?.is_some(),
                store::post::by_id(db, of(None), kept)?.is_some(),
            ))
        };
        let seen = story.world.ops.store().read(seen).await.unwrap();
        assert_eq!(seen, (true, false, false), "his own, and nothing else of it, and for nobody else");
    }

    async fn what_is_withheld_is_not_there_for_any_write(store: Store) {
        let story = Story::begin(store).await;
        let (ann, thread, admin) = (story.ann, story.thread, story.world.admin);
        story.like(admin).await.unwrap();
        let suspend = move |tx: &mut Tx<'_>| account::suspend(tx, account::Principal::Operator, ann, "Posts adverts");
        story.world.ops.write(suspend).await.unwrap();
        let unknown = PostId(1);
        for id in [thread, unknown] {
            let remove = move |tx: &mut Tx<'_>| post::remove(tx, admin, id, &Origin::Local);
            let words = draft("Warping", "No.");
            let edit = move |tx: &mut Tx<'_>| post::edit(tx, admin, id, &words, &Origin::Local);
            let like = move |tx: &mut Tx<'_>| post::like(tx, admin, id, &Origin::Local);
            let read = move |tx: &mut Tx<'_>| post::mark_read(tx, admin, id, id);
            assert!(is_hidden(&story.world.ops.write(remove).await), "{id}");
            assert!(is_hidden(&story.world.ops.write(edit).await), "{id}");
            assert!(is_hidden(&story.world.ops.write(like).await), "{id}");
            assert!(is_hidden(&story.world.ops.write(read).await), "{id}");
            assert!(is_hidden(&story.world.reply(admin, id, "Hello").await), "{id}");
        }
    }

    async fn members_write_in_their_space_and_others_do_not_know_of_it(store: Store) {
        let story = Story::begin(store).await;
        let (ann, weavers, thread) = (story.ann, story.weavers, story.thread);
        let inside = move |tx: &mut Tx<'_>| {
            let space = row::Space {
                id: tx.id(),
                community_id: weavers,
                access: model::access::SpaceAccess::Members,
                name: model::LangText::single("en", "Members"),
                created_at: tx.now,
                posting: model::access::SpacePosting::All,
                closed_at: None,
            };
            store::space::insert(tx.db, &space)?;
            Ok(store::testing::move_to_space(tx.db, thread, space.id)?)
        };
        story.world.ops.write(inside).await.unwrap();
        assert!(is_hidden(&story.world.reply(story.bob, thread, "Hello").await));
        assert!(is_hidden(&story.like(story.bob).await));
        let reply = story.world.reply(ann, thread, "Among us").await.unwrap();
        let read = move |db: &mut Db| store::raw::post::by_id(db, reply).map_err(Error::from);
        let row = story.world.ops.store().read(read).await.unwrap().unwrap();
        let first = move |db: &mut Db| store::raw::post::by_id(db, thread).map_err(Error::from);
        let first = story.world.ops.store().read(first).await.unwrap().unwrap();
        assert_eq!(row.space_id, first.space_id, "a reply is in its thread's space");
        let remote = draft("", "Hello");
        let origin = crate::testing::delivered("https://beta.test/n/1", model::PeerId(1));
        let bea = story.world.stranger("bea", "beta.test").await.unwrap();
        let replied = story.world.ops
            .write(move |tx| discussion::reply(tx, bea, thread, &remote, &origin))
            .await;
        assert!(is_hidden(&replied));
    }
}
