//! Reads that take no reader: rows by name, whoever may see them. The architecture test says which
//! crates may name these: those below or behind the access rule, and never `web` or `api`, which
//! read through `query`.

pub use crate::actor::raw as actor;
pub use crate::community::raw as community;
pub use crate::post::raw as post;
