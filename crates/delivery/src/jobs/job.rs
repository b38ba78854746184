//! The body of a job.

use model::JobId;
use model::job::{JobError, Payload};

/// Runs the job of a payload, given the context `C` that it runs in.
pub trait Job<C>: Payload {
    /// It fetches from peers and may take long: few such jobs run at a time.
    const FETCHES: bool = false;

    /// Does it. `id` is the row's, for bodies that must do something once however often they run.
    ///
    /// # Errors
    /// [`JobError`] says whether and when it runs again.
    fn run(&self, context: &C, id: JobId) -> impl Future<Output = Result<(), JobError>> + Send;

    /// Cleans up after a job that will not run again, as it failed too often.
    fn set_aside(&self, _context: &C) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}
