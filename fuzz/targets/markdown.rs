//! Markdown of people and peers.
#![no_main]

libfuzzer_sys::fuzz_target!(|md: &str| domain::prose::invariants::markdown(md));
