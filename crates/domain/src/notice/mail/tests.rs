//! What is queued for whom, on both databases.

use super::*;
use crate::account::Principal;
use crate::testing::World;
use model::job::NewJob;
use store::Store;

async fn give_address(world: &World, who: ActorId, address: &str) {
    let address = address.parse().unwrap();
    let verb = move |tx: &mut Tx<'_>| {
        crate::account::assign_address(tx, Principal::Operator, who, &address)
    };
    world.ops.write(verb).await.unwrap();
}

async fn queued(world: &World) -> Vec<MailId> {
    let jobs = world.jobs().await.unwrap().into_iter();
    jobs.filter_map(|job| match job {
        NewJob::SendNoticeMail(job) => Some(job.mail),
        _ => None,
    })
    .collect()
}

async fn begin_mail(world: &World, mail: MailId) -> Preparation {
    let begin = move |tx: &mut Tx<'_>| begin(tx, mail, "key");
    world.ops.write(begin).await.unwrap()
}

store::both! {
    async fn mails_of_one_thread_wait_together_until_they_are_sent(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        world.reply(bob, thread, "A peg.").await.unwrap();
        assert_eq!(queued(&world).await, [], "she has no address");
        give_address(&world, ann, "ann@example.org").await;
        world.reply(bob, thread, "A peg.").await.unwrap();
        world.reply(bob, thread, "Two pegs.").await.unwrap();
        let waiting = queued(&world).await;
        assert_eq!(waiting.len(), 1);
        let Preparation::Ready(ready) = begin_mail(&world, waiting[0]).await else {
            panic!("it is to be sent");
        };
        assert_eq!(ready.to.as_str(), "ann@example.org");
        world.reply(bob, thread, "Three pegs.").await.unwrap();
        assert_eq!(queued(&world).await.len(), 2, "another mail");
        let sent = move |tx: &mut Tx<'_>| finish(tx, &ready, &MailResult::Sent);
        assert!(!world.ops.write(sent).await.unwrap());
        let again = begin_mail(&world, waiting[0]).await;
        assert!(matches!(again, Preparation::Pointless), "{again:?}");
    }

    async fn no_more_than_twenty_mails_are_queued_in_an_hour(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        give_address(&world, ann, "ann@example.org").await;
        let mut threads = Vec::new();
        for number in 0..22 {
            let title = format!("Warping {number}");
            let thread = world.thread(ann, weavers, &title).await.unwrap();
            world.reply(bob, thread, "A peg.").await.unwrap();
            threads.push(thread);
        }
        assert_eq!(queued(&world).await.len(), 20);
        world.clock.pass(2 * HOUR_SECONDS);
        world.reply(bob, threads[21], "Two pegs.").await.unwrap();
        assert_eq!(queued(&world).await.len(), 21, "in the next hour");
    }

    async fn a_new_thread_is_mailed_once_however_often_its_job_runs(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        give_address(&world, bob, "bob@example.org").await;
        let follow = move |tx: &mut Tx<'_>| {
            crate::follow::follow(tx, bob, weavers)?;
            choose_for_community(tx, bob, weavers, Rhythm::AtOnce)
        };
        world.ops.write(follow).await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let mail = move |tx: &mut Tx<'_>| mail_followers(tx, thread, FollowId(0));
        world.ops.write(mail).await.unwrap();
        let waiting = queued(&world).await;
        assert_eq!(waiting.len(), 1);
        let Preparation::Ready(ready) = begin_mail(&world, waiting[0]).await else {
            panic!("it is to be sent");
        };
        let sent = move |tx: &mut Tx<'_>| finish(tx, &ready, &MailResult::Sent);
        world.ops.write(sent).await.unwrap();
        world.ops.write(mail).await.unwrap();
        assert_eq!(queued(&world).await.len(), 1, "nothing twice");
    }

    async fn a_refused_address_gets_nothing_until_it_is_another(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        give_address(&world, ann, "ann@example.org").await;
        let refused = "ann@example.org".parse().unwrap();
        let refuse = move |tx: &mut Tx<'_>| crate::account::refuse_address(tx, ann, &refused);
        world.ops.write(refuse).await.unwrap();
        world.reply(bob, thread, "A peg.").await.unwrap();
        assert_eq!(queued(&world).await, []);
        give_address(&world, ann, "ann@example.net").await;
        world.reply(bob, thread, "Two pegs.").await.unwrap();
        assert_eq!(queued(&world).await.len(), 1);
    }

    async fn links_unsubscribe_what_they_were_signed_for(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bob) = (world.person("ann").await.unwrap(), world.person("bob").await.unwrap());
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        give_address(&world, ann, "ann@example.org").await;
        world.reply(bob, thread, "A peg.").await.unwrap();
        let mail = queued(&world).await[0];
        let Preparation::Ready(ready) = begin_mail(&world, mail).await else {
            panic!("it is to be sent");
        };
        let use_link = async |key: &str| {
            let link = UnsubscribeLink::read(key).unwrap();
            world.ops.write(move |tx| unsubscribe(tx, &link)).await
        };
        let path = ready.unsubscribe_path(Unsubscribe::Community(weavers));
        let key = path.split("key=").nth(1).unwrap();
        let other = key.replace(&format!("community-{weavers}"), "written");
        assert!(use_link(&other).await.is_err());
        use_link(key).await.unwrap();
        use_link(key).await.unwrap();
        let read = move |db: &mut store::Db| {
            Ok::<_, Error>(Choices::new(store::notice_mail::choices(db, ann)?))
        };
        let choices = world.ops.store().read(read).await.unwrap();
        assert_eq!(choices.of_community(weavers), Rhythm::Never);
        assert_eq!(choices.of(MailTopic::Community), Rhythm::Weekly);
        assert_eq!(choices.of(MailTopic::Written), Rhythm::AtOnce);
        let path = ready.unsubscribe_path(Unsubscribe::Digest);
        use_link(path.split("key=").nth(1).unwrap()).await.unwrap();
        let choices = world.ops.store().read(read).await.unwrap();
        assert!(!choices.has_digest(true), "{choices:?}");
    }
}

/// The second test case of RFC 4231.
#[test]
fn links_are_signed_with_an_hmac() {
    assert_eq!(
        secret::signature("Jefe", "what do ya want for nothing?"),
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM"
    );
}

#[test]
fn a_key_that_is_empty_signs_nothing() {
    let link = UnsubscribeLink {
        account: ActorId(7),
        what: Unsubscribe::Digest,
        signature: signature("", ActorId(7), Unsubscribe::Digest),
    };
    assert!(!link.is_signed(""));
}
