//! Reads: one function per page or list. Each takes a [`Reader`] and returns what a front end shows,
//! with what the reader may do there. Nothing is decided elsewhere: every look-up, list and count
//! goes through the store's access predicate, and every `Allowed` through `domain::access`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod account;
pub mod actor;
pub mod community;
pub mod discussion;
pub mod erase;
pub mod feed;
pub mod home;
pub mod invitation;
pub mod membership;
pub mod moderation;
pub mod moving;
pub mod notice;
pub mod notice_mail;
pub mod notice_push;
pub mod oauth;
pub mod organization;
pub mod peer;
pub mod poll;
pub mod post;
pub mod queue;
pub mod row;
pub mod search;
pub mod site;
pub mod tag;
#[cfg(test)]
mod tests;

pub use model::access::{Action, Reader, Viewer};
pub use store::Db;
