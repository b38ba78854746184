//! A negative cache: a failed request is not repeated for a minute, so that a thread with many links to
//! a dead server costs one attempt each, not one for each reader.

use super::error::FetchError;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The number of cached failures.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// The recent failures by request key.
#[derive(Debug)]
pub(super) struct FailureCache {
    ttl: Duration,
    known: Mutex<LruCache<String, (Instant, FetchError)>>,
}

impl FailureCache {
    /// Creates a cache whose entries live for `ttl`; zero turns it off.
    pub(super) fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            known: Mutex::new(LruCache::new(CAPACITY)),
        }
    }

    /// Returns the recent failure of a request.
    pub(super) fn get(&self, key: &str) -> Option<FetchError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, error) = known.get(key)?;
        if *until > Instant::now() {
            return Some(error.clone());
        }
        known.pop(key);
        None
    }

    /// Records a result: a failure that is not about to pass is stored, a success clears the entry.
    pub(super) fn record<T>(&self, key: &str, result: &Result<T, FetchError>) {
        let is_lasting = matches!(
            result,
            Err(FetchError::NotFound
                | FetchError::Gone
                | FetchError::Unreachable(_)
                | FetchError::Timeout)
        );
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Err(error) if is_lasting && !self.ttl.is_zero() => {
                known.put(key.to_owned(), (Instant::now() + self.ttl, error.clone()));
            }
            _ => {
                known.pop(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_forgotten_in_time_and_by_success() {
        let failures = FailureCache::new(Duration::from_millis(200));
        failures.record::<()>("a", &Err(FetchError::Gone));
        failures.record::<()>("b", &Err(FetchError::NotFound));
        failures.record::<()>("c", &Err(FetchError::NotJson));
        assert_eq!(failures.get("a"), Some(FetchError::Gone));
        assert_eq!(failures.get("c"), None);
        failures.record("b", &Ok(()));
        assert_eq!(failures.get("b"), None);
        std::thread::sleep(Duration::from_millis(220));
        assert_eq!(failures.get("a"), None);
    }

    #[test]
    fn a_zero_ttl_stores_nothing() {
        let failures = FailureCache::new(Duration::ZERO);
        failures.record::<()>("a", &Err(FetchError::Gone));
        assert_eq!(failures.get("a"), None);
    }
}
