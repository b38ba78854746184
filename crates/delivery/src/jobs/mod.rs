//! The job runner and the schedules. The job table holds what is to be done; a [`Registry`] says which
//! body runs for each kind of job, and in which context. The bodies are elsewhere.

mod job;
mod registry;
mod runner;
mod schedule;
#[cfg(test)]
mod tests;

pub use job::{Job, WaitsFor};
pub use registry::Registry;
pub use runner::Runner;
pub use schedule::{Schedule, Scheduler};
