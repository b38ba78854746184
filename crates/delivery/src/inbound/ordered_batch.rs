//! Applies a batch of received activities of one order key in order. Activities that depend on nothing
//! before them are prepared concurrently and written while the earlier ones are still being committed,
//! so that a busy conversation does not wait for one commit after another.

use super::{Applied, Dependencies, Failure, InboundHandler};
use crate::Context;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use model::InboundId;
use model::peer::InboundState;
use std::any::Any;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use store::queue::{hold, inbound};
use store::{Db, Store, StoreError, row};

/// The number of writes of one batch in flight.
const WRITES_IN_FLIGHT: usize = 64;
/// The number of activities of one batch that are prepared concurrently.
const PREPARE_CONCURRENCY: usize = 8;

/// Why a batch ended early. Its remaining rows stay as they are, each in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchError {
    /// The database cannot be used now; its message.
    Unavailable(String),
    /// An activity was not written for a reason of its own, and the later ones must not pass it.
    Blocked,
}

/// A write in flight, which completes its own row.
type PendingWrite = BoxFuture<'static, Result<(), BatchError>>;

/// The queue row of an activity.
#[derive(Clone)]
struct Entry {
    id: InboundId,
    attempts: i32,
    was_postponed: bool,
    /// Empty where the activity could not be read.
    dependencies: Dependencies,
}

/// An activity that was read, and prepared if it is independent.
struct Prepared<H: InboundHandler> {
    entry: Entry,
    preparation: Preparation<H>,
}

enum Preparation<H: InboundHandler> {
    /// Prepared ahead of its turn.
    Ready(Result<H::Change, Failure>),
    /// To be prepared after the earlier ones are applied.
    InTurn(H::Activity),
}

/// Completes the queue row of an activity within the transaction that applies it.
#[derive(Clone)]
pub struct Completion {
    store: Store,
    id: InboundId,
    was_postponed: bool,
    /// The activity submitted before this one.
    previous: Option<InboundId>,
    /// The failed writes of the store when the batch began.
    failed_writes: u64,
}

impl Completion {
    /// Whether the change may be applied: false where the previous activity's write has failed.
    ///
    /// # Errors
    /// Faults of the database.
    pub fn may_start(&self, db: &mut Db) -> Result<bool, StoreError> {
        // Only a failed write of any kind makes the look-up necessary.
        if self.store.failed_writes() != self.failed_writes
            && let Some(previous) = self.previous
        {
            return Ok(!inbound::is_waiting(db, previous)?);
        }
        Ok(true)
    }

    /// Completes the row. Returns false where another process has completed it: then the transaction
    /// must be rolled back.
    ///
    /// # Errors
    /// Faults of the database.
    pub fn complete(&self, db: &mut Db, applied: Applied) -> Result<bool, StoreError> {
        let (state, why) = match applied {
            Applied::Done => (InboundState::Done, None),
            Applied::Ignored(why) => (InboundState::Ignored, Some(why)),
        };
        if !inbound::finish(db, self.id, state, why)? {
            return Ok(false);
        }
        if self.was_postponed {
            hold::release(db, self.id)?;
        }
        Ok(true)
    }
}

/// Applies the activities of one order key in this order, and completes or postpones their rows. One
/// that panics would do so again: it is rejected, and the others go on. With `has_postponed`, some
/// activities are postponed, and those that require one of them wait behind it. Returns whether that
/// is so now.
///
/// # Errors
/// [`BatchError`]; nothing that depends on what was not written has passed it.
pub async fn apply_in_order<H: InboundHandler>(
    context: &Context,
    handler: &H,
    rows: Vec<row::Inbound>,
    has_postponed: bool,
) -> Result<bool, BatchError> {
    let mut run = BatchRun {
        context,
        handler,
        has_postponed,
        failed_writes: context.store.failed_writes(),
        previous: None,
        in_flight: VecDeque::new(),
    };
    let prepared = stream::iter(rows).map(|row| prepare(handler, row));
    let mut prepared = pin!(prepared.buffered(PREPARE_CONCURRENCY));
    let mut result = Ok(());
    while result.is_ok()
        && let Some(next) = prepared.next().await
    {
        result = run.apply(next).await;
    }
    // Awaited also after an error: otherwise the rows would be claimed while they are written.
    result = result.and(run.await_writes(0).await);
    // A failed write may have postponed its own activity.
    let has_failed = context.store.failed_writes() != run.failed_writes;
    result.map(|()| run.has_postponed || has_failed)
}

/// A batch that is being applied.
struct BatchRun<'a, H> {
    context: &'a Context,
    handler: &'a H,
    /// Some activity is postponed that one of these may require.
    has_postponed: bool,
    /// The failed writes of the store when the batch began.
    failed_writes: u64,
    /// The activity submitted last.
    previous: Option<InboundId>,
    /// The writes in flight, the oldest first.
    in_flight: VecDeque<PendingWrite>,
}

