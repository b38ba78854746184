//! Tests of following.

use super::*;
use crate::testing::World;
use model::Refusal;
use model::job::{AnswerFollow, NewJob, SendFollow};
use model::notice::NoticeKind;
use store::Store;

store::both! {
    async fn one_of_ours_says_yes_at_once(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bea) = (world.person("ann").await.unwrap(), world.person("bea").await.unwrap());
        let follow = world.ops.write(move |tx| follow(tx, bea, ann)).await.unwrap();
        assert!(follow.accepted);
        assert!(world.jobs().await.unwrap().is_empty(), "nothing is sent");
        let notices = world.ops.store()
            .read(move |db| store::notice::list(db, ann, crate::testing::reader(None).now, model::NoticeId(i64::MAX), 9).map_err(Error::from))
            .await.unwrap();
        assert_eq!((notices.len(), notices[0].kind, notices[0].from_id), (1, NoticeKind::Follow, bea));
        let oneself = world.ops.write(move |tx| super::follow(tx, ann, ann)).await;
        assert!(matches!(oneself, Err(Error::Refused(Refusal::NotAllowed(Rule::Oneself)))));
    }

    async fn a_peers_actor_is_asked_and_answers(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        let requested = world.ops.write(move |tx| follow(tx, ann, bea)).await.unwrap();
        assert!(!requested.accepted);
        assert!(matches!(world.jobs().await.unwrap().as_slice(), [NewJob::SendFollow(SendFollow { undo: false, .. })]));
        // No answer: asked again soon, and then once a day.
        let mut asked = Vec::new();
        for pass in [60, 31, 31, 180, 1_500, 60, REPEAT_AFTER_SECONDS - 120, 120] {
            world.clock.pass(pass);
            asked.push(world.ops.write(|tx| repeat_unanswered(tx, tx.now)).await.unwrap());
        }
        assert_eq!(asked, [0, 1, 0, 1, 1, 0, 0, 1]);
        assert!(world.ops.write(move |tx| answered_by_peer(tx, ann, bea, true)).await.unwrap());
        let again = world.ops.write(move |tx| repeat_unanswered(tx, tx.now)).await.unwrap();
        assert_eq!(again, 0);
        // An answer nobody waits for changes nothing.
        assert!(!world.ops.write(move |tx| answered_by_peer(tx, bea, ann, true)).await.unwrap());
    }

    async fn the_follows_of_people_here_end_together_and_others_stay(store: Store) {
        let world = World::new(store).await.unwrap();
        let dyers = world.stranger("dyers", "beta.test").await.unwrap();
        let far = world.stranger("far", "gamma.test").await.unwrap();
        let mut here = Vec::new();
        for (name, accepted) in [("ann", true), ("bob", true), ("cho", false)] {
            let who = world.person(name).await.unwrap();
            world.ops.write(move |tx| follow(tx, who, dyers)).await.unwrap();
            if accepted {
                world.ops.write(move |tx| answered_by_peer(tx, who, dyers, true)).await.unwrap();
            }
            here.push(who);
        }
        // Follows that are none of these: of somebody elsewhere, and of what one of these is followed by.
        world.ops.write(move |tx| requested_by_peer(tx, far, dyers, "https://gamma.test/f/1")).await.unwrap();
        let ann = here[0];
        world.ops.write(move |tx| requested_by_peer(tx, dyers, ann, "https://beta.test/f/1")).await.unwrap();
        world.ops.write(move |tx| withdraw_all(tx, dyers)).await.unwrap();
        let left = world.ops.store().read(move |db| {
            let left = store::follow::of_actor(db, dyers)?;
            let count = store::raw::actor::by_id(db, dyers)?.unwrap().follower_count;
            Ok::<_, Error>((left.len(), count))
        });
        assert_eq!(left.await.unwrap(), (2, 1), "that of far, and that of ann by the dyers");
        let withdrawn = world.jobs().await.unwrap().into_iter()
            .filter(|job| matches!(job, NewJob::SendFollow(SendFollow { undo: true, .. }))).count();
        assert_eq!(withdrawn, 3);
    }

    async fn a_peer_asks_twice_and_is_counted_once(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        for ap_id in ["https://beta.test/f/1", "https://beta.test/f/2"] {
            world.ops.write(move |tx| requested_by_peer(tx, bea, ann, ap_id)).await.unwrap();
        }
        let row = world.ops.store()
            .read(move |db| store::raw::actor::by_id(db, ann).map_err(Error::from)).await.unwrap().unwrap();
        assert_eq!(row.follower_count, 1);
        let answers: Vec<_> = world.jobs().await.unwrap().into_iter().filter_map(|job| match job {
            NewJob::AnswerFollow(AnswerFollow { follow, accept }) => Some((follow.ap_id, accept)),
            _ => None,
        }).collect();
        assert_eq!(answers, [("https://beta.test/f/1".into(), true), ("https://beta.test/f/2".into(), true)]);
        assert!(world.ops.write(move |tx| withdrawn_by_peer(tx, bea, ann)).await.unwrap());
        assert!(!world.ops.write(move |tx| withdrawn_by_peer(tx, bea, ann)).await.unwrap());
    }

    async fn an_id_that_another_follow_has_stays_its_own(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, eve) = (world.person("ann").await.unwrap(), world.person("eve").await.unwrap());
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        for (target, ap_id) in [(ann, "https://beta.test/f/1"), (eve, "https://beta.test/f/2"), (eve, "https://beta.test/f/1")] {
            world.ops.write(move |tx| requested_by_peer(tx, bea, target, ap_id)).await.unwrap();
        }
        let row = world.ops.store()
            .read(|db| store::follow::by_ap_id(db, "https://beta.test/f/1").map_err(Error::from)).await.unwrap().unwrap();
        assert_eq!(row.target_id, ann);
    }

    async fn the_instance_itself_is_not_followed(store: Store) {
        let world = World::new(store).await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        let instance = world.ops.store()
            .read(|db| store::raw::actor::instance(db).map_err(Error::from)).await.unwrap().unwrap().id;
        world.ops.write(move |tx| requested_by_peer(tx, bea, instance, "https://beta.test/f/1")).await.unwrap();
        assert!(matches!(world.jobs().await.unwrap().as_slice(), [NewJob::AnswerFollow(AnswerFollow { accept: false, .. })]));
    }
}

