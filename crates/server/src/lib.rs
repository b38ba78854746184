//! The composition root: configuration, command line, an instance composed of the layers, its router,
//! and the demo. It contains no rules of practice.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod cli;
pub mod config;
pub mod demo;
pub mod instance;
mod log;
mod metrics;
pub mod router;
