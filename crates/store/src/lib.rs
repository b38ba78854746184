//! The durable memory: schema, rows, queries, transactions and queues, on SQLite or PostgreSQL.
//! It decides nothing; the rules live in `domain`.
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
pub mod connection;
mod each;
pub mod engine;
pub mod follow;
mod fragment;
mod id_collision;
pub mod invitation;
pub mod media;
pub mod membership;
pub mod moderation;
pub mod notice;
pub mod notice_mail;
pub mod notice_push;
pub mod oauth;
pub mod organization;
pub mod peer;
pub mod poll;
pub mod post;
pub mod process;
pub mod queue;
pub mod raw;
pub mod retention;
pub mod row;
#[allow(missing_docs, reason = "tables; the migrations tell what they mean")]
pub mod schema;
pub mod search;
pub mod site;
pub mod space;
pub mod tag;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod thread_notify;

mod visible;

pub use connection::Db;
/// What a query answers when it fails, under a name that does not drag the query builder along.
pub use diesel::result::Error as SqlError;
#[allow(unused_imports, reason = "not every build has a room that needs it")]
pub(crate) use each::each;
pub use engine::{
    Backend, OpenOptions, RestoreClaim, ServeLock, Store, StoreError, Synchronous, WriteError,
};
