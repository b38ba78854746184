//! Activities posted to an inbox: names that fit the database, and the draft of a post.
#![no_main]

use federation::invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(value) = vocab::invariants::bytes(bytes) else {
        return;
    };
    vocab::invariants::document(&value);
    invariants::activity(&value);
    let mut inner = Some(&value);
    while let Some(value) = inner {
        invariants::post(value);
        inner = value.get("object");
    }
});
