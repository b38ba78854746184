//! The durable queues: jobs to run, activities to deliver, activities received. Their bookkeeping is
//! written here; all other state changes only through a verb.

pub mod activity;
pub mod clock;
pub mod delivery;
pub mod depth;
pub mod hold;
pub mod inbound;
pub mod jobs;
#[cfg(test)]
mod tests;
