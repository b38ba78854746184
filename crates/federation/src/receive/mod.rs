//! Receiving: the activities of one order key are read in order, what they need is looked up, and
//! the verb each calls for runs in one transaction with the end of its row. What each activity means
//! is told in `activities`. Believes nobody about somebody else's words.

mod dependency;
mod forward;
mod handler;
pub(crate) mod outcome;
pub(crate) mod provenance;
pub(crate) mod received;
pub(crate) mod verb;

pub use handler::ReadActivity;
