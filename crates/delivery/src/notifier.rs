//! Wakes the loops after each commit. A loop that is busy finds its wake-up when it comes back, so
//! none is lost; a poll twice a second finds what other processes committed.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often a loop looks for work without being woken.
const POLL: Duration = Duration::from_millis(500);

/// Forwards one notification to the three loops.
pub struct Notifier([Arc<Notify>; 3]);

/// The wake-ups of one loop.
pub struct Wakeups(Arc<Notify>);

impl Notifier {
    /// Returns the notifier and the wake-ups of each loop.
    pub fn new() -> (Self, [Wakeups; 3]) {
        let all: [Arc<Notify>; 3] = std::array::from_fn(|_| Arc::new(Notify::new()));
        let wakeups = all.clone().map(Wakeups);
        (Self(all), wakeups)
    }

    /// Forwards each notification until the stop.
    pub async fn forward(self, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = wake.notified() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            for one in &self.0 {
                one.notify_one();
            }
        }
    }
}

impl Wakeups {
    /// Waits for the next wake-up, or the next poll.
    pub async fn wait(&self) {
        // An elapsed timeout is the poll.
        let _ = tokio::time::timeout(POLL, self.0.notified()).await;
    }

    /// Wakes the loop itself, as there may be more to do.
    pub fn notify(&self) {
        self.0.notify_one();
    }
}
