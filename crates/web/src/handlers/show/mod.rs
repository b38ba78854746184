//! Rows as the views show them. Pure: no reading, no rules.

pub mod actor;
pub mod community;
pub mod discussion;
pub mod prose;
