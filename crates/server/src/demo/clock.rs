//! The demo's clock: while the conversations are written it stands in the past and moves on from
//! round to round, so that they have taken days; then it is the machine's.

use std::sync::atomic::{AtomicI64, Ordering};

use model::{Clock, SystemClock, Time};

/// A clock that the three instances share.
#[derive(Debug, Default)]
pub(super) struct DemoClock {
    /// Milliseconds behind the machine's clock.
    behind: AtomicI64,
}

impl DemoClock {
    /// Moves on to so many milliseconds ago; never back.
    pub(super) fn move_on(&self, ms_ago: i64) {
        self.behind.fetch_min(ms_ago.max(0), Ordering::SeqCst);
    }

    /// A clock that stands so many milliseconds ago.
    pub(super) const fn starting(ms_ago: i64) -> Self {
        Self {
            behind: AtomicI64::new(ms_ago),
        }
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Time {
        SystemClock
            .now()
            .plus_millis(-self.behind.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_only_moves_on() {
        let clock = DemoClock::starting(3_600_000);
        let first = clock.now();
        clock.move_on(7_200_000);
        assert!(clock.now() >= first);
        clock.move_on(0);
        assert!(clock.now() >= first.plus_millis(3_600_000));
    }
}
