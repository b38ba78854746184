//! Who has which address of a peer's, on both databases.

use super::*;
use crate::testing::{World, stranger};
use model::LangText;
use store::Store;

fn community(ap_id: &str) -> RemoteActor {
    let mut linux = stranger("linux", "lemmy.test");
    linux.kind = ActorKind::Group;
    linux.ap_id = format!("https://lemmy.test{ap_id}");
    linux.charter = Some(Charter {
        name: LangText::single("en", "Linux"),
        ..Charter::default()
    });
    linux
}

async fn stored(world: &World, remote: RemoteActor) -> ActorId {
    let verb = move |tx: &mut Tx<'_>| store_remote(tx, &remote);
    world.ops.write(verb).await.unwrap()
}

/// Stores an actor that WebFinger of a host names.
async fn stored_at(world: &World, remote: RemoteActor, host: &'static str) -> ActorId {
    let verb = move |tx: &mut Tx<'_>| store_remote_at(tx, &remote, Some(host));
    world.ops.write(verb).await.unwrap()
}

async fn handle(world: &World, id: ActorId) -> String {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    world.ops.store().read(read).await.unwrap().unwrap().handle
}

/// Whom `linux@lemmy.test` names, written with this sigil.
async fn named(world: &World, sigil: Option<char>) -> Option<ActorId> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::actor::by_written(
            db,
            crate::testing::reader(None),
            sigil,
            "linux",
            "lemmy.test",
        )?)
    };
    let found = world.ops.store().read(read).await.unwrap();
    found.map(|row| row.id)
}

store::both! {
    async fn a_person_and_a_community_of_one_name_keep_it_both(store: Store) {
        let world = World::new(store).await.unwrap();
        let group = stored(&world, community("/c/linux")).await;
        assert_eq!(named(&world, None).await, Some(group));
        assert_eq!(named(&world, Some('@')).await, None);
        let person = stored(&world, stranger("linux", "lemmy.test")).await;
        for _ in 0..2 {
            assert_eq!(named(&world, Some('!')).await, Some(group));
            assert_eq!(named(&world, Some('@')).await, Some(person));
            assert_eq!(named(&world, None).await, Some(person), "the person is meant without a sigil");
            let read = |db: &mut store::Db| -> Outcome<_> {
                Ok(store::community::by_address(db, crate::testing::reader(None), "linux", "lemmy.test")?)
            };
            let place = world.ops.store().read(read).await.unwrap().unwrap();
            assert_eq!(place.id(), group, "its page");
            stored(&world, community("/c/linux")).await;
        }
    }

    async fn an_address_that_is_given_anew_is_the_new_ones(store: Store) {
        let world = World::new(store).await.unwrap();
        let (old, person) = (
            stored(&world, community("/c/linux")).await,
            stored(&world, stranger("linux", "lemmy.test")).await,
        );
        let new = stored(&world, community("/c/linux2")).await;
        assert_eq!(named(&world, Some('!')).await, Some(old), "nobody has asked WebFinger");
        assert_eq!(stored_at(&world, community("/c/linux2"), "lemmy.test").await, new);
        assert_eq!(named(&world, Some('!')).await, Some(new));
        assert_eq!(named(&world, Some('@')).await, Some(person));
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, old)?) };
        let row = world.ops.store().read(read).await.unwrap().unwrap();
        assert_eq!(row.handle, format!("~{old}"));
    }

    async fn a_name_in_other_letters_is_the_same_address(store: Store) {
        let world = World::new(store).await.unwrap();
        let first = stored(&world, stranger("Linux", "lemmy.test")).await;
        let second = stored(&world, stranger("linux", "lemmy.test")).await;
        assert_ne!(first, second);
        assert_eq!(named(&world, None).await, Some(first), "who came first keeps it");
        assert_eq!(named(&world, Some('@')).await, Some(first));
        assert_eq!((handle(&world, first).await, handle(&world, second).await), ("Linux".to_owned(), format!("~{second}")));
        assert_eq!(stored(&world, stranger("linux", "lemmy.test")).await, second, "a renewal takes nothing");
        assert_eq!(named(&world, None).await, Some(first));
        let group = stored(&world, community("/c/Linux")).await;
        assert_eq!(named(&world, Some('!')).await, Some(group));
        assert_eq!(stored_at(&world, stranger("linux", "lemmy.test"), "lemmy.test").await, second);
        assert_eq!(named(&world, None).await, Some(second), "its own server says so");
    }

    async fn an_address_may_be_of_another_host_than_the_server(store: Store) {
        let world = World::new(store).await.unwrap();
        let mut far = stranger("linux", "ap.lemmy.test");
        far.ap_id = "https://ap.lemmy.test/u/linux".to_owned();
        let id = stored(&world, far.clone()).await;
        assert_eq!(named(&world, None).await, None);
        assert_eq!(stored_at(&world, far.clone(), "lemmy.test").await, id);
        assert_eq!(named(&world, None).await, Some(id));
        assert_eq!(stored(&world, far.clone()).await, id, "a renewal keeps it");
        assert_eq!(named(&world, None).await, Some(id));
        far.handle = "bsd".to_owned();
        stored(&world, far).await;
        assert_eq!(named(&world, None).await, None);
    }

    async fn an_address_taken_in_other_letters_is_not_given_and_this_is_said(store: Store) {
        let world = World::new(store).await.unwrap();
        let first = stored(&world, stranger("Linux", "lemmy.test")).await;
        let far = stored(&world, stranger("linux", "ap.lemmy.test")).await;
        let set = |host: &'static str| world.ops.write(move |tx| set_host(tx, far, host));
        assert!(!set("lemmy.test").await.unwrap(), "Linux has it");
        assert_eq!(named(&world, None).await, Some(first));
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, far)?) };
        assert_eq!(world.ops.store().read(read).await.unwrap().unwrap().host, "ap.lemmy.test");
        assert!(set("linux.test").await.unwrap());
        assert_eq!(world.ops.store().read(read).await.unwrap().unwrap().host, "linux.test");
    }

    async fn who_no_longer_says_so_has_not_moved(store: Store) {
        let world = World::new(store).await.unwrap();
        let old = stored(&world, stranger("linux", "lemmy.test")).await;
        let new = stored(&world, stranger("bsd", "lemmy.test")).await;
        let moves = move |tx: &mut Tx<'_>| -> Outcome<()> {
            Ok(store::actor::set_moved_to(tx.db, old, Some(new))?)
        };
        world.ops.write(moves).await.unwrap();
        for (moved, to) in [(true, Some(new)), (false, None)] {
            let says = RemoteActor { moved, ..stranger("linux", "lemmy.test") };
            assert_eq!(stored(&world, says).await, old);
            let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, old)?) };
            let row = world.ops.store().read(read).await.unwrap().unwrap();
            assert_eq!(row.moved_to, to);
        }
    }

    async fn here_a_name_is_one_persons_or_one_communitys(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let taken = world.community(ann, "ann").await;
        assert!(matches!(taken, Err(crate::Error::Refused(_))), "{taken:?}");
        let written = |sigil| {
            let read = move |db: &mut store::Db| -> Outcome<_> {
                Ok(store::actor::by_written(db, crate::testing::reader(None), sigil, "ann", "")?)
            };
            world.ops.store().read(read)
        };
        for sigil in [None, Some('@'), Some('!')] {
            assert_eq!(written(sigil).await.unwrap().map(|row| row.id), Some(ann), "{sigil:?}");
        }
    }
}
