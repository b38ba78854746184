//! HTML of peers: sanitized it is harmless, and sanitizing it again changes nothing.
#![no_main]

libfuzzer_sys::fuzz_target!(|html: &str| domain::prose::invariants::html(html));
