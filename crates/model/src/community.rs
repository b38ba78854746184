//! Communities: what they say of themselves, and the roles in them.

use crate::{LangText, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// A person's part in a community. Following is not membership.
    MemberRole labelled "role" {
        /// Takes part.
        Member = "member",
        /// Keeps the peace.
        Moderator = "moderator",
        /// Cares for the community; may do what a moderator may.
        Facilitator = "facilitator",
    }
}

text_enum! {
    /// How far the recent threads of a remote community have been imported. Only what somebody here asks
    /// for is: otherwise any message of an unknown community would make us fetch its outbox.
    BackfillState {
        /// Nobody here has looked it up or followed it.
        None = "none",
        /// A job imports them.
        Requested = "requested",
        /// Done, as far as its server lets us.
        Done = "done",
    }
}

/// What a community says of itself; each text in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Charter {
    /// Its name, at most [`crate::limits::COMMUNITY_NAME_MAX`] characters.
    pub name: LangText,
    /// One sentence: what it is for, at most [`crate::limits::PURPOSE_MAX`] characters.
    pub purpose: LangText,
    /// What we care about (Markdown).
    pub domain: LangText,
    /// Who we are (Markdown).
    pub community: LangText,
    /// What we do together (Markdown).
    pub practice: LangText,
    /// The languages it speaks.
    pub languages: Vec<String>,
}

/// How many palette colours there are.
pub const COLOURS: u32 = 24;

/// A palette colour, 0–23, made from a handle. A community has a stored colour instead, which its
/// facilitators can change.
#[must_use]
pub fn colour(handle: &str) -> u32 {
    fingerprint(handle) % COLOURS
}

/// The FNV-1a hash of a handle, from which the colour is made.
#[must_use]
pub fn fingerprint(handle: &str) -> u32 {
    handle.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
