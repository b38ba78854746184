//! Which community owns a thread, whoever announces it and in whatever order.

use super::*;
use crate::actor::RemoteActor;
use crate::discussion::{reply, start};
use crate::post::{edit, reinstate, remove, restore};
use crate::testing::{World, charter, delivered, draft, stranger};
use model::claim::named;
use model::{ActorKind, DeletedBy, Origin, PeerId, Time, Via};
use proptest::prelude::*;
use store::Store;

const THREAD: &str = "https://beta.test/p/1";
const REPLY: &str = "https://beta.test/p/2";

/// Bea's server, with a community of its own, and three others with one each. Bea's thread names the
/// second and the third.
struct Scene {
    world: World,
    bea: ActorId,
    peer: PeerId,
    groups: Vec<row::Actor>,
}

impl Scene {
    async fn new(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        let mut groups = Vec::new();
        for host in ["beta.test", "gamma.test", "delta.test", "evil.test"] {
            let group = RemoteActor {
                kind: ActorKind::Group,
                charter: Some(charter("dyers")),
                ..stranger("dyers", host)
            };
            let id = world
                .ops
                .write(move |tx| crate::actor::store_remote(tx, &group))
                .await
                .unwrap();
            groups.push(actor(&world, id).await);
        }
        let peer = actor(&world, bea).await.peer_id.unwrap();
        Self {
            world,
            bea,
            peer,
            groups,
        }
    }

    fn id(&self, group: usize) -> ActorId {
        self.groups[group].id
    }

    /// Takes Bea's thread in, which came without any community's word, and a reply.
    async fn thread(&self, names: &[usize]) -> PostId {
        let mut origin = delivered(THREAD, self.peer);
        if let Origin::Remote { named: all, .. } = &mut origin {
            *all = named(names.iter().map(|group| self.groups[*group].ap_id.as_str()));
        }
        let (bea, answer) = (self.bea, delivered(REPLY, self.peer));
        let verb = move |tx: &mut Tx<'_>| {
            let thread = start(tx, bea, None, &draft("Indigo", "How?"), &origin)?;
            reply(tx, bea, thread, &draft("", "So."), &answer)?;
            Ok(thread)
        };
        self.world.ops.write(verb).await.unwrap()
    }

    /// A community announces the thread, or lists it.
    async fn says(&self, group: usize, thread: PostId, announce: Option<&str>) {
        let (community, announce) = (self.id(group), announce.map(str::to_owned));
        self.world
            .ops
            .write(move |tx| announced(tx, thread, community, announce.as_deref()))
            .await
            .unwrap();
    }

    async fn post(&self, ap_id: &str) -> row::Post {
        let ap_id = ap_id.to_owned();
        let read =
            move |db: &mut store::Db| store::raw::post::by_ap_id(db, &ap_id).map_err(Error::from);
        self.world.ops.store().read(read).await.unwrap().unwrap()
    }

    /// The community that owns the thread, and those that share it.
    async fn places(&self, thread: PostId) -> (Option<usize>, Vec<usize>) {
        let (of_thread, of_reply) = (self.post(THREAD).await, self.post(REPLY).await);
        assert_eq!(
            of_thread.community_id, of_reply.community_id,
            "a reply is where its thread is"
        );
        assert_eq!(of_thread.space_id, of_reply.space_id);
        let at = |id: ActorId| self.groups.iter().position(|group| group.id == id).unwrap();
        let read =
            move |db: &mut store::Db| store::post::shared_by(db, thread).map_err(Error::from);
        let shared = self.world.ops.store().read(read).await.unwrap();
        let mut shared: Vec<usize> = shared.into_iter().map(at).collect();
        shared.sort_unstable();
        (of_thread.community_id.map(at), shared)
    }

    /// How many threads each community has.
    async fn counts(&self) -> Vec<i32> {
        let mut counts = Vec::new();
        for group in &self.groups {
            counts.push(actor(&self.world, group.id).await.post_count);
        }
        counts
    }

    /// A thread of Ann, who is of this instance, in a remote community.
    async fn thread_by_ann(&self, group: usize) -> (ActorId, PostId) {
        let ann = self.world.person("ann").await.unwrap();
        (
            ann,
            self.world
                .thread(ann, self.id(group), "Warping")
                .await
                .unwrap(),
        )
    }

    async fn by_id(&self, id: PostId) -> row::Post {
        let read = move |db: &mut store::Db| store::raw::post::by_id(db, id).map_err(Error::from);
        self.world.ops.store().read(read).await.unwrap().unwrap()
    }

    /// What a community does itself, by its own server's word.
    fn by(&self, group: usize) -> (ActorId, Origin) {
        let peer = self.groups[group].peer_id.unwrap();
        (
            self.id(group),
            delivered("https://elsewhere.test/a/1", peer),
        )
    }
}

