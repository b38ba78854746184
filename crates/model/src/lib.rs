//! The nouns of Hedgerow: ids, handles, roles, time, facts, jobs, refusals, and
//! the pure rules over them. No IO, no clock of its own, no wire format.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod access;
pub mod account;
pub mod account_name;
pub mod actor;
pub mod claim;
pub mod community;
mod csv;
pub mod fact;
pub mod handle;
pub mod host;
pub mod id;
pub mod invitation;
pub mod job;
pub mod lang;
pub mod lang_text;
pub mod limits;
pub mod mail;
pub mod membership;
pub mod memory_budget;
pub mod moderation;
pub mod name;
pub mod network;
pub mod notice;
pub mod notice_mail;
pub mod notice_push;
pub mod oauth;
pub mod organization;
pub mod origin;
pub mod peer;
pub mod poll;
pub mod post;
pub mod profile;
pub mod refusal;
pub mod search;
pub mod site;
pub mod tag;
pub mod text_enum;
pub mod time;
pub mod urls;

pub use account::{AccountState, AdminActionKind, SiteRole};
pub use account_name::AccountName;
pub use actor::{ActorKind, ActorState, SeenBy};
pub use community::MemberRole;
pub use fact::Fact;
pub use handle::{Address, Handle};
pub use id::*;
pub use lang::Lang;
pub use lang_text::LangText;
pub use origin::{Origin, Via};
pub use poll::{PollDetails, PollResults, PollTally, PollWay};
pub use post::{Audience, DeletedBy, EventDetails, PostDetails, PostKind, PostState};
pub use refusal::{Refusal, Why};
pub use site::{InfoPage, Registration, Site};
pub use time::{Clock, SystemClock, Time};
pub use urls::Urls;
