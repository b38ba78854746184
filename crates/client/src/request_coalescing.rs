//! Sends one request for all tasks that ask for the same document at the same time.

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

type Request<T> = BoxFuture<'static, T>;

/// The number of entries beyond which finished ones are removed.
const CLEANUP_SIZE: usize = 64;

/// The requests in progress. Weakly held: a request that nobody waits for is cancelled.
pub(super) struct RequestCoalescer<T: Clone>(Mutex<HashMap<String, WeakShared<Request<T>>>>);

impl<T: Clone> Default for RequestCoalescer<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> RequestCoalescer<T> {
    /// Waits for the request with this key, or starts the given one.
    pub(super) async fn join(&self, key: String, start: impl FnOnce() -> Request<T>) -> T {
        let (request, is_ours) = self.join_or_start(&key, start);
        let result = request.await;
        if is_ours {
            let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            requests.remove(&key);
        }
        result
    }

    fn join_or_start(
        &self,
        key: &str,
        start: impl FnOnce() -> Request<T>,
    ) -> (Shared<Request<T>>, bool) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let in_progress = requests.get(key).and_then(WeakShared::upgrade);
        if let Some(request) = in_progress.filter(|request| request.peek().is_none()) {
            return (request, false);
        }
        if requests.len() >= CLEANUP_SIZE {
            requests.retain(|_, request| request.upgrade().is_some());
        }
        let request = start().shared();
        if let Some(weak) = request.downgrade() {
            requests.insert(key.to_owned(), weak);
        }
        (request, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn ten_at_once_are_one_request() {
        let coalescer = Arc::new(RequestCoalescer::default());
        let started = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (coalescer, started) = (Arc::clone(&coalescer), Arc::clone(&started));
            async move {
                let start = || {
                    started.fetch_add(1, Ordering::SeqCst);
                    async {
                        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                        7
                    }
                    .boxed()
                };
                coalescer.join("a".into(), start).await
            }
        };
        let results = futures::future::join_all((0..10).map(|_| ask())).await;
        assert!(results.iter().all(|result| *result == 7));
        assert_eq!(started.load(Ordering::SeqCst), 1);
        assert_eq!(ask().await, 7);
        assert_eq!(
            started.load(Ordering::SeqCst),
            2,
            "a finished request is sent again"
        );
    }
}
