//! The scheduler on a job table.

use super::{Schedule, Scheduler};
use crate::Context;
use model::job::{Payload, is_scheduled};
use model::{Clock, JobId, SystemClock, Time};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use store::row::JobRow;
use store::{Db, Store, StoreError};

/// A scheduled job without a body.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Digest;

impl Payload for Digest {
    const KIND: &'static str = "digest";
}

async fn rows(store: &Store) -> Vec<JobRow> {
    let read = |db: &mut Db| -> Result<_, StoreError> { Ok(store::queue::jobs::list(db, 9)?) };
    store.read(read).await.unwrap()
}

/// A scheduler of one schedule, at a time of its own.
fn scheduler(store: &Store, now: fn() -> Time, schedule: Schedule) -> Scheduler {
    let last = AtomicI64::new(0);
    Scheduler {
        context: Context {
            store: store.clone(),
            now: Arc::new(now),
            wake: Arc::new(|| {}),
        },
        new_id: Arc::new(move || JobId(last.fetch_add(1, Ordering::Relaxed) + 1)),
        schedules: vec![schedule].into(),
    }
}

async fn ensure(store: &Store, scheduler: &Scheduler) {
    let scheduler = scheduler.clone();
    let write = move |db: &mut Db| scheduler.ensure_all(db).map_err(StoreError::from);
    store.write_read_committed(write).await.unwrap();
}

#[tokio::test]
async fn a_rule_that_was_changed_counts_from_now_on() {
    let store = store::testing::sqlite();
    let noon = || Time::parse_rfc3339("2027-01-01T12:00:00Z").unwrap();
    for (rule, run_at) in [
        ("30 3 * * *", "2027-01-02T03:30:00Z"),
        ("5 12 * * *", "2027-01-01T12:05:00Z"),
        ("0 22 * * *", "2027-01-01T22:00:00Z"),
    ] {
        let schedule = Schedule::cron(rule, || chrono_tz::Tz::UTC, Digest).unwrap();
        ensure(&store, &scheduler(&store, noon, schedule)).await;
        let [row] = &rows(&store).await[..] else {
            panic!("one row");
        };
        assert_eq!(row.run_at.to_rfc3339(), run_at);
    }
}

#[tokio::test]
async fn a_zone_that_is_changed_while_the_scheduler_runs_counts_at_its_next_check() {
    let store = store::testing::sqlite();
    let noon = || Time::parse_rfc3339("2027-01-01T12:00:00Z").unwrap();
    let chosen = Arc::new(Mutex::new(chrono_tz::Tz::UTC));
    let current = Arc::clone(&chosen);
    let zone = move || *current.lock().unwrap();
    let schedule = Schedule::cron("30 3 * * *", zone, Digest).unwrap();
    let scheduler = scheduler(&store, noon, schedule);
    for (zone, run_at) in [
        (chrono_tz::Tz::UTC, "2027-01-02T03:30:00Z"),
        (chrono_tz::America::Montreal, "2027-01-02T08:30:00Z"),
        (chrono_tz::Asia::Tokyo, "2027-01-01T18:30:00Z"),
    ] {
        *chosen.lock().unwrap() = zone;
        ensure(&store, &scheduler).await;
        let [row] = &rows(&store).await[..] else {
            panic!("one row");
        };
        assert_eq!(row.run_at.to_rfc3339(), run_at);
    }
}

#[tokio::test]
async fn one_run_of_a_schedule_waits_and_the_next_follows_its_end() {
    let store = store::testing::sqlite();
    let every_minute = Schedule::every(60, Digest);
    let scheduler = scheduler(&store, || SystemClock.now(), every_minute);
    for _ in 0..2 {
        ensure(&store, &scheduler).await;
    }
    let [first] = &rows(&store).await[..] else {
        panic!("one row");
    };
    assert!(is_scheduled(first.order_key.as_deref()));
    assert!(first.run_at > first.created_at);
    let (id, kind) = (first.id, first.kind.clone());
    let write = move |db: &mut Db| -> Result<(), StoreError> {
        store::queue::jobs::finish(db, id)?;
        Ok(scheduler.finished(db, &kind)?)
    };
    store.write_read_committed(write).await.unwrap();
    let [second] = &rows(&store).await[..] else {
        panic!("one row");
    };
    assert!(second.id != first.id && second.run_at >= first.run_at);
}
