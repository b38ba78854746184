//! One ring after each commit, passed on to every loop. A loop that is busy finds the ring when
//! it comes back, so none is lost; a poll twice a second finds what other processes committed.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often a loop looks without being rung.
const POLL: Duration = Duration::from_millis(500);

/// The bells of the three loops.
pub(crate) struct Bells([Arc<Notify>; 3]);

/// One loop's bell.
pub(crate) struct Bell(Arc<Notify>);

impl Bells {
    /// The bells, and each loop's own.
    pub(crate) fn hang() -> (Self, [Bell; 3]) {
        let bells: [Arc<Notify>; 3] = std::array::from_fn(|_| Arc::new(Notify::new()));
        let own = bells.clone().map(Bell);
        (Self(bells), own)
    }

    /// Passes each ring on until the stop.
    pub(crate) async fn pass_on(self, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = wake.notified() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            for bell in &self.0 {
                bell.notify_one();
            }
        }
    }
}

impl Bell {
    /// Until the next ring, or the next poll.
    pub(crate) async fn wait(&self) {
        // Elapsing is the poll.
        let _ = tokio::time::timeout(POLL, self.0.notified()).await;
    }

    /// Rings for oneself: there may be more.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }
}
