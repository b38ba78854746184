//! What the runner and the scheduler need of the instance: the job table, the time, and new ids.

use model::{Clock, JobId, Time};
use std::sync::Arc;
use store::Store;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct JobQueue {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub new_id: Arc<dyn Fn() -> JobId + Send + Sync>,
}

impl JobQueue {
    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(crate) fn new_id(&self) -> JobId {
        (self.new_id)()
    }
}
