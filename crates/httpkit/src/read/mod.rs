//! What pages and the API show: rows put together. Synchronous, for use inside `Store::read`.

pub mod account;
pub mod community;
pub mod discussion;
pub mod home;
pub mod peer;
