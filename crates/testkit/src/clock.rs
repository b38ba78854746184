//! The clock of a network: the machine's, moved forward by the story.

use model::{Clock, SystemClock, Time};
use std::sync::atomic::{AtomicI64, Ordering};

/// Runs with the machine's clock, ahead of it by what the story has skipped.
#[derive(Debug, Default)]
pub(crate) struct StoryClock {
    ahead_seconds: AtomicI64,
}

impl StoryClock {
    /// Skips so many seconds.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Time {
        SystemClock
            .now()
            .plus_seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }
}
