//! A write on its way: a closure that can be run again, and the caller who waits for its answer.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use super::error::{StoreError, WriteError};
use super::link::Session;

/// How one run of a closure ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// To be committed.
    Done,
    /// A rule said no: to be rolled back, the transaction is sound.
    Refused,
    /// A statement failed: the transaction is not to be trusted any more.
    Failed,
    /// Nothing is known of the connection's state.
    Panicked,
}

/// A write without its types.
pub(super) trait Request: Send {
    /// Runs the closure and keeps its outcome, in place of an earlier run's.
    fn run(&mut self, session: &mut Session) -> Verdict;
    /// Sends `failure`, or else the outcome of the last run. A caller who left is no error.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

/// The only [`Request`].
pub(super) struct Ticket<T, E, F> {
    closure: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    /// How many writes have failed, this one too if it does.
    failed: Arc<AtomicU64>,
}

impl<T, E, F> Ticket<T, E, F> {
    pub(super) fn new(
        closure: F,
        reply: oneshot::Sender<Result<T, E>>,
        failed: Arc<AtomicU64>,
    ) -> Self {
        Self {
            closure,
            outcome: None,
            reply,
            failed,
        }
    }
}

impl<T, E, F> Request for Ticket<T, E, F>
where
    T: Send + 'static,
    E: WriteError,
    F: Fn(&mut crate::connection::Db) -> Result<T, E> + Send + 'static,
{
    fn run(&mut self, session: &mut Session) -> Verdict {
        session.witness.clear();
        let run = catch_unwind(AssertUnwindSafe(|| (self.closure)(&mut session.db)));
        let fault = session.witness.fault();
        let (outcome, verdict) = match run {
            Err(payload) => (
                Err(E::from(StoreError::Panic(words(&*payload)))),
                Verdict::Panicked,
            ),
            Ok(Ok(_)) if fault.is_some() => {
                let why = format!("{fault:?}");
                (Err(E::from(StoreError::Unheeded(why))), Verdict::Failed)
            }
            Ok(Ok(value)) => (Ok(value), Verdict::Done),
            Ok(Err(e)) if fault.is_some() || e.is_database() => (Err(e), Verdict::Failed),
            Ok(Err(e)) => (Err(e), Verdict::Refused),
        };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = match failure {
            Some(failure) => Err(E::from(failure)),
            None => self
                .outcome
                .unwrap_or_else(|| Err(E::from(StoreError::Closed))),
        };
        if outcome.as_ref().is_err_and(WriteError::is_database) {
            // Before the next of the line is run: see `Store::failed_writes`.
            self.failed.fetch_add(1, Ordering::SeqCst);
        }
        let _ = self.reply.send(outcome);
    }
}

/// The message of a panic.
pub(super) fn words(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
