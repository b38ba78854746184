//! Tells a scheduler which of its tasks wait for the network, so that it can start another task in
//! place of one that does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

tokio::task_local! {
    static WAITS: NetworkWaits;
}

/// The number of responses that one task waits for. Clones share the counter.
#[derive(Debug, Clone, Default)]
pub struct NetworkWaits {
    responses: Arc<AtomicUsize>,
    began: Arc<Notify>,
}

impl NetworkWaits {
    /// Creates a counter that notifies `began` when its task begins to wait.
    #[must_use]
    pub fn notifying(began: &Arc<Notify>) -> Self {
        Self {
            responses: Arc::default(),
            began: Arc::clone(began),
        }
    }

    /// Whether the task waits for a response now.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.responses.load(Ordering::Relaxed) > 0
    }

    /// Runs a future and counts its requests; those of tasks that it spawns are not counted.
    pub async fn track<T>(self, work: impl Future<Output = T>) -> T {
        WAITS.scope(self, work).await
    }
}

/// A wait for one response, which ends when this is dropped.
pub struct NetworkWait(Option<NetworkWaits>);

impl NetworkWait {
    /// Begins a wait; outside [`NetworkWaits::track`] this has no effect.
    #[must_use]
    pub fn begin() -> Self {
        let waits = WAITS.try_with(NetworkWaits::clone).ok();
        if let Some(waits) = &waits
            && waits.responses.fetch_add(1, Ordering::Relaxed) == 0
        {
            waits.began.notify_one();
        }
        Self(waits)
    }
}

impl Drop for NetworkWait {
    fn drop(&mut self) {
        if let Some(waits) = &self.0 {
            waits.responses.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_waiting_task_is_seen_from_outside() {
        let began = Arc::new(Notify::new());
        let waits = NetworkWaits::notifying(&began);
        let (seen, done) = (waits.clone(), Arc::new(Notify::new()));
        let until = Arc::clone(&done);
        let work = tokio::spawn(waits.track(async move {
            let _waiting = (NetworkWait::begin(), NetworkWait::begin());
            until.notified().await;
        }));
        began.notified().await;
        assert!(seen.is_waiting());
        done.notify_one();
        work.await.unwrap();
        assert!(!seen.is_waiting());
        drop(NetworkWait::begin());
    }
}
