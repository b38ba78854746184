//! What delivery needs from the instance it runs in.

use model::Time;
use std::sync::Arc;
use store::Store;

/// The database and the clock of the instance.
#[derive(Clone)]
pub struct Context {
    pub store: Store,
    /// Returns the current time.
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    /// Wakes the loops after a commit that may have left work.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl Context {
    pub(crate) fn now(&self) -> Time {
        (self.now)()
    }

    pub(crate) fn wake(&self) {
        (self.wake)();
    }
}
