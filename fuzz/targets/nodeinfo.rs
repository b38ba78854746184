//! NodeInfo: the list of versions, and the document.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(value) = vocab::invariants::bytes(bytes) {
        vocab::invariants::node_info(&value);
    }
});
