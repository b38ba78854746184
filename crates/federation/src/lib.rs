//! ActivityPub: receives, applies, imports, sends and serves activities and objects.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod activities;
mod ap_traits;
pub mod context;
mod delivery_hooks;
mod failure;
pub mod fetch;
pub mod identity;
pub mod import;
pub mod inbox;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;
mod json;
mod json_format;
mod kinds;
pub mod outgoing;
mod own_ids;
#[cfg(test)]
mod properties;
pub mod publish;
pub mod receive;
pub mod serve;
pub mod sync;
#[cfg(test)]
mod test_instance;
mod text;
mod verb;
