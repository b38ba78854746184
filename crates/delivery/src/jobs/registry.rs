//! The registry: which body runs for each kind of job, and in which context.

use super::job::{Job, WaitsFor};
use model::JobId;
use model::job::JobError;
use std::pin::Pin;
use store::row::JobRow;

type JobFuture = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// One kind of job, bound to its context.
pub(super) struct Entry {
    pub kind: &'static str,
    pub waits_for: WaitsFor,
    /// See `Payload::RETRY_SECONDS`.
    pub retry_seconds: &'static [i64],
    body: Box<dyn Fn(JobRow) -> JobFuture + Send + Sync>,
}

impl Entry {
    /// Runs the job of a row.
    pub(super) fn run(&self, row: JobRow) -> JobFuture {
        (self.body)(row)
    }
}

/// All kinds of jobs.
#[derive(Default)]
pub struct Registry(Vec<Entry>);

impl Registry {
    /// Adds a kind of job, which runs in `context`.
    #[must_use]
    pub fn job<J: Job<C>, C>(mut self, context: &C) -> Self
    where
        C: Clone + Send + Sync + 'static,
    {
        let context = context.clone();
        self.0.push(Entry {
            kind: J::KIND,
            waits_for: J::WAITS_FOR,
            retry_seconds: J::RETRY_SECONDS,
            body: Box::new(move |row| {
                let context = context.clone();
                Box::pin(async move { run::<J, C>(&context, &row).await })
            }),
        });
        self
    }

    /// Runs the job of a row; `None` for a kind that was not added.
    pub async fn run(&self, row: JobRow) -> Option<Result<(), JobError>> {
        match self.find(&row.kind) {
            Some(entry) => Some(entry.run(row).await),
            None => None,
        }
    }

    /// Finds the entry of a kind.
    pub(super) fn find(&self, kind: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.kind == kind)
    }

    /// Returns the kinds that wait for something.
    pub(super) fn waiting_for(&self, what: WaitsFor) -> impl Iterator<Item = &'static str> {
        let all = self.0.iter().filter(move |entry| entry.waits_for == what);
        all.map(|entry| entry.kind)
    }

    /// Returns all kinds, as they were added.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|entry| entry.kind)
    }
}

async fn run<J: Job<C>, C: Sync>(context: &C, row: &JobRow) -> Result<(), JobError> {
    let id: JobId = row.id;
    let job: J = serde_json::from_str(&row.payload)
        .map_err(|error| JobError::Dead(format!("the payload cannot be read: {error}")))?;
    let result = job.run(context, id).await;
    if let Err(error) = &result
        && error.is_final::<J>(row.attempts)
    {
        job.set_aside(context).await;
    }
    result
}