store::both! {
    async fn followers_move_along(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let old = world.stranger("bea", "beta.test").await.unwrap();
        let new = world.stranger("bea", "gamma.test").await.unwrap();
        for who in [ann, bob] {
            world.ops.write(move |tx| follow(tx, who, old)).await.unwrap();
        }
        world.ops.write(move |tx| follow(tx, bob, new)).await.unwrap();
        let _ = world.jobs().await.unwrap();
        let left = world.ops.write(move |tx| moved(tx, old, new)).await.unwrap();
        assert!(!left);
        let read = move |db: &mut store::Db| -> Outcome<_> {
            let mut stand = Vec::new();
            for who in [ann, bob] {
                stand.push((
                    store::follow::between(db, who, old)?.is_some(),
                    store::follow::between(db, who, new)?.is_some(),
                    store::notice::list(db, who, crate::testing::reader(None).now, model::NoticeId(i64::MAX), 9)?.len(),
                ));
            }
            Ok((stand, store::raw::actor::by_id(db, old)?.unwrap().moved_to))
        };
        let (stand, moved_to) = world.ops.store().read(read).await.unwrap();
        assert_eq!(stand, [(false, true, 1); 2]);
        assert_eq!(moved_to, Some(new));
        let withdrawn = world.jobs().await.unwrap().into_iter()
            .filter(|job| matches!(job, NewJob::SendFollow(SendFollow { undo: true, .. }))).count();
        assert_eq!(withdrawn, 2);
        let ours = world.ops.write(move |tx| moved(tx, ann, new)).await;
        assert!(matches!(ours, Err(Error::Refused(Refusal::NotAllowed(Rule::NotOurs)))));
    }

    async fn a_suspended_follower_keeps_nobody_from_moving(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, eve) = (world.person("ann").await.unwrap(), world.person("eve").await.unwrap());
        let old = world.stranger("bea", "beta.test").await.unwrap();
        let new = world.stranger("bea", "gamma.test").await.unwrap();
        for who in [eve, ann] {
            world.ops.write(move |tx| follow(tx, who, old)).await.unwrap();
        }
        let suspend = move |tx: &mut Tx<'_>| crate::account::suspend(tx, crate::account::Principal::Operator, eve, "Posts adverts");
        world.ops.write(suspend).await.unwrap();
        world.ops.write(move |tx| moved(tx, old, new)).await.unwrap();
        let follows = move |db: &mut store::Db| -> Outcome<_> {
            Ok([ann, eve].map(|who| store::follow::between(db, who, new).unwrap().is_some()))
        };
        assert_eq!(world.ops.store().read(follows).await.unwrap(), [true, false]);
    }
}

