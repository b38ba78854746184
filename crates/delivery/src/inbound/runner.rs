//! The loop of the inbound queue: claims rows, applies them in batches of one order key, and renews or
//! returns its leases.

use super::InboundHandler;
use super::batch_queue::{Batch, BatchQueue};
use super::ordered_batch::{BatchError, apply_in_order};
use crate::{Backoff, Context, TaskPool, Wakeups};
use model::InboundId;
use std::sync::Arc;
use std::time::Duration;
use store::queue::inbound::Claim;
use store::row::Inbound;
use store::{Backend, Db, StoreError};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// The lease of a claimed row where several processes share the database; renewed at half of it.
const LEASE_SECONDS: i64 = 60;
/// The pause between two claims, so that under load many rows are claimed together.
const CLAIM_INTERVAL: Duration = Duration::from_millis(2);

/// The state of the loop.
struct Runner<H> {
    context: Context,
    handler: H,
    queue: BatchQueue,
    tasks: TaskPool<u64, Result<bool, BatchError>>,
    backoff: Backoff,
    /// After a failure of the database, the one batch that runs alone.
    probe: Option<u64>,
    /// Rows that are leased but not held any more, to be returned so that they can be claimed again.
    dropped: Vec<InboundId>,
    /// When the first of them was dropped.
    dropped_since: Instant,
    /// Some activity is postponed that others may have to wait for.
    has_postponed: bool,
    /// The host that was served last.
    after: String,
    /// More rows may be due than were claimed.
    has_more: bool,
    /// Some hosts were left out of the last claim because enough of theirs is held.
    left_out: bool,
    claim_at: Instant,
}

/// Applies received activities until `stopped`, then waits for the running batches. `arrivals` is
/// notified when an activity was stored.
pub async fn run<H: InboundHandler>(
    context: Context,
    handler: H,
    arrivals: Arc<Notify>,
    wakeups: Wakeups,
    mut stopped: watch::Receiver<bool>,
) {
    let mut runner = Runner::new(context, handler);
    let mut renew_at = Instant::now() + renewal_interval();
    let began_waiting = Arc::clone(&runner.queue.began_waiting);
    loop {
        let is_stopping = *stopped.borrow();
        let dropped = runner.queue.update_waiting();
        runner.drop_rows(dropped);
        let backoff_until = runner.backoff.paused_until();
        if !is_stopping && backoff_until.is_none() {
            runner.claim().await;
            runner.start_batches();
        }
        if is_stopping && runner.tasks.is_empty() {
            runner.close().await;
            return;
        }
        let may_claim = runner.queue.has_room() && !is_stopping && backoff_until.is_none();
        let retry_at = backoff_until.unwrap_or(runner.claim_at);
        tokio::select! {
            first = runner.tasks.next() => runner.finish(first).await,
            () = began_waiting.notified() => {}
            () = tokio::time::sleep_until(retry_at), if backoff_until.is_some() => {}
            () = tokio::time::sleep_until(runner.claim_at), if may_claim && runner.has_more => {}
            () = wakeups.wait(), if may_claim && !runner.has_more => runner.has_more = true,
            () = arrivals.notified(), if may_claim && !runner.has_more => runner.has_more = true,
            () = tokio::time::sleep_until(renew_at) => {}
            _ = stopped.changed(), if !is_stopping => {}
        }
        if Instant::now() >= renew_at {
            renew(&runner.context, runner.queue.held()).await;
            renew_at = Instant::now() + renewal_interval();
        }
    }
}

const fn renewal_interval() -> Duration {
    Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 2)
}

impl<H: InboundHandler> Runner<H> {
    fn new(context: Context, handler: H) -> Self {
        Self {
            context,
            handler,
            queue: BatchQueue::default(),
            tasks: TaskPool::new(usize::MAX),
            backoff: Backoff::new("inbound queue unavailable"),
            probe: None,
            dropped: Vec::new(),
            dropped_since: Instant::now(),
            has_postponed: true,
            after: String::new(),
            has_more: true,
            left_out: false,
            claim_at: Instant::now(),
        }
    }

