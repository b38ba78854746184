//! Shared by the HTML interface and the API: sessions and tokens, rate limits, client addresses,
//! paging cursors, open event streams, drafts of posts and problem documents.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod api_error;
mod app;
pub mod body;
pub mod client;
pub mod compose;
pub mod content_policy;
pub mod invitation;
pub mod known_browser;
pub mod paging;
pub mod passkey;
pub mod peer;
pub mod rate_limits;
mod remote;
pub mod session;
pub mod single_sign_on;
pub mod streams;

pub use api_error::ApiError;
pub use app::{App, AppConfig, KeySource};
pub use client::ClientIp;
pub use remote::{Remote, RemoteObject};
pub use session::{Bearer, Me, Visitor};
