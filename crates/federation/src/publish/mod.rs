//! The jobs that send: each renders its activities, freezes them once, and queues them to the
//! inboxes they go to, all in one write. Run twice, a job sends once. It decides nothing about
//! practice: that has happened when a job runs, so a deleted actor still signs its last activities.

mod actor;
mod catch_up;
mod discussion;
mod follow;
mod like;
mod relay;
#[cfg(test)]
mod tests;
