//! The inbound queue: received activities are claimed host by host, prepared concurrently, and applied
//! in order within their order key. What an activity means is the [`InboundHandler`]'s concern.

mod batch_queue;
mod ordered_batch;
mod runner;

pub use ordered_batch::{BatchError, Completion, apply_in_order};
pub use runner::run;

use async_trait::async_trait;
use futures::future::BoxFuture;
use model::Time;
use store::row;

/// What an activity depends on, as digests that are compared only: an activity that is postponed delays
/// the later ones of the same signer that require what it provides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    pub provides: Vec<String>,
    pub requires: Vec<String>,
}

/// How applying an activity ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    Done,
    /// Understood and not acted upon, with a short, stable reason.
    Ignored(&'static str),
}

/// Why an activity was not applied. Reasons are short and stable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Understood and not acted upon.
    Ignored(String),
    /// Refused.
    Rejected(String),
    /// To be tried again at that time.
    Retry(Time, String),
    /// A concurrent transaction won; the row stays as it is.
    Contended,
    /// The database cannot be used now; the row stays as it is.
    Unavailable(String),
}

/// Reads, prepares and applies received activities.
#[async_trait]
pub trait InboundHandler: Clone + Send + Sync + 'static {
    /// An activity that was read.
    type Activity: Send + 'static;
    /// A prepared change of the database, with everything looked up.
    type Change: Send + 'static;

    /// Reads the activity of a row.
    ///
    /// # Errors
    /// [`Failure`] for a body that is no activity.
    fn read(&self, row: row::Inbound) -> Result<(Self::Activity, Dependencies), Failure>;

    /// Whether the activity can be prepared before the earlier ones of its order key are applied,
    /// because nothing that they may change matters for it. `attempts`: the earlier tries of the row.
    async fn is_independent(
        &self,
        activity: &Self::Activity,
        attempts: i32,
    ) -> Result<bool, Failure>;

    /// Looks up and fetches everything the change needs.
    async fn prepare(
        &self,
        activity: Self::Activity,
        attempts: i32,
    ) -> Result<Self::Change, Failure>;

    /// Applies a change and completes its row in the same transaction, submitted in the order of the
    /// calls. Resolves to false where [`Completion::may_start`] was false.
    fn apply(
        &self,
        change: Self::Change,
        completion: Completion,
        attempts: i32,
    ) -> BoxFuture<'static, Result<bool, Failure>>;
}
