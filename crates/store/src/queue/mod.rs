//! The durable queues: jobs to run, activities to deliver, activities received. Each does its own
//! bookkeeping here; everything else changes only through a verb.

pub mod activity;
pub mod delivery;
pub mod hold;
pub mod inbound;
pub mod jobs;
#[cfg(test)]
mod tests;
