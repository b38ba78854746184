//! Running the instance; every endpoint needs an admin's token.

mod account;
mod inbound;
mod people;
mod queue;
mod rule;

pub use account::*;
pub use inbound::*;
pub use people::*;
pub use queue::*;
pub use rule::*;
