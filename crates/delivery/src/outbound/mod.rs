//! Outbound delivery: one lane for each peer, with the order kept within a conversation. A peer that
//! fails is backed off with its whole lane; an activity that a peer refuses is repeated and set aside,
//! and only what is about the same waits for it. A row leaves the table only when it was delivered.

mod activity_cache;
mod delivery_log;
mod failure_policy;
mod lane;
mod scheduler;
mod send;
#[cfg(test)]
mod tests;

pub use activity_cache::Activity;
pub use failure_policy::DeliveryResult;
pub use lane::may_be_delivered;
pub use scheduler::{ACCEPTED_INTERVAL_SECONDS, Delivery, Scheduler};

use crate::{Backoff, TaskPool, Wakeups};
use async_trait::async_trait;
use http::HeaderName;
use httpsig::SigningKey;
use model::{ActivityId, DeliveryId, PeerId, Time};
use std::time::Duration;
use store::{Db, StoreError};
use tokio::sync::watch;

/// With so many requests in flight, the results of several are written together.
const BATCH_THRESHOLD: usize = 8;
/// How long the loop waits for further results then. A longer wait would spare some writes, but what
/// was delivered and is not yet recorded is sent again after a crash.
const BATCH_DELAY: Duration = Duration::from_millis(5);

/// Why a hook failed.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// The delivery is impossible; it is set aside.
    #[error("{0}")]
    Impossible(String),
    /// A fault of this instance; the delivery stays as it is.
    #[error("{0}")]
    Fault(String),
}

impl From<StoreError> for HookError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.to_string())
    }
}

/// What delivery needs from `federation`, which knows what activities mean.
#[async_trait]
pub trait DeliveryHooks: Send + Sync + 'static {
    /// Returns the media type of the activities.
    fn content_type(&self) -> &'static str;

    /// Returns the key that signs an activity.
    async fn signing_key(&self, activity: &Activity) -> Result<SigningKey, HookError>;

    /// Returns the headers to send with an activity to this peer.
    async fn extra_headers(
        &self,
        activity: &Activity,
        peer: PeerId,
    ) -> Result<Vec<(HeaderName, String)>, HookError>;

    /// Handles a 410 of an inbox; returns whether that ended its only recipient. Where an inbox is
    /// shared, one 410 is not about everybody behind it.
    async fn inbox_gone(&self, inbox: &str) -> Result<bool, HookError>;

    /// Handles, within the transaction, that a peer refused an activity for good.
    fn refused(
        &self,
        db: &mut Db,
        activity: ActivityId,
        peer: PeerId,
        now: Time,
    ) -> Result<(), StoreError>;

    /// Handles, within the transaction, that a parked peer has answered again.
    fn peer_revived(&self, db: &mut Db, peer: PeerId, now: Time) -> Result<(), StoreError>;
}

/// Delivers until `stopped`, then waits for the requests in flight.
pub async fn run(mut scheduler: Scheduler, wakeups: Wakeups, mut stopped: watch::Receiver<bool>) {
    let mut tasks: TaskPool<DeliveryId, DeliveryResult> = TaskPool::new(usize::MAX);
    let mut results: Vec<DeliveryResult> = Vec::new();
    let mut backoff = Backoff::new("delivery table unavailable");
    loop {
        let is_stopping = *stopped.borrow();
        let written = scheduler
            .exchange(std::mem::take(&mut results), !is_stopping)
            .await;
        if let Err(error) = &written {
            backoff.record_failure(error);
            backoff.wait(&mut stopped).await;
            continue;
        }
        backoff.record_success();
        if !is_stopping {
            for delivery in scheduler.next_deliveries() {
                tasks.begin(delivery.id(), delivery.run());
            }
        }
        if is_stopping && tasks.is_empty() && scheduler.is_flushed() {
            break;
        }
        if !is_stopping && scheduler.has_more() {
            continue;
        }
        tokio::select! {
            first = tasks.next() => results = collect(&scheduler, &mut tasks, first).await,
            () = wakeups.wait() => scheduler.notify(),
            _ = stopped.changed(), if !is_stopping => {}
        }
    }
    if let Err(error) = scheduler.close().await {
        tracing::warn!(%error, "lanes not released; their leases will expire");
    }
}

/// Collects the first result and all that end soon after it.
async fn collect(
    scheduler: &Scheduler,
    tasks: &mut TaskPool<DeliveryId, DeliveryResult>,
    first: (DeliveryId, Result<DeliveryResult, String>),
) -> Vec<DeliveryResult> {
    if tasks.len() >= BATCH_THRESHOLD {
        tokio::time::sleep(BATCH_DELAY).await;
    }
    let ended = tasks.finished(first).await.into_iter();
    ended
        .filter_map(|(id, result)| match result {
            Ok(result) => Some(result),
            Err(panic) => {
                tracing::error!(%id, panic, "delivery panicked");
                scheduler.panicked(id, panic)
            }
        })
        .collect()
}
