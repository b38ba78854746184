//! The composition root: configuration, command line, one instance put together out of the layers,
//! its router, and the demo. It decides nothing about practice.
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
pub mod router;
