//! Importing: posts that were not delivered to us are fetched and taken in: what somebody asks for, the
//! rest of a thread, the past of a community that was just followed.

mod backfill;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod lookup;
mod object;
mod place;
pub(crate) mod post;
#[cfg(test)]
mod properties;
pub(crate) mod provenance;
mod thread;

pub use lookup::{Found, lookup};
pub use object::object;

pub(crate) use object::{parent, take_wanted};
pub(crate) use thread::around;
