//! A queued write: a closure that can run more than once, and the caller that waits for its answer.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use super::error::{StoreError, WriteError};
use super::session::Session;

/// How one run of a closure ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunOutcome {
    /// The changes are to be committed.
    Completed,
    /// The closure returned a refusal: roll back; the transaction is sound.
    Refused,
    /// A statement failed: the transaction must not be continued.
    Failed,
    /// The closure panicked: the state of the connection is unknown.
    Panicked,
}

/// A queued write without its types.
pub(super) trait WriteRequest: Send {
    /// Runs the closure and stores its outcome in place of an earlier run's.
    fn run(&mut self, session: &mut Session) -> RunOutcome;
    /// Sends `failure`, or else the outcome of the last run. A caller that has left is no error.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

/// The only implementation of [`WriteRequest`].
pub(super) struct PendingWrite<T, E, F> {
    closure: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    /// The store's counter of failed writes.
    failed_writes: Arc<AtomicU64>,
}

impl<T, E, F> PendingWrite<T, E, F> {
    pub(super) fn new(
        closure: F,
        reply: oneshot::Sender<Result<T, E>>,
        failed_writes: Arc<AtomicU64>,
    ) -> Self {
        Self {
            closure,
            outcome: None,
            reply,
            failed_writes,
        }
    }
}

impl<T, E, F> WriteRequest for PendingWrite<T, E, F>
where
    T: Send + 'static,
    E: WriteError,
    F: Fn(&mut crate::connection::Db) -> Result<T, E> + Send + 'static,
{
    fn run(&mut self, session: &mut Session) -> RunOutcome {
        session.errors.clear();
        let run = catch_unwind(AssertUnwindSafe(|| (self.closure)(&mut session.db)));
        let error = session.errors.error();
        let (result, outcome) = match run {
            Err(payload) => (
                Err(E::from(StoreError::Panic(panic_message(&*payload)))),
                RunOutcome::Panicked,
            ),
            Ok(Ok(_)) if error.is_some() => {
                let why = format!("{error:?}");
                (
                    Err(E::from(StoreError::IgnoredError(why))),
                    RunOutcome::Failed,
                )
            }
            Ok(Ok(value)) => (Ok(value), RunOutcome::Completed),
            Ok(Err(e)) if error.is_some() || e.is_database() => (Err(e), RunOutcome::Failed),
            Ok(Err(e)) => (Err(e), RunOutcome::Refused),
        };
        self.outcome = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = match failure {
            Some(failure) => Err(E::from(failure)),
            None => self
                .outcome
                .unwrap_or_else(|| Err(E::from(StoreError::Closed))),
        };
        if outcome.as_ref().is_err_and(WriteError::is_database) {
            // Before the next background write runs: see `Store::failed_writes`.
            self.failed_writes.fetch_add(1, Ordering::SeqCst);
        }
        let _ = self.reply.send(outcome);
    }
}

pub(super) fn panic_message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
