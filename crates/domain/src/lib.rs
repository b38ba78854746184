//! The verbs: one function per change of state. A verb checks the rules, writes rows and records
//! facts; `Ops` is the only way to call them, and commits what the facts' listeners derive (jobs and
//! notices) with the change.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod access;
pub mod account;
pub mod actor;
pub mod community;
pub mod discussion;
mod error;
pub mod follow;
pub mod keys;
pub mod listeners;
pub mod membership;
pub mod moderation;
pub mod notice;
pub mod oauth;
mod ops;
pub mod organization;
pub mod password;
pub mod peer;
pub mod poll;
pub mod post;
pub mod prose;
pub mod search;
pub mod secret;
pub mod site;
pub mod tag;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod totp;
pub mod vapid;

pub use error::{Error, Outcome};
pub use ops::{Ops, OpsConfig, Tx};
