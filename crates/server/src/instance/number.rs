//! The number in the ids that this process mints: held by a lease for as long as it serves, so that two
//! that serve from one database never mint the same.

use domain::Ops;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, interval_at};

/// How long it is held, and how often it is held on: whoever cannot write for an hour writes nothing.
const LEASE_SECONDS: i64 = 3_600;
const AGAIN: Duration = Duration::from_secs(300);

/// Holds a number. Where that cannot be written, nothing else can: the number is one by chance until
/// the next time.
pub(super) async fn hold(ops: &Ops) {
    if let Err(fault) = ops.hold_number(LEASE_SECONDS).await {
        tracing::warn!(%fault, "no number is held for the ids of this process");
    }
}

/// Holds it on until told to stop.
pub(super) async fn hold_on(ops: Ops, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval_at(Instant::now() + AGAIN, AGAIN);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => hold(&ops).await,
        }
    }
}

/// Gives it back, at the end.
pub(super) async fn release(ops: &Ops) {
    if let Err(fault) = ops.release_number().await {
        tracing::debug!(%fault, "the number of this process is free in an hour");
    }
}
