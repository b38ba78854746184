//! Signed requests with head and body: a signature is valid only for what it covers.
#![no_main]

libfuzzer_sys::fuzz_target!(|request: &[u8]| httpsig::invariants::request(request));