async fn actor(world: &World, id: ActorId) -> row::Actor {
    let read = move |db: &mut store::Db| store::raw::actor::by_id(db, id).map_err(Error::from);
    world.ops.store().read(read).await.unwrap().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whoever says so, in any order and however often: the owner is the community that the thread names
    /// first among those that said so, then the one on its own server, and never another.
    #[test]
    fn the_order_of_announcements_makes_no_difference(
        words in prop::collection::vec((0_usize..4, any::<bool>()), 1..8),
        names in prop::sample::select(vec![vec![], vec![1], vec![1, 2], vec![2, 1]]),
    ) {
        store::testing::on_sqlite(|store| async move {
            let scene = Scene::new(store).await;
            let thread = scene.thread(&names).await;
            for (number, (group, announces)) in words.iter().enumerate() {
                let announce = format!("https://elsewhere.test/announce/{number}");
                scene.says(*group, thread, announces.then_some(announce.as_str())).await;
            }
            let said = |group: &usize| words.iter().any(|(by, _)| by == group);
            let owner = names.iter().copied().chain([0]).find(said);
            let (place, shared) = scene.places(thread).await;
            assert_eq!(place, owner);
            for group in shared {
                assert!(Some(group) != owner && words.contains(&(group, true)), "{group}");
            }
            let counts: Vec<i32> = (0..4).map(|group| i32::from(owner == Some(group))).collect();
            assert_eq!(scene.counts().await, counts);
        });
    }
}

