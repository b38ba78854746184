//! The registry against what `model` knows of jobs, and the scheduler on a job table.

use crate::context::Context;
use crate::follow::RepeatFollows;
use crate::queue::JobQueue;
use crate::registry;
use crate::schedule::{Schedule, Scheduler};
use client::{Client, ClientConfig, Guard};
use domain::{Ops, OpsConfig};
use federation::seam::Federation;
use media::Media;
use model::id::IdMint;
use model::job::{NewJob, is_scheduled};
use model::{Clock, SystemClock};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::row::JobRow;
use store::testing::Fresh;
use store::{Db, StoreError};

fn instance() -> (Context, Fresh) {
    let store = store::testing::sqlite();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ops = Ops::new(OpsConfig {
        store: store.clone(),
        clock: Arc::clone(&clock),
        ids: IdMint::random(),
        wake: Box::new(|| {}),
    });
    let now = Arc::new(move || clock.now().utc());
    let client = Client::new(ClientConfig::new(Guard::default(), "test", now)).unwrap();
    let folder = std::env::temp_dir().join(format!("hedgerow-jobs-{}", std::process::id()));
    let context = Context {
        federation: Federation::new(ops, client),
        media: Media::open(&folder).unwrap(),
    };
    (context, store)
}

#[tokio::test]
async fn each_kind_of_job_is_registered_once() {
    let (context, _store) = instance();
    let kinds: Vec<&str> = registry::jobs(&context).kinds().collect();
    let once: BTreeSet<&str> = kinds.iter().copied().collect();
    assert_eq!(once.len(), kinds.len(), "{kinds:?}");
    for kind in NewJob::KINDS {
        assert!(once.contains(kind), "{kind} has no body");
    }
    let schedules = registry::schedules();
    let scheduled: BTreeSet<&str> = schedules.iter().map(Schedule::kind).collect();
    assert_eq!(scheduled.len(), schedules.len());
    assert!(scheduled.is_subset(&once), "{scheduled:?}");
}

async fn rows(queue: &JobQueue) -> Vec<JobRow> {
    let read = |db: &mut Db| -> Result<_, StoreError> { Ok(store::queue::jobs::list(db, 9)?) };
    queue.store.read(read).await.unwrap()
}

#[tokio::test]
async fn one_run_of_a_schedule_waits_and_the_next_follows_its_end() {
    let (context, _store) = instance();
    let queue = crate::queue(context.ops());
    let scheduler = Scheduler {
        queue: queue.clone(),
        schedules: vec![Schedule::every(60, RepeatFollows)].into(),
    };
    for _ in 0..2 {
        let scheduler = scheduler.clone();
        let write = move |db: &mut Db| scheduler.ensure_all(db).map_err(StoreError::from);
        queue.store.write_read_committed(write).await.unwrap();
    }
    let [first] = &rows(&queue).await[..] else {
        panic!("one row");
    };
    assert!(is_scheduled(first.order_key.as_deref()));
    assert!(first.run_at > first.created_at);
    let (id, kind) = (first.id, first.kind.clone());
    let write = move |db: &mut Db| -> Result<(), StoreError> {
        store::queue::jobs::finish(db, id)?;
        Ok(scheduler.finished(db, &kind)?)
    };
    queue.store.write_read_committed(write).await.unwrap();
    let [second] = &rows(&queue).await[..] else {
        panic!("one row");
    };
    assert!(second.id != first.id && second.run_at >= first.run_at);
}
