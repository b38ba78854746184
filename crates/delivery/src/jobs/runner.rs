//! Runs durable jobs: leases what is due, runs it, and records the results. What has finished is
//! written and what is due is leased in one and the same write.

use super::job::WaitsFor;
use super::registry::Registry;
use super::schedule::Scheduler;
use crate::{Backoff, TaskPool, Wakeups};
use metrics::{counter, histogram};
use model::job::{JobError, job_retry_seconds};
use model::{JobId, Time};
use std::sync::Arc;
use std::time::Duration;
use store::row::JobRow;
use store::{Db, StoreError};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tracing::Instrument;

/// Jobs that run at a time.
const CONCURRENCY: usize = 24;
/// Jobs at a time that wait for one and the same, see [`WaitsFor`]. All of them together leave room for others.
const WAITING_CONCURRENCY: usize = 4;
/// How long a lease holds; renewed at half of it.
const LEASE_SECONDS: i64 = 60;
/// Seconds until a job runs again for which the database was unavailable.
const UNAVAILABLE_SECONDS: i64 = 1;
/// Seconds until a job is looked at again that found too many others waiting for the same.
const FULL_SECONDS: i64 = 2;

/// A job that is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Running {
    id: JobId,
    kind: &'static str,
    attempts: i32,
    retry_seconds: &'static [i64],
}

/// A job that has run, and its result.
#[derive(Debug, Clone)]
struct Finished {
    job: Running,
    result: Result<(), JobError>,
}

type Pool = TaskPool<Running, Result<(), JobError>>;

/// The job runner.
pub struct Runner {
    registry: Registry,
    scheduler: Scheduler,
    /// The permits of [`WaitsFor::LIMITED`], in its order.
    permits: [Arc<Semaphore>; WaitsFor::LIMITED.len()],
}

impl Runner {
    /// Creates a runner of the registered jobs. Where a finished job has a schedule, its next run is
    /// inserted with the result.
    #[must_use]
    pub fn new(registry: Registry, scheduler: Scheduler) -> Self {
        Self {
            registry,
            scheduler,
            permits: WaitsFor::LIMITED.map(|_| Arc::new(Semaphore::new(WAITING_CONCURRENCY))),
        }
    }

