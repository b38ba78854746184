//! The lease of this process's number in its ids, renewed as long as it serves, so that two processes on
//! one database never generate the same id, and ids grow whatever the clock does.

use domain::Ops;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, interval_at};

/// The time of the lease in seconds. A process that cannot renew it for an hour cannot write at all.
pub(crate) const LEASE_SECONDS: i64 = 3_600;
/// The interval at which the lease is renewed.
const RENEW_INTERVAL: Duration = Duration::from_secs(300);

/// Takes or renews the lease, and corrects what a clock that was ahead has left. When that fails nothing else can be written either; the number is a random
/// one until the next attempt.
pub(super) async fn hold(ops: &Ops) {
    if let Err(fault) = ops.lease_number(LEASE_SECONDS).await {
        tracing::warn!(%fault, "process number was not leased");
    }
    if let Err(fault) = ops.correct_clock().await {
        tracing::warn!(%fault, "queued times were not checked against the clock");
    }
}

/// Renews the lease until `stopped`.
pub(super) async fn renew(ops: Ops, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval_at(Instant::now() + RENEW_INTERVAL, RENEW_INTERVAL);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => hold(&ops).await,
        }
    }
}

/// Releases the lease.
pub(super) async fn release(ops: &Ops) {
    if let Err(fault) = ops.release_number().await {
        tracing::debug!(%fault, "process number was not released; its lease expires");
    }
}
