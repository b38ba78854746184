//! Which browsers are sent what, on both databases.

use super::*;
use crate::testing::World;
use model::job::NewJob;
use model::notice_mail::MailHours;
use store::Store;

/// A key and a secret of a browser, in base64url.
fn keys() -> (String, String) {
    let point = VapidKey::generate().unwrap().public().unwrap();
    (point, URL_SAFE_NO_PAD.encode([7; 16]))
}

/// Has a new session of somebody take messages at an address.
async fn subscribe_at(world: &World, who: ActorId, endpoint: &str) -> SessionId {
    let (p256dh, auth) = keys();
    let new = NewSubscription::read(endpoint, &p256dh, &auth).unwrap();
    let token_hash = crate::secret::digest(&crate::secret::token());
    let verb = move |tx: &mut Tx<'_>| {
        let session = crate::account::NewSession {
            identity: None,
            account: who,
            token_hash: token_hash.clone(),
            agent: "test".to_owned(),
        };
        crate::account::open_session(tx, &session)?;
        let id = store::account::sessions(tx.db, who)?[0].id;
        subscribe(tx, who, id, &new)?;
        Ok(id)
    };
    world.ops.write(verb).await.unwrap()
}

async fn queued(world: &World) -> Vec<PushId> {
    let jobs = world.jobs().await.unwrap().into_iter();
    jobs.filter_map(|job| match job {
        NewJob::SendPush(job) => Some(job.push),
        _ => None,
    })
    .collect()
}

async fn begin_push(world: &World, push: PushId) -> PushPreparation {
    let begin = move |tx: &mut Tx<'_>| begin(tx, push);
    world.ops.write(begin).await.unwrap()
}

async fn ready(world: &World, push: PushId) -> ReadyPush {
    match begin_push(world, push).await {
        PushPreparation::Ready(ready) => *ready,
        other => panic!("{other:?}"),
    }
}

async fn browsers(world: &World, who: ActorId) -> usize {
    let read =
        move |db: &mut store::Db| Ok::<_, Error>(store::notice_push::subscriptions(db, who)?.len());
    world.ops.store().read(read).await.unwrap()
}

#[test]
fn only_what_a_browser_would_give_is_a_subscription() {
    let (p256dh, auth) = keys();
    let endpoint = "https://push.example/abc";
    assert!(NewSubscription::read(endpoint, &p256dh, &auth).is_ok());
    let long = format!("https://push.example/{}", "a".repeat(ENDPOINT_MAX));
    for (endpoint, p256dh, auth) in [
        ("", p256dh.as_str(), auth.as_str()),
        ("ftp://push.example/abc", &p256dh, &auth),
        (&long, &p256dh, &auth),
        (endpoint, "AAAA", &auth),
        (endpoint, &p256dh, "AAAA"),
        (endpoint, "ä", &auth),
    ] {
        let refused = NewSubscription::read(endpoint, p256dh, auth);
        assert!(refused.is_err(), "{endpoint} {p256dh} {auth}");
    }
}

