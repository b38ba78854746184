//! Back-off of a loop while the database cannot be used: exponential, logged once for each pause.

use std::fmt::Display;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The first pause.
const FIRST: Duration = Duration::from_millis(500);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(15);
/// A failure this soon after a pause makes the next one longer: on a disk that is nearly full some
/// writes succeed.
const RELAPSE: Duration = Duration::from_secs(60);

/// The back-off of one loop.
#[derive(Debug)]
pub struct Backoff {
    /// The log message.
    message: &'static str,
    pause: Duration,
    /// When the last pause ends.
    until: Option<Instant>,
    /// Nothing has succeeded since the last failure.
    failing: bool,
}

impl Backoff {
    /// A back-off that logs `message` with each pause.
    pub const fn new(message: &'static str) -> Self {
        Self {
            message,
            pause: FIRST,
            until: None,
            failing: false,
        }
    }

    /// Records a failure. Several during one pause count once.
    pub fn record_failure(&mut self, why: &dyn Display) {
        if self.begin_pause(Instant::now()) {
            let (kind, pause_ms) = (self.message, self.pause.as_millis());
            tracing::error!(kind, error = %why, pause_ms, "{kind}");
        }
    }

    fn begin_pause(&mut self, now: Instant) -> bool {
        self.failing = true;
        if self.until.is_some_and(|until| now < until) {
            return false;
        }
        let relapse = self.until.is_some_and(|until| now < until + RELAPSE);
        self.pause = if relapse {
            LONGEST.min(self.pause * 2)
        } else {
            FIRST
        };
        self.until = Some(now + self.pause);
        true
    }

    pub const fn record_success(&mut self) {
        self.failing = false;
    }

    /// Whether nothing has succeeded since the last failure.
    pub const fn is_failing(&self) -> bool {
        self.failing
    }

    /// When the pause ends, if there is one now.
    pub fn paused_until(&self) -> Option<Instant> {
        self.until.filter(|until| Instant::now() < *until)
    }

    /// Waits for the end of the pause. After the stop it waits only for a moment, as there is something
    /// left to write.
    pub async fn wait(&self, stopped: &mut watch::Receiver<bool>) {
        let Some(until) = self.paused_until() else {
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
    fn each_pause_is_longer_and_logged_once() {
        let (mut backoff, mut now) = (Backoff::new("nothing works"), Instant::now());
        let mut pauses = Vec::new();
        for _ in 0..8 {
            assert!(backoff.begin_pause(now));
            assert!(!backoff.begin_pause(now), "another fails at the same time");
            let until = backoff.until.unwrap();
            pauses.push((until - now).as_millis());
            // Something small may fit now and then.
            backoff.record_success();
            now = until;
        }
        assert_eq!(
            pauses,
            [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
        );
        now += RELAPSE;
        assert!(backoff.begin_pause(now) && backoff.is_failing());
        assert_eq!(backoff.until, Some(now + FIRST));
    }
}
