//! The body of a job, and what it waits for.

use model::JobId;
use model::job::{JobError, Payload};

/// Something else's answer that jobs wait for. Few of those that wait for one and the same run at a time, so that
/// what is slow to answer holds up nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// Nothing but the database.
    Nothing,
    /// Servers of peers.
    Peers,
    /// The mail server, for what somebody has just asked for: to confirm an address, or to choose a password.
    AccountMail,
    /// The mail server, for notices and digests.
    NoticeMail,
    /// Push services, for notices.
    PushService,
}

impl WaitsFor {
    /// Every one of which few run at a time.
    pub const LIMITED: [Self; 4] = [
        Self::Peers,
        Self::AccountMail,
        Self::NoticeMail,
        Self::PushService,
    ];
}

/// Runs the job of a payload, given the context `C` that it runs in.
pub trait Job<C>: Payload {
    /// What it waits for, which may take long.
    const WAITS_FOR: WaitsFor = WaitsFor::Nothing;

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
