//! Lists of domains in CSV.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| model::peer::list::invariants::list(bytes));
