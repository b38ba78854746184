//! Writing documents as JSON, and cleaning the JSON of peers.

use domain::{Error, Outcome};
use serde::Serialize;
use serde_json::Value;

/// Serializes a whole document, with the context inlined.
///
/// # Errors
/// A fault when it cannot be serialized, which happens with no value of `vocab`.
pub fn document<T: Serialize>(value: T) -> Outcome<String> {
    serde_json::to_string(&vocab::with_context(value)).map_err(unwritable)
}

/// Serializes a part of another document, without a context.
///
/// # Errors
/// As [`document`].
pub fn part<T: Serialize>(value: &T) -> Outcome<Value> {
    serde_json::to_value(value).map_err(unwritable)
}

pub(crate) fn unwritable(error: serde_json::Error) -> Error {
    store::SqlError::SerializationError(Box::new(error)).into()
}

/// Removes U+0000, which PostgreSQL cannot store in a text.
pub(crate) fn without_nul(value: Value) -> Value {
    // Hardly any document has one, and checking is cheaper than rebuilding.
    if has_nul(&value) {
        nul_removed(value)
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

fn nul_removed(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "")),
        Value::Array(list) => list.into_iter().map(nul_removed).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key.replace('\0', ""), nul_removed(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nul_is_removed_everywhere() {
        let odd = json!({"a\u{0}": ["x\u{0}y", {"b": "\u{0}"}, 1, null]});
        assert_eq!(without_nul(odd), json!({"a": ["xy", {"b": ""}, 1, null]}));
        for even in [json!({"a": ["x", {"b": 1}]}), json!(null), json!("x")] {
            assert_eq!(without_nul(even.clone()), even);
        }
    }
}
