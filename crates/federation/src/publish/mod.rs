//! The jobs that send: each renders its activities, stores them once, and queues them for the inboxes of their
//! recipients, in one transaction. A job that runs twice sends once. The state has changed before a job runs:
//! a deleted actor still signs its last activities.

mod actor;
mod catch_up;
mod discussion;
mod follow;
mod like;
mod poll;
mod relay;
#[cfg(test)]
mod tests;
