//! One view per page, by feature: plain values a handler fills from rows, and the template that
//! shows them. A field named `*_html` holds sanitized markup; every other text is escaped.

pub mod account;
pub mod actor;
pub mod admin;
pub mod community;
pub mod discussion;
pub mod error;
pub mod feed;
pub mod follow_from;
pub mod home;
pub mod info;
pub mod invitation;
pub mod membership;
pub mod moderation;
pub mod notice;
pub mod oauth;
pub mod organization;
pub mod parts;
pub mod peer;
pub mod search;
pub mod setup;
pub mod space;
pub mod tag;
