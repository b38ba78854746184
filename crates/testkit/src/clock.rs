//! The clock of a network: the machine's clock, moved forward by the test.

use model::{Clock, SystemClock, Time};
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock plus the seconds that the test has skipped.
#[derive(Debug, Default)]
pub(crate) struct TestClock {
    ahead_seconds: AtomicI64,
}

impl TestClock {
    /// Skips a number of seconds.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        SystemClock
            .now()
            .plus_seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }
}
