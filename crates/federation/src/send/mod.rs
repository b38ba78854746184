//! What jobs send: each function renders, freezes the activities once, and queues them to the
//! inboxes they go to, all in one write. Run twice, a job sends once. It decides nothing about
//! practice: that has happened when a job runs, so a deleted actor still signs its last words.

mod actor;
mod catch_up;
mod discussion;
mod fan_out;
mod follow;
mod letter;
mod like;
mod relay;
#[cfg(test)]
mod tests;

pub use actor::{actor, actor_removed, moved};
pub use catch_up::catch_up;
pub use discussion::post;
pub use fan_out::{CHUNK, fan_out};
pub use follow::{answer_follow, follow};
pub use like::like;
pub(crate) use relay::announced_at_once;
pub use relay::{announce_thread, relay};
