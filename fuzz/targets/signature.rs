//! Signed requests, head and body: each is believed only for what its signature covers.
#![no_main]

libfuzzer_sys::fuzz_target!(|request: &[u8]| federation::invariants::head(request));
