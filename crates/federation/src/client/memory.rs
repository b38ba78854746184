//! Failures remembered for a minute, so that a thread full of links to a dead server costs
//! one attempt each, not one per reader.

use super::error::FetchError;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many are kept, the longest unused forgotten first.
const KEPT: NonZeroUsize = match NonZeroUsize::new(4096) {
    Some(kept) => kept,
    None => NonZeroUsize::MIN,
};

/// The failed addresses.
#[derive(Debug)]
pub(super) struct Failures {
    lasting: Duration,
    known: Mutex<LruCache<String, (Instant, FetchError)>>,
}

impl Failures {
    /// Remembers for so long; zero for not at all.
    pub(super) fn new(lasting: Duration) -> Self {
        Self {
            lasting,
            known: Mutex::new(LruCache::new(KEPT)),
        }
    }

    /// How asking ended a moment ago.
    pub(super) fn recall(&self, key: &str) -> Option<FetchError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, error) = known.get(key)?;
        if *until > Instant::now() {
            return Some(error.clone());
        }
        known.pop(key);
        None
    }

    /// Notes how asking ended: failures that will not pass at once are kept, success wipes
    /// the slate.
    pub(super) fn note<T>(&self, key: &str, outcome: &Result<T, FetchError>) {
        let lasting = matches!(
            outcome,
            Err(FetchError::NotFound
                | FetchError::Gone
                | FetchError::Unreachable(_)
                | FetchError::Timeout)
        );
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(error) if lasting && !self.lasting.is_zero() => {
                known.put(
                    key.to_owned(),
                    (Instant::now() + self.lasting, error.clone()),
                );
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
        let failures = Failures::new(Duration::from_millis(200));
        failures.note::<()>("a", &Err(FetchError::Gone));
        failures.note::<()>("b", &Err(FetchError::NotFound));
        failures.note::<()>("c", &Err(FetchError::NotJson));
        assert_eq!(failures.recall("a"), Some(FetchError::Gone));
        assert_eq!(failures.recall("c"), None);
        failures.note("b", &Ok(()));
        assert_eq!(failures.recall("b"), None);
        std::thread::sleep(Duration::from_millis(220));
        assert_eq!(failures.recall("a"), None);
    }

    #[test]
    fn zero_remembers_nothing() {
        let failures = Failures::new(Duration::ZERO);
        failures.note::<()>("a", &Err(FetchError::Gone));
        assert_eq!(failures.recall("a"), None);
    }
}
