//! One header: `Signature`, `Signature-Input`, `Digest`, `Content-Digest` or
//! `Collection-Synchronization`.
#![no_main]

libfuzzer_sys::fuzz_target!(|line: &str| federation::invariants::line(line));
