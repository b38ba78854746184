//! What the clock calls for. The job table is its memory: one row of each kind waits there, so
//! that a restart neither skips nor repeats anything.

use domain::Outcome;
use federation::seam::Federation;
use model::{Job, JobId};
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(60);
/// An hour after the last run of its kind.
const PERIOD_SECONDS: i64 = 3_600;

/// Keeps the schedule until the stop.
pub(crate) async fn run(fed: Federation, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        for job in [Job::RepeatFollows, Job::Housekeeping] {
            if let Err(why) = keep(&fed, job).await {
                tracing::error!(%why, "the schedule cannot be kept");
            }
        }
    }
}

/// Sees to it that one job of this kind waits.
async fn keep(fed: &Federation, job: Job) -> Outcome<()> {
    let now = fed.ops().now();
    let id: JobId = fed.ops().id();
    fed.store()
        .write_read_committed(move |db| -> Outcome<()> {
            if store::queue::jobs::count_of_kind(db, job.kind())? == 0 {
                let run_at = now.plus_seconds(PERIOD_SECONDS);
                store::queue::jobs::insert(db, id, &job, run_at, now)?;
            }
            Ok(())
        })
        .await
}
