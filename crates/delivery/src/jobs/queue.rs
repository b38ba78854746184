//! What the runner and the scheduler need of the instance: the job table, the time, and new ids.

use model::{Clock, JobId, Time};
use std::sync::Arc;
use store::Store;

/// The job table, the clock, and the source of new ids. Cheap to clone.
#[derive(Clone)]
pub struct JobQueue {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub new_id: Arc<dyn Fn() -> JobId + Send + Sync>,
}

impl JobQueue {
    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(super) fn new_id(&self) -> JobId {
        (self.new_id)()
    }
}