store::both! {
    async fn a_stranger_shares_and_owns_nothing(store: Store) {
        let scene = Scene::new(store).await;
        let thread = scene.thread(&[1]).await;
        scene.says(3, thread, Some("https://evil.test/1")).await;
        assert_eq!(scene.places(thread).await, (None, vec![3]));
        let (thief, origin) = scene.by(3);
        let theft = scene.world.ops.write(move |tx| remove(tx, thief, thread, &origin)).await;
        assert!(theft.is_err());
        scene.says(1, thread, Some("https://gamma.test/1")).await;
        assert_eq!(scene.places(thread).await, (Some(1), vec![3]));
        let (own, shared) = (scene.id(1), scene.id(3));
        scene.world.ops.write(move |tx| withdraw(tx, thread, shared)).await.unwrap();
        assert_eq!(scene.places(thread).await, (Some(1), vec![]));
        scene.world.ops.write(move |tx| withdraw(tx, thread, own)).await.unwrap();
        assert_eq!(scene.places(thread).await, (None, vec![]));
        assert_eq!(scene.counts().await, [0; 4]);
        scene.says(1, thread, Some("https://gamma.test/2")).await;
        assert_eq!(scene.places(thread).await, (Some(1), vec![]));
    }

    async fn a_thread_in_a_community_of_ours_stays_there(store: Store) {
        let scene = Scene::new(store).await;
        let ann = scene.world.person("ann").await.unwrap();
        let weavers = scene.world.community(ann, "weavers").await.unwrap();
        let (bea, mut origin) = (scene.bea, delivered(THREAD, scene.peer));
        if let Origin::Remote { named: all, .. } = &mut origin {
            *all = named([scene.groups[1].ap_id.as_str()]);
        }
        let thread = scene.world.ops
            .write(move |tx| start(tx, bea, Some(weavers), &draft("Indigo", "How?"), &origin))
            .await.unwrap();
        scene.says(1, thread, Some("https://gamma.test/1")).await;
        assert_eq!(scene.by_id(thread).await.community_id, Some(weavers));
        let (group, _) = scene.by(1);
        assert!(scene.world.ops.write(move |tx| withdraw(tx, thread, group)).await.unwrap());
        let local = scene.world.ops.write(move |tx| withdraw(tx, thread, weavers)).await.unwrap();
        assert!(!local, "no peer takes a thread out of a community of ours");
    }

    async fn shares_have_limits(store: Store) {
        let scene = Scene::new(store).await;
        let thread = scene.thread(&[]).await;
        for number in 0..SHARES_PER_POST + 3 {
            let group = RemoteActor {
                kind: ActorKind::Group,
                charter: Some(charter("spinners")),
                ..stranger(&format!("spinners{number}"), "many.test")
            };
            let share = move |tx: &mut Tx<'_>| {
                let group = crate::actor::store_remote(tx, &group)?;
                announced(tx, thread, group, Some(&format!("https://many.test/{number}")))
            };
            scene.world.ops.write(share).await.unwrap();
        }
        let count = move |db: &mut store::Db| {
            store::post::shared_by(db, thread).map_err(Error::from)
        };
        let shares = scene.world.ops.store().read(count).await.unwrap().len();
        assert_eq!(i64::try_from(shares).unwrap(), SHARES_PER_POST);
    }

    async fn one_announcement_shares_several_threads(store: Store) {
        let scene = Scene::new(store).await;
        let thread = scene.thread(&[]).await;
        let (bea, origin) = (scene.bea, delivered("https://beta.test/p/3", scene.peer));
        let other = scene.world.ops
            .write(move |tx| start(tx, bea, None, &draft("Madder", "How?"), &origin))
            .await.unwrap();
        for post in [thread, other] {
            scene.says(3, post, Some("https://evil.test/batch")).await;
        }
        let group = scene.id(3);
        let shared = move |db: &mut store::Db| {
            Ok::<_, Error>([store::post::shared_by(db, thread)?, store::post::shared_by(db, other)?])
        };
        let both = scene.world.ops.store().read(shared).await.unwrap();
        assert_eq!(both, [vec![group], vec![group]]);
        scene.world.ops.write(move |tx| unshare(tx, group, "https://evil.test/batch")).await.unwrap();
        let none = scene.world.ops.store().read(shared).await.unwrap();
        assert_eq!(none, [vec![], vec![]]);
    }
}

