//! Reads that take no reader: rows by name, whoever may see them. The architecture test says which
//! crates may name these: those below or behind the access rule, and never `web` or `api`, which
//! read through `query`.

pub mod actor;
pub mod community;
pub mod post;