    /// Claims due rows, if there may be some and there is room for them.
    async fn claim(&mut self) {
        if !self.has_more || !self.queue.has_room() || Instant::now() < self.claim_at {
            return;
        }
        let dropped = std::mem::take(&mut self.dropped);
        // Later their lease has expired and may be another process's.
        let is_leased = self.dropped_since.elapsed() < renewal_interval();
        if is_leased && !return_leases(&self.context, dropped.clone()).await {
            self.dropped = dropped;
            self.backoff.record_failure(&"leases not returned");
            return;
        }
        let request = self.queue.next_claim(self.context.now(), &self.after);
        let limit = request.limit;
        self.left_out =
            !request.excluded_hosts.is_empty() || request.held.len() >= request.per_host.rows;
        match claim(&self.context, request).await {
            Ok(Claimed {
                rows,
                after,
                has_postponed,
            }) => {
                self.has_more = !rows.is_empty();
                if rows.len() < limit / 2 {
                    self.claim_at = Instant::now() + CLAIM_INTERVAL;
                }
                self.after = after;
                self.has_postponed = has_postponed || (rows.is_empty() && self.has_postponed);
                self.queue.add(rows);
            }
            Err(error) => self.backoff.record_failure(&error),
        }
    }

    /// Starts batches until enough are running.
    fn start_batches(&mut self) {
        while self.backoff.paused_until().is_none()
            && !(self.backoff.is_failing() && self.probe.is_some())
            && let Some(Batch {
                number,
                rows,
                waits,
            }) = self.queue.next()
        {
            if self.backoff.is_failing() {
                self.probe = Some(number);
            }
            let (context, handler) = (self.context.clone(), self.handler.clone());
            let has_postponed = self.has_postponed;
            let batch =
                async move { apply_in_order(&context, &handler, rows, has_postponed).await };
            self.tasks.begin(number, waits.track(batch));
        }
    }

    async fn finish(&mut self, first: (u64, Result<Result<bool, BatchError>, String>)) {
        for (number, result) in self.tasks.finished(first).await {
            self.probe = self.probe.filter(|probe| *probe != number);
            self.has_more |= self.left_out;
            let error = match result {
                Ok(Ok(has_postponed)) => {
                    self.has_postponed |= has_postponed;
                    self.backoff.record_success();
                    self.queue.finish(number);
                    continue;
                }
                Ok(Err(error)) => error,
                Err(panic) => {
                    // A panic of a single activity is caught.
                    tracing::error!(panic, "inbound batch panicked");
                    BatchError::Blocked
                }
            };
            if let BatchError::Unavailable(why) = error {
                self.backoff.record_failure(&why);
            }
            // The remaining rows of the batch are claimed again.
            let dropped = self.queue.abort(number);
            self.drop_rows(dropped);
            self.has_more = true;
        }
    }

    fn drop_rows(&mut self, dropped: Vec<InboundId>) {
        if self.dropped.is_empty() {
            self.dropped_since = Instant::now();
        }
        self.dropped.extend(dropped);
    }

    /// Returns all leases.
    async fn close(mut self) {
        self.dropped.extend(self.queue.held());
        return_leases(&self.context, self.dropped).await;
    }
}

/// The result of a claim.
struct Claimed {
    rows: Vec<Inbound>,
    /// The host served last.
    after: String,
    /// Some activity is postponed that others may have to wait for.
    has_postponed: bool,
}

/// Claims rows. With SQLite this process is the only one, so it knows what it holds and nothing is
/// written; with PostgreSQL the rows are leased.
async fn claim(context: &Context, mut request: Claim) -> Result<Claimed, StoreError> {
    if context.store.backend() == Backend::Sqlite {
        let read = move |db: &mut Db| read_claim(db, &request);
        return context.store.read(read).await;
    }
    request.lease = Some(request.now.plus_seconds(LEASE_SECONDS));
    let write = move |db: &mut Db| read_claim(db, &request);
    context.store.write_read_committed(write).await
}

fn read_claim(db: &mut Db, request: &Claim) -> Result<Claimed, StoreError> {
    let (rows, after) = store::queue::inbound::claim(db, request)?;
    let has_postponed = !rows.is_empty() && store::queue::hold::any(db)?;
    Ok(Claimed {
        rows,
        after,
        has_postponed,
    })
}

/// Keeps other processes from claiming the held rows.
async fn renew(context: &Context, ids: Vec<InboundId>) {
    set_lease(context, ids, LEASE_SECONDS).await;
}

/// Lets other processes claim rows that were not started; returns whether that was written.
async fn return_leases(context: &Context, ids: Vec<InboundId>) -> bool {
    set_lease(context, ids, -1).await
}

async fn set_lease(context: &Context, ids: Vec<InboundId>, seconds: i64) -> bool {
    if context.store.backend() == Backend::Sqlite || ids.is_empty() {
        return true;
    }
    let until = context.now().plus_seconds(seconds);
    let write = move |db: &mut Db| -> Result<(), StoreError> {
        Ok(store::queue::inbound::renew_until(db, &ids, until)?)
    };
    let written = context.store.write_read_committed(write).await;
    if let Err(error) = &written {
        tracing::warn!(%error, "inbound leases not updated");
    }
    written.is_ok()
}
