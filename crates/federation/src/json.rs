//! Writing documents as JSON, and cleaning the JSON of peers.

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

/// Without the one character that PostgreSQL keeps in no text.
pub(crate) fn without_nul(value: Value) -> Value {
    // Nearly nobody sends one, and looking is cheaper than building everything anew.
    if has_nul(&value) {
        dropped(value)
    } else {
        value
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(has_nul),
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn dropped(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "")),
        Value::Array(list) => list.into_iter().map(dropped).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key.replace('\0', ""), dropped(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nul_is_dropped_wherever_it_stands() {
        let odd = json!({"a\u{0}": ["x\u{0}y", {"b": "\u{0}"}, 1, null]});
        assert_eq!(without_nul(odd), json!({"a": ["xy", {"b": ""}, 1, null]}));
        for even in [json!({"a": ["x", {"b": 1}]}), json!(null), json!("x")] {
            assert_eq!(without_nul(even.clone()), even);
        }
    }
}
