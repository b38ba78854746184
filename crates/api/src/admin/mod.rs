//! Running the instance; every endpoint needs an admin's token.

mod people;
mod queue;

pub use people::*;
pub use queue::*;
