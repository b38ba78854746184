//! ActivityStreams and ActivityPub JSON as it is on the wire: lenient with what peers send (unknown
//! types and keys never fail, a value of the wrong shape is read as absent), exact in what we emit.
//! It uses no database, no HTTP and no other crate of the workspace.
#![recursion_limit = "256"]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod activity;
pub mod actor;
pub mod audience;
pub mod collection;
pub mod context;
pub mod language;
mod lenient;
pub mod link;
pub mod nodeinfo;
pub mod object;
mod parse;
pub mod poll;
pub mod webfinger;

#[cfg(test)]
mod fixtures;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;
#[cfg(test)]
mod properties;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use activity::Activity;
pub use actor::Actor;
pub use audience::{Audience, PUBLIC, is_public};
pub use collection::Collection;
pub use context::{WithContext, with_context};
pub use language::{LangMap, Language};
pub use lenient::{id_of, kind_of};
pub use link::{Attachment, Image, Source, Tag};
pub use nodeinfo::NodeInfo;
pub use object::Object;
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_PARTS, ParseError, parse, parts};
pub use poll::PollChoice;
pub use webfinger::Jrd;

/// The media type of every ActivityPub document that we serve and send.
pub const CONTENT_TYPE: &str = "application/activity+json";

/// The `Accept` header of our requests: the plain type, then the JSON-LD one with its profile
/// (ActivityPub §3.2).
pub const ACCEPT: &str = "application/activity+json, \
     application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
