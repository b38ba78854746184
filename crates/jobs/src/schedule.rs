//! What the clock calls for. The job table is its memory: one row of each kind waits there, so
//! that a restart neither skips nor repeats anything.

use domain::Outcome;
use federation::seam::Federation;
use model::{Job, JobId};
use std::time::Duration;
use tokio::sync::watch;

/// Another process may have changed what the instance says of itself.
const REFRESH: Duration = Duration::from_secs(5);
/// Every how many refreshes the schedule is looked at: once a minute.
const LOOK_EVERY: u64 = 12;
/// An hour after the last run of its kind.
const PERIOD_SECONDS: i64 = 3_600;

/// Refreshes and schedules until the stop.
pub(crate) async fn run(fed: Federation, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(REFRESH);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut number = 0_u64;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        if let Err(why) = tick(&fed, number.is_multiple_of(LOOK_EVERY)).await {
            tracing::error!(%why, "the schedule cannot be kept");
        }
        number += 1;
    }
}

async fn tick(fed: &Federation, look: bool) -> Outcome<()> {
    fed.ops().refresh_site().await?;
    if look {
        keep(fed, Job::RepeatFollows).await?;
        keep(fed, Job::Housekeeping).await?;
    }
    Ok(())
}

/// Sees to it that one job of this kind waits.
async fn keep(fed: &Federation, job: Job) -> Outcome<()> {
    let now = fed.ops().now();
    let id: JobId = fed.ops().id();
    fed.store()
        .write_relaxed(move |db| -> Outcome<()> {
            if store::queue::jobs::count_of_kind(db, job.kind())? == 0 {
                let run_at = now.plus_seconds(PERIOD_SECONDS);
                store::queue::jobs::insert(db, id, &job, run_at, now)?;
            }
            Ok(())
        })
        .await
}
