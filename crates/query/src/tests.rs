//! What the views say that somebody may do, and what they show to whom.

use crate::post::PostAllowed;
use crate::{Action, Db, Reader};
use domain::testing::{World, reader};
use domain::{Error, Outcome};
use model::refusal::Rule;
use model::{ActorId, MemberRole, PostId, PostState, Refusal};
use store::Store;
use store::testing::on_sqlite;

/// A community founded by one person, with a thread of another.
struct Scene {
    world: World,
    facilitator: ActorId,
    author: ActorId,
    stranger: ActorId,
    community: ActorId,
    thread: PostId,
}

async fn scene(store: Store) -> Scene {
    let world = World::new(store).await.unwrap();
    let facilitator = world.person("fay").await.unwrap();
    let author = world.person("ann").await.unwrap();
    let stranger = world.person("sam").await.unwrap();
    let community = world.community(facilitator, "weavers").await.unwrap();
    let thread = world.thread(author, community, "Warping").await.unwrap();
    Scene {
        world,
        facilitator,
        author,
        stranger,
        community,
        thread,
    }
}

impl Scene {
    async fn read<T, F>(&self, who: Option<ActorId>, f: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, Reader) -> Outcome<T> + Send + 'static,
    {
        let store = self.world.ops.store();
        store.read(move |db| f(db, reader(who))).await
    }

    async fn allowed(&self, who: Option<ActorId>) -> PostAllowed {
        let id = self.thread;
        let read = move |db: &mut Db, reader| crate::discussion::thread(db, reader, id, None);
        self.read(who, read).await.unwrap().root.allowed
    }

    async fn set_state(&self, state: PostState) {
        let id = self.thread;
        let write = move |tx: &mut domain::Tx<'_>| Ok(store::post::set_state(tx.db, id, state)?);
        self.world.ops.write(write).await.unwrap();
    }

    async fn sees(&self, who: Option<ActorId>) -> bool {
        let id = self.thread;
        let read = move |db: &mut Db, reader| crate::post::view(db, reader, id);
        match self.read(who, read).await {
            Ok(_) => true,
            Err(Error::Refused(Refusal::NotFound(_))) => false,
            Err(other) => panic!("{other}"),
        }
    }

    async fn listed(&self, who: Option<ActorId>) -> usize {
        let within = crate::row::Within::Community(self.community);
        let list = crate::row::ThreadList::new(within, 10);
        let read = move |db: &mut Db, reader| crate::discussion::list(db, reader, &list);
        self.read(who, read).await.unwrap().len()
    }
}

#[test]
fn what_one_may_do_with_a_post_depends_on_who_one_is() {
    on_sqlite(|store: Store| async move {
        let scene = scene(store).await;
        let writes = PostAllowed {
            reply: true,
            react: true,
            edit: false,
            remove: false,
            accept: false,
            report: true,
            moderate: false,
        };
        assert_eq!(scene.allowed(None).await, PostAllowed::default());
        assert_eq!(scene.allowed(Some(scene.stranger)).await, writes);
        let removes = PostAllowed {
            remove: true,
            moderate: true,
            ..writes
        };
        assert_eq!(scene.allowed(Some(scene.facilitator)).await, removes);
        assert_eq!(scene.allowed(Some(scene.world.admin)).await, removes);
        let edits = PostAllowed {
            edit: true,
            report: false,
            moderate: false,
            ..removes
        };
        assert_eq!(scene.allowed(Some(scene.author)).await, edits);
        scene.set_state(PostState::Tombstone).await;
        for (who, moderate) in [(scene.author, false), (scene.facilitator, true)] {
            let left = PostAllowed {
                moderate,
                ..PostAllowed::default()
            };
            let allowed = scene.allowed(Some(who)).await;
            assert_eq!(allowed, left, "nothing is left but to put it back");
        }
    });
}

#[test]
fn what_one_may_do_in_a_community_depends_on_the_role() {
    on_sqlite(|store: Store| async move {
        let scene = scene(store).await;
        let (community, member) = (scene.community, scene.stranger);
        let allowed = move |db: &mut Db, reader| crate::community::allowed(db, reader, community);
        let of = async |who| scene.read(who, allowed).await.unwrap();
        let facilitator = of(Some(scene.facilitator)).await;
        assert!(facilitator.post && facilitator.announce);
        assert!(facilitator.moderate && facilitator.manage);
        let guest = of(None).await;
        assert!(!guest.post && !guest.announce && !guest.moderate && !guest.manage);
        let promote = move |tx: &mut domain::Tx<'_>| {
            let role = MemberRole::Moderator;
            Ok(store::community::put_member(
                tx.db, community, member, role, tx.now,
            )?)
        };
        let before = of(Some(member)).await;
        assert!(before.post && !before.moderate);
        scene.world.ops.write(promote).await.unwrap();
        let moderator = of(Some(member)).await;
        assert!(moderator.moderate && !moderator.announce && !moderator.manage);
    });
}

#[test]
fn a_page_that_changes_a_post_is_refused_with_the_rule() {
    on_sqlite(|store: Store| async move {
        let scene = scene(store).await;
        let id = scene.thread;
        let require = async |who, action| {
            let read = move |db: &mut Db, reader| crate::post::require(db, reader, id, action);
            match scene.read(Some(who), read).await {
                Ok(_) => None,
                Err(Error::Refused(Refusal::NotAllowed(rule))) => Some(rule),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(require(scene.author, Action::Edit).await, None);
        assert_eq!(
            require(scene.facilitator, Action::Edit).await,
            Some(Rule::Author)
        );
        assert_eq!(require(scene.facilitator, Action::Remove).await, None);
        assert_eq!(
            require(scene.stranger, Action::Remove).await,
            Some(Rule::AuthorOrModerator)
        );
    });
}

#[test]
fn a_held_post_is_seen_by_its_author_and_the_moderators_only() {
    on_sqlite(|store: Store| async move {
        let scene = scene(store).await;
        for state in [PostState::Held, PostState::Hidden] {
            scene.set_state(state).await;
            for who in [scene.author, scene.facilitator] {
                assert!(scene.sees(Some(who)).await, "{state}");
                assert_eq!(scene.listed(Some(who)).await, 0, "lists show what is live");
            }
            for who in [None, Some(scene.stranger), Some(scene.world.admin)] {
                assert!(!scene.sees(who).await, "{state}: {who:?}");
                assert_eq!(scene.listed(who).await, 0, "{state}: {who:?}");
            }
        }
        scene.set_state(PostState::Draft).await;
        assert!(scene.sees(Some(scene.author)).await);
        assert!(!scene.sees(Some(scene.facilitator)).await);
    });
}
