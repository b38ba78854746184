//! What the HTML interface and the API share: who is asking, what they may send how often, what
//! they are told when it does not work, and the pages' contents as rows put together.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod app;
pub mod compose;
pub mod guest;
pub mod limits;
pub mod paging;
pub mod peer;
pub mod read;
mod remote;
pub mod session;
pub mod status;

pub use app::{App, AppConfig, KeySource};
pub use guest::ClientIp;
pub use remote::{Found, Remote};
pub use session::{Bearer, Me, Visitor};
pub use status::Trouble;
