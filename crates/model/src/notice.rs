//! Notices to people.

use crate::text_enum;

text_enum! {
    /// Why somebody is told.
    NoticeKind labelled "notice" {
        /// Somebody replied to my post.
        Reply = "reply",
        /// My reply was accepted as an answer.
        Accepted = "accepted",
        /// Somebody wrote my handle.
        Mention = "mention",
        /// Somebody follows me, or a community I care for.
        Follow = "follow",
        /// Somebody I follow has a new address.
        Moved = "moved",
        /// An account waits for approval (to admins).
        Approval = "approval",
    }
}

impl NoticeKind {
    /// Returns the icon beside it.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Accepted => "check",
            Self::Mention => "at",
            Self::Follow => "join",
            Self::Moved => "link",
            Self::Approval => "approve",
        }
    }
}
