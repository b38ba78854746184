//! Notifies the loops after each commit. A loop that is busy finds the notification when it waits
//! again, so none is lost; a poll twice a second finds what other processes have committed.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// The interval of the poll.
const POLL: Duration = Duration::from_millis(500);

/// The notifiers of `N` loops.
pub struct Notifiers<const N: usize>([Arc<Notify>; N]);

/// The notifier of one loop.
pub struct Notifier(Arc<Notify>);

impl<const N: usize> Notifiers<N> {
    /// Creates the notifiers, and each loop's own.
    #[must_use]
    pub fn new() -> (Self, [Notifier; N]) {
        let all: [Arc<Notify>; N] = std::array::from_fn(|_| Arc::new(Notify::new()));
        let own = all.clone().map(Notifier);
        (Self(all), own)
    }

    /// Forwards each notification of `wake` to all loops until `stopped`.
    pub async fn forward(self, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = wake.notified() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            for notifier in &self.0 {
                notifier.notify_one();
            }
        }
    }
}

impl Notifier {
    /// Waits for the next notification or the next poll.
    pub async fn wait(&self) {
        // A timeout is the poll.
        let _ = tokio::time::timeout(POLL, self.0.notified()).await;
    }

    /// Notifies this loop itself, where it may have left work.
    pub fn notify(&self) {
        self.0.notify_one();
    }
}
