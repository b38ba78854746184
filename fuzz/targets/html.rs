//! HTML as peers send it: cleaned, it can do nothing, and it stays clean.
#![no_main]

libfuzzer_sys::fuzz_target!(|html: &str| domain::prose::invariants::html(html));