store::both! {
    async fn what_a_peer_sees_otherwise_is_mended(store: Store) {
        let world = World::new(store).await.unwrap();
        let mut people = Vec::new();
        for name in ["ann", "bob", "cleo"] {
            people.push(world.person(name).await.unwrap());
        }
        let [ann, bob, cleo] = people[..] else { unreachable!() };
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        for who in [ann, bob] {
            world.ops.write(move |tx| follow(tx, who, bea)).await.unwrap();
        }
        world.ops.write(move |tx| answered_by_peer(tx, ann, bea, true)).await.unwrap();
        let before = world.jobs().await.unwrap().len();
        let read = move |db: &mut store::Db| -> Outcome<_> {
            let cleo = store::raw::actor::by_id(db, cleo)?.unwrap().ap_id;
            Ok((cleo, store::raw::actor::by_id(db, ann)?.unwrap().ap_id))
        };
        let (cleos, anns) = world.ops.store().read(read).await.unwrap();
        let corrections = vec![
            FollowCorrection::Repeat(ann),
            FollowCorrection::Accepted(bob),
            FollowCorrection::Withdraw(cleos),
            FollowCorrection::Withdraw(anns),
            FollowCorrection::Withdraw("https://alpha.test/u/nobody".to_owned()),
        ];
        for _ in 0..2 {
            let corrections = corrections.clone();
            world.ops.write(move |tx| correct(tx, bea, &corrections[..2])).await.unwrap();
        }
        world.ops.write(move |tx| correct(tx, bea, &corrections[2..])).await.unwrap();
        let jobs = world.jobs().await.unwrap();
        let sent: Vec<_> = jobs.into_iter().skip(before).map(|job| match job {
            NewJob::SendFollow(SendFollow { follow, undo }) => (follow.follower, undo),
            other => panic!("{other:?}"),
        }).collect();
        assert_eq!(sent, [(ann, false), (cleo, true)]);
        let read = move |db: &mut store::Db| -> Outcome<_> {
            let stands = [ann, bob, cleo].map(|who| store::follow::between(db, who, bea).map(|row| row.map(|row| row.accepted)));
            Ok((stands.into_iter().collect::<Result<Vec<_>, _>>()?, store::raw::actor::by_id(db, bea)?.unwrap().follower_count))
        };
        let (stands, count) = world.ops.store().read(read).await.unwrap();
        assert_eq!((stands, count), (vec![Some(false), Some(true), None], 1));
        let ours = world.ops.write(move |tx| correct(tx, ann, &[])).await;
        assert!(matches!(ours, Err(Error::Refused(Refusal::NotAllowed(Rule::NotOurs)))));
    }
}
