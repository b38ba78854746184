//! What holds of everything that strangers send, whatever stands in it: the properties of the rooms
//! and `fuzz/` try it. Ends the test where it does not hold.

pub use crate::fetch::invariants::{actor, outbox};
pub use crate::import::invariants::webfinger;
pub use crate::inbox::invariants::activity;
pub use crate::kinds::invariants::post;
pub use crate::sync::invariants::synchronization_header;
