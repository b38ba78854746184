//! Outbound documents: rows in, ActivityPub out. What a document needs is read in one go by
//! `gather`; the rest is pure. Everything here is done before a write or after a read, never
//! inside a transaction. It refuses nothing: who may see what is decided by its callers.

mod actor;
mod collection;
mod discussion;
mod gather;
#[cfg(test)]
pub(crate) mod samples;
mod summary;
#[cfg(test)]
pub(crate) mod tests;
mod words;

pub use actor::{actor, address, type_word};
pub use collection::{context, context_page, moderators, totals};
pub use discussion::{object, tombstone};
pub use gather::{ActorDocumentData, PostDocumentData, portrait, visible_to, written};

use domain::{Error, Outcome};
use serde::Serialize;
use serde_json::Value;

/// A whole document: the thing with the inlined context before it.
///
/// # Errors
/// A fault when it cannot be written as JSON, which no value of `vocab` brings about.
pub fn document<T: Serialize>(thing: T) -> Outcome<String> {
    serde_json::to_string(&vocab::with_context(thing)).map_err(unwritable)
}

/// A part of another document: no context of its own.
///
/// # Errors
/// As [`document`].
pub fn part<T: Serialize>(thing: &T) -> Outcome<Value> {
    serde_json::to_value(thing).map_err(unwritable)
}

pub(crate) fn unwritable(error: serde_json::Error) -> Error {
    store::SqlError::SerializationError(Box::new(error)).into()
}
