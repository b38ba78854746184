//! Imports posts that were not delivered: those that somebody asks for, the rest of a thread, and the past
//! of a community that was just followed.

mod backfill;
mod follow_page;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod lookup;
mod node_info;
mod object;
mod place;
pub(crate) mod post;
#[cfg(test)]
mod properties;
pub(crate) mod provenance;
mod thread;

pub use follow_page::{follow_page, home_account};
pub use lookup::{LookupResult, lookup};
pub use object::object;

pub(crate) use object::{import_requested, parent};
pub(crate) use thread::import_conversation;
