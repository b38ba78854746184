//! Reads that take no reader: rows by name, whoever may see them. Only `domain`, `federation`,
//! `delivery` and `jobs` may use these (tests/it/architecture.rs): what answers a person or a peer reads through
//! the rooms, which filter by `crate::visible`.

pub use crate::actor::raw as actor;
pub use crate::community::raw as community;
pub use crate::post::raw as post;
