//! Runs what is queued: the outbound scheduler with one lane for each peer, the inbound queue, and the job
//! runner. They know bytes, keys and addresses, not what they mean: that is behind the traits
//! [`DeliveryHooks`](outbound::DeliveryHooks), [`InboundHandler`](inbound::InboundHandler) and
//! [`Job`](jobs::Job).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod backoff;
mod context;
pub mod inbound;
pub mod jobs;
mod notifier;
pub mod outbound;
mod task_pool;

pub use backoff::Backoff;
pub use context::Context;
pub use notifier::{Notifier, Wakeups};
pub use task_pool::TaskPool;
