//! WebFinger documents.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(value) = vocab::invariants::bytes(bytes) {
        vocab::invariants::webfinger(&value);
        federation::invariants::webfinger(&value);
    }
});