    /// The kinds of jobs of which none is leased, because as many as may are waiting for the same.
    fn full(&self) -> Vec<&'static str> {
        let limited = WaitsFor::LIMITED.into_iter().zip(&self.permits);
        limited
            .filter(|(_, permits)| permits.available_permits() == 0)
            .flat_map(|(what, _)| self.registry.waiting_for(what))
            .collect()
    }

    /// The permits that a job needs one of; `None` where it waits for nothing.
    fn permits(&self, what: WaitsFor) -> Option<&Arc<Semaphore>> {
        let mut limited = WaitsFor::LIMITED.into_iter().zip(&self.permits);
        limited
            .find(|(one, _)| *one == what)
            .map(|(_, permits)| permits)
    }

    /// Runs jobs until the stop, then lets the running ones finish.
    pub async fn run(self, wakeups: Wakeups, mut stopped: watch::Receiver<bool>) {
        let mut pool = Pool::new(CONCURRENCY);
        let mut finished: Vec<Finished> = Vec::new();
        let mut renew_at = Instant::now() + renewal();
        let mut backoff = Backoff::new("job table unavailable");
        loop {
            // Also where only the jobs themselves found no database: on a disk that is nearly full
            // what is written here may fit.
            backoff.wait(&mut stopped).await;
            let stopping = *stopped.borrow();
            let want = if stopping { 0 } else { pool.free() };
            match self.exchange(finished.clone(), want).await {
                Ok(leased) => {
                    finished.clear();
                    if want > 0 && leased.len() == want {
                        wakeups.notify();
                    }
                    for row in leased {
                        self.start(&mut pool, row);
                    }
                }
                Err(error) => {
                    backoff.record_failure(&error);
                    continue;
                }
            }
            if stopping && pool.is_empty() && finished.is_empty() {
                return;
            }
            tokio::select! {
                first = pool.next() => {
                    let first = pool.finished(first).await;
                    finished.extend(first.into_iter().map(to_finished));
                    for job in &finished {
                        if let Err(JobError::Unavailable(error)) = &job.result {
                            backoff.record_failure(error);
                        }
                    }
                }
                () = wakeups.wait(), if pool.free() > 0 && !stopping => {}
                () = tokio::time::sleep_until(renew_at) => {}
                _ = stopped.changed(), if !stopping => {}
            }
            if Instant::now() >= renew_at {
                self.renew(&pool).await;
                renew_at = Instant::now() + renewal();
            }
        }
    }

    /// Starts a job. One that finds too many waiting for the same is put back.
    fn start(&self, pool: &mut Pool, row: JobRow) {
        let Some(entry) = self.registry.find(&row.kind) else {
            let job = Running {
                id: row.id,
                kind: "unknown",
                attempts: row.attempts,
                retry_seconds: &[],
            };
            let error = JobError::Dead(format!("unknown kind of job: {}", row.kind));
            return pool.begin(job, async move { Err(error) });
        };
        let job = Running {
            id: row.id,
            kind: entry.kind,
            attempts: row.attempts,
            retry_seconds: entry.retry_seconds,
        };
        let permit = match self.permits(entry.waits_for) {
            Some(permits) => match Arc::clone(permits).try_acquire_owned() {
                Ok(permit) => Some(permit),
                Err(_full) => {
                    let later = Err(JobError::Later(FULL_SECONDS));
                    return pool.begin(job, async move { later });
                }
            },
            None => None,
        };
        let span = tracing::info_span!("job", kind = job.kind, id = %job.id);
        let body = entry.run(row);
        let kind = job.kind;
        let run = async move {
            let _permit = permit;
            let began = Instant::now();
            let result = body.await;
            tracing::debug!(?result, "job ran");
            let name = result_name(&result);
            counter!("hedgerow_jobs_total", "kind" => kind, "result" => name).increment(1);
            histogram!("hedgerow_job_seconds", "kind" => kind).record(began.elapsed());
            result
        };
        pool.begin(job, run.instrument(span));
    }

    /// Records results and leases the next jobs, in one write.
    async fn exchange(
        &self,
        finished: Vec<Finished>,
        want: usize,
    ) -> Result<Vec<JobRow>, StoreError> {
        let limit = i64::try_from(want).unwrap_or(0);
        if limit == 0 && finished.is_empty() {
            return Ok(Vec::new());
        }
        let scheduler = self.scheduler.clone();
        let (now, full) = (scheduler.context.now(), self.full());
        let write = move |db: &mut Db| -> Result<Vec<JobRow>, StoreError> {
            for job in &finished {
                record(db, &scheduler, job, now)?;
            }
            if limit == 0 {
                return Ok(Vec::new());
            }
            let lease = now.plus_seconds(LEASE_SECONDS);
            Ok(store::queue::jobs::claim(db, now, lease, (limit, &full))?)
        };
        self.scheduler
            .context
            .store
            .write_read_committed(write)
            .await
    }

    /// Renews the leases of what is still running.
    async fn renew(&self, pool: &Pool) {
        let context = &self.scheduler.context;
        let until = context.now().plus_seconds(LEASE_SECONDS);
        let ids: Vec<JobId> = pool.ids().into_iter().map(|job| job.id).collect();
        let write = move |db: &mut Db| -> Result<(), StoreError> {
            Ok(store::queue::jobs::lease_until(db, &ids, until)?)
        };
        if let Err(error) = context.store.write_read_committed(write).await {
            tracing::warn!(%error, "cannot renew leases of jobs");
        }
    }
}

/// The name of a result in the metrics.
const fn result_name(result: &Result<(), JobError>) -> &'static str {
    match result {
        Ok(()) => "done",
        Err(JobError::Later(_)) => "later",
        Err(JobError::Unavailable(_)) => "unavailable",
        Err(JobError::Failed(_)) => "failed",
        Err(JobError::Dead(_)) => "set_aside",
    }
}

const fn renewal() -> Duration {
    Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 2)
}

fn to_finished((job, answer): (Running, Result<Result<(), JobError>, String>)) -> Finished {
    let result = answer.unwrap_or_else(|panic| Err(JobError::Failed(panic)));
    Finished { job, result }
}

/// Writes the result of a job to its row.
fn record(
    db: &mut Db,
    scheduler: &Scheduler,
    finished: &Finished,
    now: Time,
) -> Result<(), StoreError> {
    let Running {
        id,
        kind,
        attempts,
        retry_seconds,
    } = finished.job;
    match &finished.result {
        Ok(()) => {
            store::queue::jobs::finish(db, id)?;
            scheduler.finished(db, kind)?;
        }
        Err(JobError::Later(seconds)) => {
            store::queue::jobs::postpone(db, id, now.plus_seconds(*seconds))?;
        }
        Err(JobError::Unavailable(_)) => {
            store::queue::jobs::postpone(db, id, now.plus_seconds(UNAVAILABLE_SECONDS))?;
        }
        Err(JobError::Failed(error)) => {
            let attempts = attempts + 1;
            let next = job_retry_seconds(retry_seconds, attempts);
            let next = next.map(|seconds| now.plus_seconds(seconds));
            let next_retry = next.map_or_else(|| "never".to_owned(), Time::to_rfc3339);
            tracing::warn!(kind, %id, attempts, error, next_retry, "job failed");
            store::queue::jobs::failed(db, id, error, next)?;
        }
        Err(JobError::Dead(error)) => {
            tracing::warn!(kind, %id, error, "job set aside");
            store::queue::jobs::failed(db, id, error, None)?;
        }
    }
    Ok(())
}
