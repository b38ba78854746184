//! Reads that take no reader and check no access. The architecture test says which
//! crates may name these: those below or behind the access rule, and never `web` or `api`, which
//! read through `query`.

pub mod actor;
pub mod community;
pub mod post;
