//! Actor documents and outboxes.
#![no_main]

use federation::invariants;
use serde_json::Value;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(value) = vocab::invariants::bytes(bytes) else {
        return;
    };
    vocab::invariants::document(&value);
    invariants::actor(&value);
    let items = value.get("orderedItems").and_then(Value::as_array);
    invariants::outbox(items.unwrap_or(&vec![value.clone()]));
});
