//! The scheduler on a job table.

use super::{Schedule, Scheduler};
use crate::Context;
use model::job::{Payload, is_scheduled};
use model::{Clock, JobId, SystemClock};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
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

#[tokio::test]
async fn one_run_of_a_schedule_waits_and_the_next_follows_its_end() {
    let store = store::testing::sqlite();
    let last = AtomicI64::new(0);
    let scheduler = Scheduler {
        context: Context {
            store: store.clone(),
            now: Arc::new(|| SystemClock.now()),
            wake: Arc::new(|| {}),
        },
        new_id: Arc::new(move || JobId(last.fetch_add(1, Ordering::Relaxed) + 1)),
        schedules: vec![Schedule::every(60, Digest)].into(),
    };
    for _ in 0..2 {
        let scheduler = scheduler.clone();
        let write = move |db: &mut Db| scheduler.ensure_all(db).map_err(StoreError::from);
        store.write_read_committed(write).await.unwrap();
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
