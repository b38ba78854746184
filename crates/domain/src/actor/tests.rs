//! Tests of actors: their keys, local and remote.

use super::*;
use crate::keys;
use crate::testing::{World, stranger};
use model::job::{NewJob, SendActor, SendMove};
use store::Store;

async fn key(world: &World, id: ActorId, kind: KeyKind) -> Option<row::SigningKey> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::key(db, id, kind)?) };
    world.ops.store().read(read).await.unwrap()
}

async fn found(world: &World, key_id: &str) -> Option<(ActorId, String)> {
    let wanted = key_id.to_owned();
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_key_id(db, &wanted)?) };
    let found = world.ops.store().read(read).await.unwrap();
    found.map(|(row, key)| (row.id, key))
}

store::both! {
    async fn new_keys_take_the_place_of_the_old_and_the_world_is_told(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let before = key(&world, ann, KeyKind::Rsa).await.unwrap();
        assert!(key(&world, ann, KeyKind::Ed25519).await.is_some());
        let fresh = keys::generate().unwrap();
        let given = fresh.clone();
        world.ops.write(move |tx| rotate_key(tx, ann, &given)).await.unwrap();
        let after = key(&world, ann, KeyKind::Rsa).await.unwrap();
        assert_ne!(after.id, before.id);
        assert_eq!(after.public_pem, fresh.public_pem);
        let beside = key(&world, ann, KeyKind::Ed25519).await.unwrap();
        assert_eq!(beside.public_pem, fresh.ed25519.public_pem);
        let jobs = world.ops.store()
            .read(|db| -> Outcome<_> { Ok(store::queue::jobs::list(db, 100)?) })
            .await.unwrap();
        let notices = |row: &row::JobRow| NewJob::from_row(&row.kind, &row.payload) == Some(SendActor { actor: ann, signing_key: Some(before.id) }.into());
        assert!(jobs.iter().any(notices), "{jobs:?}");
    }

    async fn who_has_a_key_keeps_it(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let before = key(&world, ann, KeyKind::Ed25519).await;
        let pair = keys::generate_ed25519().unwrap();
        let given = pair.clone();
        world.ops.write(move |tx| complete_keys(tx, ann, &given)).await.unwrap();
        assert_eq!(key(&world, ann, KeyKind::Ed25519).await, before);
        let bea = world.ops.write(|tx| store_remote(tx, &stranger("bea", "beta.test"))).await.unwrap();
        let refused = world.ops.write(move |tx| complete_keys(tx, bea, &pair)).await;
        assert!(refused.is_err(), "not ours to give");
        let lacking = world.ops.store()
            .read(|db| -> Outcome<_> { Ok(store::raw::actor::without_key(db, KeyKind::Ed25519, 10)?) })
            .await.unwrap();
        assert_eq!(lacking, []);
    }

    async fn a_person_elsewhere_never_becomes_a_community(store: Store) {
        let world = World::new(store).await.unwrap();
        let mut bea = stranger("bea", "beta.test");
        let seen = bea.clone();
        let id = world.ops.write(move |tx| store_remote(tx, &seen)).await.unwrap();
        bea.kind = ActorKind::Group;
        let again = world.ops.write(move |tx| store_remote(tx, &bea)).await.unwrap();
        assert_eq!(again, id);
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
        let row = world.ops.store().read(read).await.unwrap().unwrap();
        assert_eq!(row.kind, ActorKind::Person);
    }

    async fn a_peer_is_found_by_each_of_its_keys_until_it_drops_them(store: Store) {
        let world = World::new(store).await.unwrap();
        let mut bea = stranger("bea", "beta.test");
        bea.key_pem = Some("PEM".to_owned());
        let named = |n: u32| (format!("{}#k{n}", bea.ap_id), format!("z{n}"));
        let (one, two) = (named(1), named(2));
        bea.assertion_keys = vec![one.clone(), two.clone()];
        let seen = bea.clone();
        let id = world.ops.write(move |tx| store_remote(tx, &seen)).await.unwrap();
        let main = bea.key_id.clone().unwrap();
        assert_eq!(found(&world, &main).await, Some((id, "PEM".to_owned())));
        assert_eq!(found(&world, &one.0).await, Some((id, one.1.clone())));
        assert_eq!(found(&world, "https://beta.test/none").await, None);

        bea.assertion_keys = vec![(two.0.clone(), "z3".to_owned())];
        world.ops.write(move |tx| store_remote(tx, &bea)).await.unwrap();
        assert_eq!(found(&world, &one.0).await, None);
        assert_eq!(found(&world, &two.0).await, Some((id, "z3".to_owned())));
    }
}

store::both! {
    async fn one_names_other_addresses_of_ones_own(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let old = world.stranger("ann", "beta.test").await.unwrap();
        let names = |by, id, other| world.ops.write(move |tx| moving::also_known_as(tx, by, id, other));
        for _ in 0..2 {
            names(ann, ann, old).await.unwrap();
        }
        assert_eq!(world.jobs().await.unwrap(), [NewJob::from(SendActor::new(ann))], "twice is once");
        for (by, id, other) in [(bob, ann, old), (bob, weavers, old), (ann, weavers, old), (ann, ann, ann), (ann, old, ann)] {
            let refused = names(by, id, other).await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{by} {id} {other}: {refused:?}");
        }
        let gone = move |tx: &mut Tx<'_>| moving::no_longer_known_as(tx, ann, ann, old);
        world.ops.write(gone).await.unwrap();
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::actor::alias::of(db, ann)?) };
        assert!(world.ops.store().read(read).await.unwrap().is_empty());
        for n in 0..=moving::ALSO_KNOWN_AS_MAX {
            let other = world.stranger(&format!("ann{n}"), "beta.test").await.unwrap();
            let named = names(ann, ann, other).await;
            assert_eq!(named.is_ok(), n < moving::ALSO_KNOWN_AS_MAX, "{n}");
        }
    }

    async fn one_leaves_and_comes_back(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let new = world.stranger("ann", "beta.test").await.unwrap();
        let moved_to = || world.ops.store().read(move |db| -> Outcome<_> {
            Ok(store::raw::actor::by_id(db, ann)?.unwrap().moved_to)
        });
        world.ops.write(move |tx| moving::leave(tx, ann, ann, new)).await.unwrap();
        assert_eq!(moved_to().await.unwrap(), Some(new));
        let jobs = world.jobs().await.unwrap();
        assert_eq!(jobs, [NewJob::from(SendActor::new(ann)), SendMove { actor: ann, to: new }.into()]);
        for _ in 0..2 {
            world.ops.write(move |tx| moving::cancel_move(tx, ann, ann)).await.unwrap();
        }
        assert_eq!(moved_to().await.unwrap(), None);
        assert_eq!(world.jobs().await.unwrap().len(), 3);
    }
}
