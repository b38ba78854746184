//! Durable jobs: claimed, run side by side, finished. What has finished is written down and what
//! is due is claimed in one and the same write.

use crate::body::{self, End};
use delivery::{Backoff, Notifier, TaskPool};
use domain::Outcome;
use federation::seam::Federation;
use media::Media;
use model::{ActorId, Job, JobId, Time};
use std::sync::Arc;
use std::time::Duration;
use store::row::JobRow;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// Jobs at a time.
const AT_ONCE: usize = 16;
/// Jobs at a time that fetch from peers and may take their time.
const FETCHES: usize = 4;
/// How long a claim holds; renewed at half of it.
const LEASE_SECONDS: i64 = 60;
/// A job that the database failed is run again after so many seconds: that was no try of it.
const OUTAGE_SECONDS: i64 = 1;
/// A fetch that finds no place looks again after so many seconds.
const FETCH_WAIT_SECONDS: i64 = 2;

/// A job that ended, and how.
#[derive(Debug, Clone)]
struct Ended {
    id: JobId,
    attempts: i32,
    end: End,
}

/// Runs jobs until the stop, then lets the running ones finish.
pub(crate) async fn run(
    fed: Federation,
    media: Media,
    notifier: Notifier,
    mut stopped: watch::Receiver<bool>,
) {
    let fetches = Arc::new(Semaphore::new(FETCHES));
    let mut crew: TaskPool<(JobId, i32), End> = TaskPool::new(AT_ONCE);
    let mut ended: Vec<Ended> = Vec::new();
    let mut renew_at = Instant::now() + renewal();
    let mut backoff = Backoff::new("job table unavailable");
    loop {
        // Also where only the jobs themselves found no database: on a disk that is nearly full
        // what is written here may fit.
        backoff.wait(&mut stopped).await;
        let stopping = *stopped.borrow();
        let want = if stopping { 0 } else { crew.free() };
        match exchange(&fed, ended.clone(), want).await {
            Ok(claimed) => {
                ended.clear();
                if want > 0 && claimed.len() == want {
                    notifier.notify();
                }
                for row in claimed {
                    begin(&fed, &media, &fetches, &mut crew, row);
                }
            }
            Err(why) => {
                backoff.failed(&why);
                continue;
            }
        }
        if stopping && crew.is_empty() && ended.is_empty() {
            return;
        }
        tokio::select! {
            first = crew.next() => {
                let first = crew.finished(first).await;
                ended.extend(first.into_iter().map(to_ended));
                for job in &ended {
                    if let End::Unavailable(why) = &job.end {
                        backoff.failed(why);
                    }
                }
            }
            () = notifier.wait(), if crew.free() > 0 && !stopping => {}
            () = tokio::time::sleep_until(renew_at) => {}
            _ = stopped.changed(), if !stopping => {}
        }
        if Instant::now() >= renew_at {
            renew(&fed, crew.ids()).await;
            renew_at = Instant::now() + renewal();
        }
    }
}

const fn renewal() -> Duration {
    Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 2)
}

/// Begins a job. One that fetches and finds no place is put back, so that a slow peer holds up
/// nothing that is quick.
fn begin(
    fed: &Federation,
    media: &Media,
    fetches: &Arc<Semaphore>,
    crew: &mut TaskPool<(JobId, i32), End>,
    row: JobRow,
) {
    let (fed, media, fetches) = (fed.clone(), media.clone(), Arc::clone(fetches));
    crew.spawn((row.id, row.attempts), async move {
        let job: Job = match serde_json::from_str(&row.payload) {
            Ok(job) => job,
            Err(why) => return End::Dead(format!("the job cannot be read: {why}")),
        };
        let _place = if body::fetches(&job) {
            match fetches.try_acquire_owned() {
                Ok(place) => Some(place),
                Err(_full) => return End::Later(FETCH_WAIT_SECONDS),
            }
        } else {
            None
        };
        let kind = job.kind();
        let filling = if let Job::Backfill { community } = job {
            Some(community)
        } else {
            None
        };
        let end = body::run(&fed, &media, row.id, job).await;
        if let Some(community) = filling.filter(|_| is_last(&end, row.attempts)) {
            looked_through(&fed, community).await;
        }
        tracing::debug!(kind, id = %row.id, ?end, "job");
        end
    });
}

/// After this end the job is set aside.
fn is_last(end: &End, attempts: i32) -> bool {
    match end {
        End::Done | End::Later(_) | End::Unavailable(_) => false,
        End::Failed(_) => model::job::retry_seconds(attempts + 1).is_none(),
        End::Dead(_) => true,
    }
}

/// Nothing more is fetched by itself: the community's page no longer says that it is.
async fn looked_through(fed: &Federation, community: ActorId) {
    let marked = fed
        .ops()
        .write(move |tx| domain::community::backfilled(tx, community))
        .await;
    if let Err(why) = marked {
        tracing::warn!(%why, %community, "a community was not marked as looked through");
    }
}

fn to_ended(((id, attempts), answer): ((JobId, i32), Result<End, String>)) -> Ended {
    let end = answer.unwrap_or_else(End::Failed);
    Ended { id, attempts, end }
}

/// One write: how jobs ended, and the next ones.
async fn exchange(fed: &Federation, ended: Vec<Ended>, want: usize) -> Outcome<Vec<JobRow>> {
    let now = fed.ops().now();
    let limit = i64::try_from(want).unwrap_or(0);
    if limit == 0 && ended.is_empty() {
        return Ok(Vec::new());
    }
    fed.store()
        .write_relaxed(move |db| -> Outcome<Vec<JobRow>> {
            for job in &ended {
                finish(db, job, now)?;
            }
            if limit == 0 {
                return Ok(Vec::new());
            }
            Ok(store::queue::jobs::claim(
                db,
                now,
                now.plus_seconds(LEASE_SECONDS),
                limit,
            )?)
        })
        .await
}

fn finish(db: &mut store::Db, job: &Ended, now: Time) -> Outcome<()> {
    match &job.end {
        End::Done => store::queue::jobs::finish(db, job.id)?,
        End::Later(seconds) => {
            store::queue::jobs::postpone(db, job.id, now.plus_seconds(*seconds))?;
        }
        End::Unavailable(_) => {
            store::queue::jobs::postpone(db, job.id, now.plus_seconds(OUTAGE_SECONDS))?;
        }
        End::Failed(why) => {
            let again = model::job::retry_seconds(job.attempts + 1);
            tracing::warn!(id = %job.id, why, ?again, "a job failed");
            let at = again.map(|seconds| now.plus_seconds(seconds));
            store::queue::jobs::failed(db, job.id, why, at)?;
        }
        End::Dead(why) => {
            tracing::warn!(id = %job.id, why, "a job is set aside");
            store::queue::jobs::failed(db, job.id, why, None)?;
        }
    }
    Ok(())
}

/// Keeps what is still running from being claimed by somebody else.
async fn renew(fed: &Federation, ids: Vec<(JobId, i32)>) {
    let until = fed.ops().now().plus_seconds(LEASE_SECONDS);
    let ids: Vec<JobId> = ids.into_iter().map(|(id, _)| id).collect();
    let renewed = fed
        .store()
        .write_relaxed(move |db| -> Outcome<()> {
            Ok(store::queue::jobs::lease_until(db, &ids, until)?)
        })
        .await;
    if let Err(why) = renewed {
        tracing::warn!(%why, "leases were not renewed");
    }
}
