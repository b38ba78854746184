//! Who waits for the network: work of which many may wait at a time tells so here, so that whoever
//! gave it its place can give that to somebody else meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

tokio::task_local! {
    static WAITS: Waits;
}

/// How many answers from the network a piece of work waits for now. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    answers: Arc<AtomicUsize>,
    rung: Arc<Notify>,
}

impl Waits {
    /// Of work that rings when it begins to wait.
    #[must_use]
    pub fn ringing(rung: &Arc<Notify>) -> Self {
        Self {
            answers: Arc::default(),
            rung: Arc::clone(rung),
        }
    }

    /// It waits now.
    #[must_use]
    pub fn any(&self) -> bool {
        self.answers.load(Ordering::Relaxed) > 0
    }

    /// Does the work; whatever it asks of the network is counted, unless a task of its own does.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        WAITS.scope(self, work).await
    }
}

/// One answer that is waited for, until this is dropped.
pub struct Waiting(Option<Waits>);

impl Waiting {
    /// Begins to wait; work that nobody counts is not counted.
    #[must_use]
    pub fn begin() -> Self {
        let waits = WAITS.try_with(Waits::clone).ok();
        if let Some(waits) = &waits
            && waits.answers.fetch_add(1, Ordering::Relaxed) == 0
        {
            waits.rung.notify_one();
        }
        Self(waits)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(waits) = &self.0 {
            waits.answers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_is_seen_from_outside() {
        let rung = Arc::new(Notify::new());
        let waits = Waits::ringing(&rung);
        let (seen, done) = (waits.clone(), Arc::new(Notify::new()));
        let until = Arc::clone(&done);
        let work = tokio::spawn(waits.during(async move {
            let _waiting = (Waiting::begin(), Waiting::begin());
            until.notified().await;
        }));
        rung.notified().await;
        assert!(seen.any());
        done.notify_one();
        work.await.unwrap();
        assert!(!seen.any());
        drop(Waiting::begin());
    }
}
