//! Discussions: starting threads and replying, by people here and by peers.

mod reply;
mod start;

pub use reply::reply;
pub use start::start;
