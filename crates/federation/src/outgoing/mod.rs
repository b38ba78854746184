//! Outgoing activities: built once, stored, and queued for the inboxes of their recipients.

pub(crate) mod builder;
pub(crate) mod fan_out;
mod subject;

pub use fan_out::{CHUNK, FanOut, PendingFanOut, Recipients};
