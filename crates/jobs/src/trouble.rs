//! A database that cannot be used: a loop rests for a moment, then for twice as long each time, and
//! says so once each time. It goes on after as long again as the trouble lasted, at most.

use std::fmt::Display;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The first rest.
const FIRST: Duration = Duration::from_millis(500);
/// The longest.
const LONGEST: Duration = Duration::from_secs(15);
/// Whoever breaks down again within this time rests longer still: on a disk that is nearly full
/// some writes succeed.
const RELAPSE: Duration = Duration::from_secs(60);

/// The trouble of one loop.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// What cannot be done.
    what: &'static str,
    rest: Duration,
    /// When the last rest ends.
    until: Option<Instant>,
    /// Nothing has succeeded since.
    in_doubt: bool,
}

impl Trouble {
    /// None so far.
    pub(crate) const fn of(what: &'static str) -> Self {
        Self {
            what,
            rest: FIRST,
            until: None,
            in_doubt: false,
        }
    }

    /// The database failed. Many that fail at the same time count once.
    pub(crate) fn struck(&mut self, why: &dyn Display) {
        if self.begins_a_rest(Instant::now()) {
            tracing::error!(%why, rest_ms = self.rest.as_millis(), "{}", self.what);
        }
    }

    fn begins_a_rest(&mut self, now: Instant) -> bool {
        self.in_doubt = true;
        if self.until.is_some_and(|until| now < until) {
            return false;
        }
        let relapse = self.until.is_some_and(|until| now < until + RELAPSE);
        self.rest = if relapse {
            LONGEST.min(self.rest * 2)
        } else {
            FIRST
        };
        self.until = Some(now + self.rest);
        true
    }

    /// Something succeeded.
    pub(crate) const fn over(&mut self) {
        self.in_doubt = false;
    }

    /// Nothing has succeeded since the last failure.
    pub(crate) const fn in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// When it may be tried again, where that is still to come.
    pub(crate) fn resting_until(&self) -> Option<Instant> {
        self.until.filter(|until| Instant::now() < *until)
    }

    /// Rests, unless it is told to stop; then only for a moment, as there is something left to
    /// write.
    pub(crate) async fn rest(&self, stopped: &mut watch::Receiver<bool>) {
        let Some(until) = self.resting_until() else {
            return;
        };
        if *stopped.borrow() {
            return tokio::time::sleep_until(until.min(Instant::now() + FIRST)).await;
        }
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            _ = stopped.wait_for(|stop| *stop) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_longer_each_time_and_tells_it_once() {
        let (mut trouble, mut now) = (Trouble::of("nothing works"), Instant::now());
        let mut rests = Vec::new();
        for _ in 0..8 {
            assert!(trouble.begins_a_rest(now));
            assert!(
                !trouble.begins_a_rest(now),
                "another fails at the same time"
            );
            let until = trouble.until.unwrap();
            rests.push((until - now).as_millis());
            // Something small may fit now and then.
            trouble.over();
            now = until;
        }
        assert_eq!(
            rests,
            [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
        );
        now += RELAPSE;
        assert!(trouble.begins_a_rest(now) && trouble.in_doubt());
        assert_eq!(trouble.until, Some(now + FIRST));
    }
}
