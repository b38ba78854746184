//! Conversions of rows to parts of views. Pure: no queries, no rules.

pub mod actor;
pub mod community;
pub mod details;
pub mod discussion;
pub mod organization;
pub mod poll;
pub mod prose;
pub mod space;
pub mod tag;
