//! When digests are due, on both databases and around changes of the clock.

use super::*;
use crate::account::Principal;
use crate::testing::World;
use chrono_tz::America::Toronto;
use model::notice_mail::MailHours;
use model::{ActorId, Time};
use store::{Db, Store};

fn at(text: &str) -> Time {
    Time::parse_rfc3339(text).unwrap()
}

#[test]
fn an_hour_that_is_skipped_is_the_end_of_the_gap_and_one_that_repeats_counts_once() {
    let hours = |hour| MailHours {
        hour,
        ..MailHours::default()
    };
    for (hour, after, due) in [
        // Summer time begins: two o'clock is three.
        (2, "2027-03-14T05:00:00Z", "2027-03-14T07:00:00Z"),
        (2, "2027-03-14T07:00:00Z", "2027-03-15T06:00:00Z"),
        // It ends: one o'clock comes twice.
        (1, "2027-11-07T04:00:00Z", "2027-11-07T05:00:00Z"),
        (1, "2027-11-07T05:00:00Z", "2027-11-08T06:00:00Z"),
        (1, "2027-11-07T06:10:00Z", "2027-11-08T06:00:00Z"),
    ] {
        let next = hours(hour).next_digest(&Toronto, at(after));
        assert_eq!(next, at(due), "{hour} o'clock after {after}");
    }
}

async fn jobs(world: &World) -> Vec<SendDigest> {
    let jobs = world.jobs().await.unwrap().into_iter();
    jobs.filter_map(|job| match job {
        model::job::NewJob::SendDigest(job) => Some(job),
        _ => None,
    })
    .collect()
}

async fn queue_all(world: &World) {
    while world.ops.write(queue_due).await.unwrap() {}
}

async fn due_at(world: &World, who: ActorId) -> Time {
    let read = move |db: &mut Db| Ok::<_, crate::Error>(store::notice_mail::setting(db, who)?);
    world
        .ops
        .store()
        .read(read)
        .await
        .unwrap()
        .unwrap()
        .digest_at
}

store::both! {
    async fn each_digest_is_queued_once_with_what_came_since_the_last(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let address = "ann@example.org".parse().unwrap();
        let give = move |tx: &mut Tx<'_>| {
            crate::account::assign_address(tx, Principal::Operator, ann, &address)
        };
        world.ops.write(give).await.unwrap();
        queue_all(&world).await;
        assert_eq!(jobs(&world).await, [], "it begins now");
        let begun = world.ops.now();
        let first = due_at(&world, ann).await;
        for day in 0..8 {
            let due = first.plus_seconds(day * 86_400);
            let wait = (due.unix_millis() - world.ops.now().unix_millis()) / 1_000 + 1;
            world.clock.pass(wait);
            queue_all(&world).await;
            queue_all(&world).await;
        }
        let all = jobs(&world).await;
        assert_eq!(all.len(), 8, "one a day: {all:#?}");
        assert_eq!(all[0].daily_from, begun);
        for pair in all.windows(2) {
            assert_eq!(pair[1].daily_from, pair[0].due);
        }
        let weekly: Vec<&SendDigest> = all.iter().filter(|job| job.weekly_from.is_some()).collect();
        assert!((1..=2).contains(&weekly.len()), "{weekly:?}");
    }
}
