//! Whole instances inside one process, a network between them, and peers that mean no good. A
//! test reads like a story; nothing is mocked: real databases, real HTTP on the loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on ends its test"
)]

mod asking;
mod by_hand;
mod clock;
mod database;
mod door;
mod engine;
mod flow;
mod gate;
mod hostile;
mod instance;
mod keys;
mod names;
mod network;
mod peer;
mod person;
mod process;
mod seen;
mod visits;
mod wire;

pub use database::Database;
pub use door::Head;
pub use engine::{Engine, on_postgres};
pub use federation::import::Found;
pub use flow::Flow;
pub use gate::Gate;
pub use hostile::{Answer, Asked, Hostile, Letter};
pub use instance::Instance;
pub use network::Network;
pub use person::{Community, Person};
pub use process::{Hold, Process};
pub use seen::Seen;
pub use visits::Visit;
