//! The clock of a network: the machine's clock, moved forward or stopped by the test.

use model::{Clock, SystemClock, Time};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock plus the seconds that the test has skipped.
#[derive(Debug, Default)]
pub(crate) struct TestClock {
    ahead_seconds: AtomicI64,
    stopped_at: Mutex<Option<Time>>,
}

impl TestClock {
    /// Skips a number of seconds.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Stops the clock; from now on only [`TestClock::advance`] moves it.
    pub(crate) fn stop(&self) {
        let mut stopped_at = self.stopped_at.lock().unwrap();
        stopped_at.get_or_insert_with(|| SystemClock.now());
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        let stopped_at = *self.stopped_at.lock().unwrap();
        stopped_at
            .unwrap_or_else(|| SystemClock.now())
            .plus_seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }
}