store::both! {
    async fn the_key_is_made_once(store: Store) {
        let world = World::new(store).await.unwrap();
        let ask = || async {
            let new = VapidKey::generate().unwrap();
            let key = world.ops.write(move |tx| key(tx, &new)).await.unwrap();
            key.public().unwrap()
        };
        assert_eq!(ask().await, ask().await);
    }

    async fn each_browser_gets_one_message_of_a_thread_at_a_time(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        world.reply(bob, thread, "A peg.").await.unwrap();
        assert_eq!(queued(&world).await, [], "she has no browser");
        subscribe_at(&world, ann, "https://push.example/1").await;
        subscribe_at(&world, ann, "https://push.example/2").await;
        world.reply(bob, thread, "A peg.").await.unwrap();
        world.reply(bob, thread, "Two pegs.").await.unwrap();
        let waiting = queued(&world).await;
        assert_eq!(waiting.len(), 2);
        let first = ready(&world, waiting[0]).await;
        let sent = move |tx: &mut Tx<'_>| finish(tx, &first, PushResult::Sent);
        assert!(!world.ops.write(sent).await.unwrap());
        let again = begin_push(&world, waiting[0]).await;
        assert!(matches!(again, PushPreparation::Pointless), "{again:?}");
        world.reply(bob, thread, "Three pegs.").await.unwrap();
        assert_eq!(queued(&world).await.len(), 3, "one to the first browser");
    }

    async fn no_more_than_thirty_messages_to_an_account_are_queued_in_an_hour(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        for browser in 0..SUBSCRIPTIONS_MAX {
            subscribe_at(&world, ann, &format!("https://push.example/{browser}")).await;
        }
        for number in 0..5 {
            let thread = world.thread(ann, weavers, &format!("Number {number}")).await.unwrap();
            world.reply(bob, thread, "A peg.").await.unwrap();
        }
        assert_eq!(queued(&world).await.len(), 30, "of 50");
    }

    async fn a_browser_ends_with_its_session_and_has_one_account(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let session = subscribe_at(&world, ann, "https://push.example/1").await;
        let end = move |tx: &mut Tx<'_>| crate::account::close_session(tx, ann, session);
        world.ops.write(end).await.unwrap();
        assert_eq!(browsers(&world, ann).await, 0);
        subscribe_at(&world, ann, "https://push.example/1").await;
        subscribe_at(&world, bob, "https://push.example/1").await;
        assert_eq!((browsers(&world, ann).await, browsers(&world, bob).await), (0, 1));
        for number in 0..12 {
            subscribe_at(&world, ann, &format!("https://push.example/a{number}")).await;
        }
        assert_eq!(browsers(&world, ann).await, SUBSCRIPTIONS_MAX);
    }

    async fn what_a_push_service_says_decides_what_follows(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        for (kind, again, stays) in [
            (PushFailureKind::Unreachable, true, 1),
            (PushFailureKind::Busy, true, 1),
            (PushFailureKind::Failing, true, 1),
            (PushFailureKind::Refused, false, 1),
            (PushFailureKind::Gone, false, 0),
            (PushFailureKind::Redirect, false, 0),
        ] {
            subscribe_at(&world, ann, "https://push.example/1").await;
            let thread = world.thread(ann, weavers, kind.as_str()).await.unwrap();
            world.reply(bob, thread, "A peg.").await.unwrap();
            let last = *queued(&world).await.last().unwrap();
            let prepared = ready(&world, last).await;
            let failed = move |tx: &mut Tx<'_>| finish(tx, &prepared, PushResult::Failed(kind));
            assert_eq!(world.ops.write(failed).await.unwrap(), again, "{kind}");
            assert_eq!(browsers(&world, ann).await, stays, "{kind}");
        }
        subscribe_at(&world, ann, "https://push.example/1").await;
        let thread = world.thread(ann, weavers, "Late").await.unwrap();
        world.reply(bob, thread, "A peg.").await.unwrap();
        let last = *queued(&world).await.last().unwrap();
        world.clock.pass(TRIED_SECONDS);
        let prepared = ready(&world, last).await;
        let result = PushResult::Failed(PushFailureKind::Failing);
        let failed = move |tx: &mut Tx<'_>| finish(tx, &prepared, result);
        assert!(!world.ops.write(failed).await.unwrap(), "given up after a day");
    }

    async fn quiet_hours_and_choices_hold_for_push_too(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        subscribe_at(&world, ann, "https://push.example/1").await;
        world.reply(bob, thread, "A peg.").await.unwrap();
        let quiet = move |tx: &mut Tx<'_>| {
            let new = crate::notice::mail::NewChoices {
                topics: Vec::new(),
                communities: Vec::new(),
                hours: MailHours { quiet: Some((0, 23)), ..MailHours::default() },
            };
            crate::notice::mail::choose(tx, ann, &new)
        };
        world.ops.write(quiet).await.unwrap();
        let waiting = queued(&world).await;
        let prepared = begin_push(&world, waiting[0]).await;
        let hour = world.ops.now().utc().format("%H").to_string();
        assert_eq!(matches!(prepared, PushPreparation::Quiet(_)), hour != "23", "{prepared:?}");
        let none = NewPushChoices { topics: vec![(MailTopic::Written, false)], communities: Vec::new() };
        world.ops.write(move |tx| choose(tx, ann, &none)).await.unwrap();
        world.reply(bob, thread, "Two pegs.").await.unwrap();
        world.reply(bob, thread, "Three pegs.").await.unwrap();
        assert_eq!(queued(&world).await.len(), 1, "no other was queued");
    }

    async fn followers_who_want_it_are_told_of_new_threads(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        world.ops.write(move |tx| crate::follow::follow(tx, bob, weavers)).await.unwrap();
        subscribe_at(&world, bob, "https://push.example/1").await;
        let tell = |thread| world.ops.write(move |tx| {
            crate::notice::mail::mail_followers(tx, thread, model::FollowId(0))
        });
        let first = world.thread(ann, weavers, "Warping").await.unwrap();
        tell(first).await.unwrap();
        assert_eq!(queued(&world).await, []);
        let wants = NewPushChoices { topics: Vec::new(), communities: vec![(weavers, true)] };
        world.ops.write(move |tx| choose(tx, bob, &wants)).await.unwrap();
        let second = world.thread(ann, weavers, "Weaving").await.unwrap();
        tell(second).await.unwrap();
        tell(second).await.unwrap();
        assert_eq!(queued(&world).await.len(), 1);
    }
}
