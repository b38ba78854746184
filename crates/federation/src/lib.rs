//! The ActivityPub seam: signatures, the guarded client, and who is meant by a handle or a URL.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod delivery_hooks;
pub mod fetch;
#[cfg(test)]
mod house;
pub mod identity;
pub mod inbox;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;
mod json_format;
#[cfg(test)]
mod properties;
pub mod receive;
pub mod render;
pub mod seam;
pub mod send;
pub mod serve;
mod signature_forms;
pub mod sync;
