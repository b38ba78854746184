//! One header: `Signature`, `Signature-Input`, `Digest`, `Content-Digest` or
//! `Collection-Synchronization`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    httpsig::invariants::header(text);
    federation::invariants::synchronization_header(text);
});
