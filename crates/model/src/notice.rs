//! What people are told.

use crate::text_enum;

text_enum! {
    /// Why somebody is told.
    NoticeKind {
        /// Somebody replied to my post.
        Reply = "reply",
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
