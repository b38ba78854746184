//! Markdown as people and peers write it.
#![no_main]

libfuzzer_sys::fuzz_target!(|md: &str| domain::prose::invariants::markdown(md));
