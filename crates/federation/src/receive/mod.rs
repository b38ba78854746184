//! Receiving: the activities of one order key are read in order, what they need is looked up, and
//! the verb each calls for runs in one transaction with the end of its row. What each activity means
//! is told in `activities`. Believes nobody about somebody else's words.

mod dependency;
mod forward;
mod handler;

pub use handler::ReadActivity;
