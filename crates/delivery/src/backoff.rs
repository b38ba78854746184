//! Exponential back-off of a loop while the database cannot be used. Each delay is logged once.

use std::fmt::Display;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The first delay.
const FIRST: Duration = Duration::from_millis(500);
/// The longest delay.
const LONGEST: Duration = Duration::from_secs(15);
/// A failure within this time after a delay doubles it: on a disk that is nearly full some writes
/// succeed.
const RELAPSE: Duration = Duration::from_secs(60);

/// The back-off of one loop.
#[derive(Debug)]
pub struct Backoff {
    /// The log message.
    message: &'static str,
    delay: Duration,
    /// When the last delay ends.
    until: Option<Instant>,
    /// Nothing has succeeded since the last failure.
    in_doubt: bool,
}

impl Backoff {
    /// Creates a back-off without a failure; `message` is logged with each delay.
    #[must_use]
    pub const fn new(message: &'static str) -> Self {
        Self {
            message,
            delay: FIRST,
            until: None,
            in_doubt: false,
        }
    }

    /// Records a failure of the database. Failures during a delay count once.
    pub fn failed(&mut self, error: &dyn Display) {
        if self.starts_delay(Instant::now()) {
            tracing::error!(%error, delay_ms = self.delay.as_millis(), "{}", self.message);
        }
    }

    fn starts_delay(&mut self, now: Instant) -> bool {
        self.in_doubt = true;
        if self.until.is_some_and(|until| now < until) {
            return false;
        }
        let is_relapse = self.until.is_some_and(|until| now < until + RELAPSE);
        self.delay = if is_relapse {
            LONGEST.min(self.delay * 2)
        } else {
            FIRST
        };
        self.until = Some(now + self.delay);
        true
    }

    /// Records a success.
    pub const fn succeeded(&mut self) {
        self.in_doubt = false;
    }

    /// Whether nothing has succeeded since the last failure.
    #[must_use]
    pub const fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Returns when the current delay ends.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.until.filter(|until| Instant::now() < *until)
    }

    /// Waits for the end of the delay or for `stopped`; after that, only for the first delay, since
    /// something is left to write.
    pub async fn wait(&self, stopped: &mut watch::Receiver<bool>) {
        let Some(until) = self.until() else {
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
    fn delays_grow_and_are_logged_once() {
        let (mut backoff, mut now) = (Backoff::new("nothing works"), Instant::now());
        let mut delays = Vec::new();
        for _ in 0..8 {
            assert!(backoff.starts_delay(now));
            assert!(
                !backoff.starts_delay(now),
                "failures at the same time count once"
            );
            let until = backoff.until.unwrap();
            delays.push((until - now).as_millis());
            // A small write may succeed now and then.
            backoff.succeeded();
            now = until;
        }
        assert_eq!(
            delays,
            [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
        );
        now += RELAPSE;
        assert!(backoff.starts_delay(now) && backoff.is_in_doubt());
        assert_eq!(backoff.until, Some(now + FIRST));
    }
}