store::both! {
    async fn a_peers_community_hides_what_is_written_here_and_puts_it_back(store: Store) {
        let scene = Scene::new(store).await;
        let (ann, thread) = scene.thread_by_ann(1).await;
        let answer = scene.world.reply(ann, thread, "I found out.").await.unwrap();
        let counted = scene.counts().await;
        for id in [thread, answer] {
            let before = scene.by_id(id).await;
            for _ in 0..2 {
                let (group, origin) = scene.by(1);
                scene.world.ops.write(move |tx| remove(tx, group, id, &origin)).await.unwrap();
            }
            let hidden = scene.by_id(id).await;
            assert_eq!(hidden.state, PostState::Hidden);
            assert_eq!(hidden.deleted_by, Some(DeletedBy::Moderator));
            assert_eq!((&hidden.html, &hidden.source), (&before.html, &before.source));
            let (stranger, origin) = scene.by(2);
            let foreign = scene.world.ops.write(move |tx| reinstate(tx, stranger, id, &origin)).await;
            assert!(foreign.is_err());
            let (group, origin) = scene.by(1);
            scene.world.ops.write(move |tx| reinstate(tx, group, id, &origin)).await.unwrap();
            assert_eq!(scene.by_id(id).await, before, "as if it had not happened");
        }
        assert_eq!(scene.counts().await, counted);
        assert_eq!(actor(&scene.world, ann).await.post_count, 2);
    }

    async fn an_announcement_puts_back_what_its_community_removed(store: Store) {
        let scene = Scene::new(store).await;
        let (_, thread) = scene.thread_by_ann(1).await;
        let (group, origin) = scene.by(1);
        scene.world.ops.write(move |tx| remove(tx, group, thread, &origin)).await.unwrap();
        scene.says(3, thread, Some("https://evil.test/1")).await;
        assert_eq!(scene.by_id(thread).await.state, PostState::Hidden);
        scene.says(1, thread, Some("https://gamma.test/1")).await;
        assert_eq!(scene.by_id(thread).await.state, PostState::Live);
    }

    async fn a_thread_of_ours_that_left_its_community_may_return(store: Store) {
        let scene = Scene::new(store).await;
        let (_, thread) = scene.thread_by_ann(1).await;
        let (group, _) = scene.by(1);
        assert!(scene.world.ops.write(move |tx| withdraw(tx, thread, group)).await.unwrap());
        let left = scene.by_id(thread).await;
        assert_eq!((left.community_id, left.state), (None, PostState::Live));
        assert!(!left.html.is_empty());
        scene.says(3, thread, Some("https://evil.test/1")).await;
        assert_eq!(scene.by_id(thread).await.community_id, None);
        scene.says(1, thread, Some("https://gamma.test/1")).await;
        assert_eq!(scene.by_id(thread).await.community_id, Some(scene.id(1)));
    }

    async fn only_the_author_and_an_admin_erase_what_is_written_here(store: Store) {
        let scene = Scene::new(store).await;
        let (ann, thread) = scene.thread_by_ann(1).await;
        let admin = scene.world.admin;
        let other = scene.world.thread(ann, scene.id(1), "Another").await.unwrap();
        let (group, origin) = scene.by(1);
        scene.world.ops.write(move |tx| remove(tx, group, thread, &origin)).await.unwrap();
        for (by, id) in [(ann, thread), (admin, other)] {
            scene.world.ops.write(move |tx| remove(tx, by, id, &Origin::Local)).await.unwrap();
            let gone = scene.by_id(id).await;
            assert_eq!(gone.state, PostState::Tombstone);
            assert!(gone.html.is_empty());
            let (group, origin) = scene.by(1);
            scene.world.ops.write(move |tx| reinstate(tx, group, id, &origin)).await.unwrap();
            assert_eq!(scene.by_id(id).await.state, PostState::Tombstone);
        }
        assert_eq!(actor(&scene.world, ann).await.post_count, 0);
    }

    async fn undoing_a_removal_publishes_nothing_that_was_held(store: Store) {
        let scene = Scene::new(store).await;
        for (state, number) in [(PostState::Held, 7), (PostState::Hidden, 8), (PostState::Live, 9)] {
            let (bea, origin) = (scene.bea, delivered(&format!("https://beta.test/p/{number}"), scene.peer));
            let said = origin.clone();
            let id = scene.world.ops
                .write(move |tx| start(tx, bea, None, &draft("Indigo", "How?"), &said))
                .await.unwrap();
            let back = move |tx: &mut Tx<'_>| {
                store::post::set_state(tx.db, id, state)?;
                remove(tx, bea, id, &origin)?;
                restore(tx, bea, id, &draft("Indigo", "How?"), &origin)
            };
            scene.world.ops.write(back).await.unwrap();
            assert_eq!(scene.by_id(id).await.state, state);
        }
    }

    async fn an_older_text_does_not_replace_a_newer_one(store: Store) {
        let scene = Scene::new(store).await;
        let thread = scene.thread(&[]).await;
        let now = scene.world.ops.now();
        let (bea, peer) = (scene.bea, scene.peer);
        let says = async |text: &str, at: Option<Time>| {
            let mut origin = delivered(THREAD, peer);
            if let Origin::Remote { published, via, .. } = &mut origin {
                (*published, *via) = (at, Via::Delivered);
            }
            let new = draft("Indigo", text);
            scene.world.ops.write(move |tx| edit(tx, bea, thread, &new, &origin)).await.unwrap();
            scene.by_id(thread).await.html.read(model::Lang::En).to_owned()
        };
        assert!(says("Second", Some(now.plus_seconds(-10))).await.contains("How?"), "before it was written");
        assert!(says("Third", Some(now.plus_seconds(20))).await.contains("Third"));
        assert!(says("Second", Some(now.plus_seconds(10))).await.contains("Third"));
        assert!(says("Fourth", None).await.contains("Fourth"), "by arrival");
    }
}
