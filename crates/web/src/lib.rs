//! The HTML interface: pages that work without JavaScript, in English and French.
//!
//! A handler parses, reads through `query` or calls one verb, and fills a view (`views/<feature>`); a
//! view is a typed askama template under `templates/<feature>/`. Who may do what is decided by verbs and
//! by the `allowed` of `query`'s view models. Nothing here knows SQL or ActivityStreams.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::print_stdout,
        reason = "tests"
    )
)]

pub mod assets;
pub mod form;
pub mod frame;
mod handlers;
pub mod leaf;
pub mod views;

pub use handlers::routes;

#[cfg(test)]
mod tests;
