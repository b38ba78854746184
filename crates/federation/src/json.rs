//! Writing documents as JSON.

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
