//! Signed requests, head and body: a signature is valid only for what it covers.
#![no_main]

libfuzzer_sys::fuzz_target!(|request: &[u8]| federation::invariants::head(request));
