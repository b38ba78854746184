//! One request for all who ask for the same thing at the same time.

use super::error::FetchError;
use super::fetch::Fetched;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What a flight brings home.
pub(super) type Landing = Result<Fetched, FetchError>;

type Flight = BoxFuture<'static, Landing>;

/// Beyond so many entries, the landed ones are taken away.
const KEPT: usize = 64;

/// The requests under way. Weakly held: a flight that nobody waits for any more is given up.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<String, WeakShared<Flight>>>);

impl Flights {
    /// Joins the flight with this key, or starts the one given.
    pub(super) async fn join(&self, key: String, start: impl FnOnce() -> Flight) -> Landing {
        let (flight, ours) = self.board(&key, start);
        let landed = flight.await;
        if ours {
            let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            flights.remove(&key);
        }
        landed
    }

    fn board(&self, key: &str, start: impl FnOnce() -> Flight) -> (Shared<Flight>, bool) {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = flights.get(key).and_then(WeakShared::upgrade);
        if let Some(flight) = under_way.filter(|flight| flight.peek().is_none()) {
            return (flight, false);
        }
        if flights.len() >= KEPT {
            flights.retain(|_, flight| flight.upgrade().is_some());
        }
        let flight = start().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key.to_owned(), weak);
        }
        (flight, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn ten_who_ask_at_once_are_one_flight() {
        let flights = Arc::new(Flights::default());
        let started = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (flights, started) = (Arc::clone(&flights), Arc::clone(&started));
            async move {
                let start = || {
                    started.fetch_add(1, Ordering::SeqCst);
                    async {
                        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                        Err(FetchError::Gone)
                    }
                    .boxed()
                };
                flights.join("a".into(), start).await
            }
        };
        let landed = futures::future::join_all((0..10).map(|_| ask())).await;
        assert!(landed.iter().all(|l| matches!(l, Err(FetchError::Gone))));
        assert_eq!(started.load(Ordering::SeqCst), 1);
        assert!(ask().await.is_err());
        assert_eq!(
            started.load(Ordering::SeqCst),
            2,
            "what has landed is asked for anew"
        );
    }
}
