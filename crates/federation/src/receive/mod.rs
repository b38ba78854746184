//! Applies received activities: those of one order key are read in order, prepared, and applied each in one
//! transaction that also completes its row. What each type of activity does is in `activities`.

mod dependency;
mod forward;
mod handler;

pub use handler::ReadActivity;
