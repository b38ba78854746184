//! Invariants of what is parsed from untrusted input, which property tests and `fuzz/` check. They panic where one
//! does not hold.

pub use crate::fetch::invariants::{actor, outbox};
pub use crate::import::invariants::webfinger;
pub use crate::inbox::invariants::activity;
pub use crate::kinds::invariants::post;
pub use crate::sync::invariants::synchronization_header;
