//! What holds of whatever is posted to an inbox.

use super::incoming::Incoming;
use super::order::order;
use model::Time;
use serde_json::Value;

/// Most bytes of a row in an index of PostgreSQL, less what the rest of the row needs.
const INDEXED: usize = 2_600;

/// What is kept of an activity fits the indexes, and a repeat is known.
pub fn activity(value: &Value) {
    let body = value.to_string();
    let Ok(incoming) = Incoming::read(value.clone()) else {
        return;
    };
    let now = Time::from_unix_millis(1_800_000_000_000);
    let origin = format!("https://{}.test", "h".repeat(250));
    let guard = incoming.guard(&origin, body.as_bytes(), now);
    assert!(guard.len() <= INDEXED, "{}", guard.len());
    assert_eq!(guard, incoming.guard(&origin, body.as_bytes(), now));
    let order = order(&incoming.value, &|_| None);
    assert!(order.key.len() <= INDEXED);
    assert!(!has_nul(&incoming.value), "{}", incoming.value);
    let _ = incoming.is_farewell();
}

/// NUL, which PostgreSQL keeps in no text.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, v)| key.contains('\0') || has_nul(v)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
