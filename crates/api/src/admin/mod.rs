//! Running the instance; every endpoint needs an admin's token.

mod inbound;
mod people;
mod queue;
mod rule;

pub use inbound::*;
pub use people::*;
pub use queue::*;
pub use rule::*;
