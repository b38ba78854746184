//! Invariants of parsing any JSON as a received activity.

use super::incoming::Incoming;
use super::order::order;
use serde_json::Value;

/// The most bytes of a key in an index of PostgreSQL, less what the rest of the row needs.
const INDEXED: usize = 2_600;

/// The keys of an activity fit the indexes, and are the same for a repeat.
pub fn activity(value: &Value) {
    let body = value.to_string();
    let Ok(incoming) = Incoming::read(value.clone()) else {
        return;
    };
    let origin = format!("https://{}.test", "h".repeat(250));
    let guard = incoming.guard(&origin, body.as_bytes(), b"");
    assert!(guard.len() <= INDEXED, "{}", guard.len());
    assert_eq!(guard, incoming.guard(&origin, body.as_bytes(), b""));
    let order = order(&incoming.value, &|_| None);
    assert!(order.key.len() <= INDEXED);
    assert!(!has_nul(&incoming.value), "{}", incoming.value);
    let _ = incoming.is_self_delete();
}

/// Whether it contains U+0000, which PostgreSQL cannot store in a text.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, v)| key.contains('\0') || has_nul(v)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