impl<H: InboundHandler> BatchRun<'_, H> {
    async fn apply(&mut self, prepared: Prepared<H>) -> Result<(), BatchError> {
        let Prepared { entry, preparation } = prepared;
        if self.has_postponed && postpone_behind(self.context, &entry).await? {
            return Ok(());
        }
        let change = match preparation {
            Preparation::Ready(change) => change,
            Preparation::InTurn(activity) => {
                self.await_writes(0).await?;
                // One of them may just have been postponed, and this one may require it.
                if self.context.store.failed_writes() != self.failed_writes {
                    self.has_postponed = true;
                    if postpone_behind(self.context, &entry).await? {
                        return Ok(());
                    }
                }
                catch_panic(self.handler.prepare(activity, entry.attempts)).await
            }
        };
        match change {
            Ok(change) => {
                let write = self.submit(entry, change);
                self.in_flight.push_back(write);
            }
            Err(failure) => {
                self.has_postponed |= matches!(failure, Failure::Retry(..));
                record(self.context, &entry, failure).await?;
            }
        }
        self.await_writes(WRITES_IN_FLIGHT).await
    }

    /// Waits until at most `limit` writes are in flight; after an error, until none is.
    async fn await_writes(&mut self, mut limit: usize) -> Result<(), BatchError> {
        let mut result = Ok(());
        while self.in_flight.len() > limit
            && let Some(oldest) = self.in_flight.pop_front()
        {
            result = result.and(oldest.await);
            if result.is_err() {
                limit = 0;
            }
        }
        result
    }

    /// Submits a change; the changes are written in the order of the calls.
    fn submit(&mut self, entry: Entry, change: H::Change) -> PendingWrite {
        let completion = Completion {
            store: self.context.store.clone(),
            id: entry.id,
            was_postponed: entry.was_postponed,
            previous: self.previous.replace(entry.id),
            failed_writes: self.failed_writes,
        };
        let written = self.handler.apply(change, completion, entry.attempts);
        let context = self.context.clone();
        Box::pin(async move {
            match written.await {
                Ok(true) => {
                    count("applied");
                    Ok(())
                }
                Ok(false) => Err(BatchError::Blocked),
                Err(failure) => record(&context, &entry, failure).await,
            }
        })
    }
}

/// Postpones an activity behind an earlier one that it requires and that is postponed; returns
/// whether it did.
async fn postpone_behind(context: &Context, entry: &Entry) -> Result<bool, BatchError> {
    let (id, requires) = (entry.id, entry.dependencies.requires.clone());
    let read =
        move |db: &mut Db| -> Result<_, StoreError> { Ok(hold::blocking(db, id, &requires)?) };
    let first = context.store.read(read).await.map_err(unavailable)?;
    let Some(first) = first else { return Ok(false) };
    tracing::debug!(%id, ?first, "activity waits for one that is tried again");
    let provides = entry.dependencies.provides.clone();
    let write = move |db: &mut Db| -> Result<_, StoreError> {
        Ok(hold::retry_after(db, id, &first, &provides)?)
    };
    let written = context.store.write_read_committed(write).await;
    written.map(|()| true).map_err(unavailable)
}

/// Reads an activity, and prepares it if it is independent.
async fn prepare<H: InboundHandler>(handler: &H, row: row::Inbound) -> Prepared<H> {
    let mut entry = Entry {
        id: row.id,
        attempts: row.attempts,
        was_postponed: hold::is_retry(&row.order_key),
        dependencies: Dependencies::default(),
    };
    let (attempts, dependencies) = (entry.attempts, &mut entry.dependencies);
    let preparation = catch_panic(async move {
        let activity;
        (activity, *dependencies) = handler.read(row)?;
        if handler.is_independent(&activity, attempts).await? {
            Ok(Preparation::Ready(
                handler.prepare(activity, attempts).await,
            ))
        } else {
            Ok(Preparation::InTurn(activity))
        }
    });
    let preparation = preparation.await;
    Prepared {
        entry,
        preparation: preparation.unwrap_or_else(|failure| Preparation::Ready(Err(failure))),
    }
}

/// Turns a panic into a rejection.
async fn catch_panic<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => {
            let why = format!("panicked: {}", panic_message(&*panic));
            tracing::error!(why, "activity not applied");
            Err(Failure::Rejected(why))
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

/// Records a failure. Where the database is at fault the row stays as it is: that is no try, and a
/// short outage must not change an order.
async fn record(context: &Context, entry: &Entry, failure: Failure) -> Result<(), BatchError> {
    tracing::debug!(id = %entry.id, ?failure, "activity not applied");
    let (id, was_postponed) = (entry.id, entry.was_postponed);
    let (state, why) = match failure {
        Failure::Contended => return Err(BatchError::Blocked),
        Failure::Unavailable(why) => return Err(BatchError::Unavailable(why)),
        Failure::Retry(at, why) => {
            count("retry");
            let provides = entry.dependencies.provides.clone();
            let write = move |db: &mut Db| -> Result<(), StoreError> {
                Ok(hold::retry_later(db, id, &why, at, &provides)?)
            };
            return context
                .store
                .write_read_committed(write)
                .await
                .map_err(unavailable);
        }
        Failure::Ignored(why) => (InboundState::Ignored, why),
        Failure::Rejected(why) => (InboundState::Rejected, why),
    };
    count(match state {
        InboundState::Rejected => "rejected",
        _ => "ignored",
    });
    let write = move |db: &mut Db| -> Result<(), StoreError> {
        inbound::finish(db, id, state, Some(&why))?;
        if was_postponed {
            hold::release(db, id)?;
        }
        Ok(())
    };
    context
        .store
        .write_read_committed(write)
        .await
        .map_err(unavailable)
}

/// Counts a received activity by what became of it.
fn count(result: &'static str) {
    metrics::counter!("hedgerow_received_total", "result" => result).increment(1);
}

/// Not even the queue can be written: that is the database's fault, whatever its error.
#[expect(clippy::needless_pass_by_value, reason = "the shape map_err calls")]
fn unavailable(error: StoreError) -> BatchError {
    BatchError::Unavailable(error.to_string())
}
