//! Who is told of a thread that they watch, or have muted.

use super::*;
use crate::testing::World;
use model::job::NewJob;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use store::Store;

async fn kinds(world: &World, who: ActorId) -> Vec<NoticeKind> {
    let now = world.ops.now();
    let all = NoticeId(i64::MAX);
    let read =
        move |db: &mut store::Db| store::notice::list(db, who, now, all, 100).map_err(Error::from);
    let rows = world.ops.store().read(read).await.unwrap();
    rows.into_iter().map(|row| row.kind).collect()
}

async fn set(world: &World, who: ActorId, thread: PostId, level: ThreadNotify) {
    let verb = move |tx: &mut Tx<'_>| set_notification_level(tx, who, thread, Some(level));
    world.ops.write(verb).await.unwrap();
}

store::both! {
    async fn open_pages_are_told_of_what_was_committed(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let told: Arc<Mutex<Vec<BTreeSet<ActorId>>>> = Arc::default();
        let log = Arc::clone(&told);
        world.ops.when_outdated(move |people| log.lock().unwrap().push(people.clone()));
        world.reply(bob, thread, "A peg.").await.unwrap();
        let refused = move |tx: &mut Tx<'_>| -> Outcome<()> {
            tx.outdate(bob);
            Err(Error::not_found("post"))
        };
        assert!(world.ops.write(refused).await.is_err());
        let seen = move |tx: &mut Tx<'_>| see(tx, ann, NoticeId(i64::MAX));
        world.ops.write_background(seen).await.unwrap();
        let only_ann = BTreeSet::from([ann]);
        assert_eq!(*told.lock().unwrap(), [only_ann.clone(), only_ann]);
    }

    async fn a_notice_is_listed_with_its_thread(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        for _ in 0..2 {
            world.reply(bob, thread, "A peg.").await.unwrap();
        }
        world.ops.write(move |tx| crate::follow::follow(tx, bob, ann)).await.unwrap();
        let now = world.ops.now();
        let read = move |db: &mut store::Db| {
            let all = store::notice::with_threads(db, ann, now, NoticeId(i64::MAX), 9)?;
            let since = store::notice::threads_since(db, ann, now, NoticeId(0))?;
            Ok::<_, Error>((all, since))
        };
        let (all, since) = world.ops.store().read(read).await.unwrap();
        let threads: Vec<Option<PostId>> = all.iter().map(|(_, thread)| *thread).collect();
        assert_eq!(threads, [None, Some(thread), Some(thread)]);
        assert_eq!(since, [(NoticeKind::Reply, thread)]);
    }

    async fn watchers_are_told_once_and_who_mutes_is_not(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let cleo = world.person("cleo").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let unwatched = world.reply(bob, thread, "A peg.").await.unwrap();
        assert_eq!(kinds(&world, ann).await, [NoticeKind::Reply]);

        set(&world, ann, thread, ThreadNotify::Mute).await;
        set(&world, cleo, thread, ThreadNotify::Watch).await;
        let reply = world.reply(bob, thread, "Two pegs.").await.unwrap();
        assert_eq!(kinds(&world, ann).await, [NoticeKind::Reply], "she has muted it");
        let jobs = world.jobs().await.unwrap();
        let told: Vec<PostId> = jobs
            .into_iter()
            .filter_map(|job| match job {
                NewJob::NotifyWatchers(job) => Some(job.post),
                _ => None,
            })
            .collect();
        assert_eq!(told, [reply], "and not {unwatched}");
        for _ in 0..2 {
            let mut next = Some(ActorId(0));
            while let Some(after) = next {
                let tell = move |tx: &mut Tx<'_>| tell_watchers(tx, reply, after);
                next = world.ops.write(tell).await.unwrap();
            }
        }
        assert_eq!(kinds(&world, cleo).await, [NoticeKind::Watched]);
        assert_eq!(kinds(&world, bob).await, []);
    }
}
