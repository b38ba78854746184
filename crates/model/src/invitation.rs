//! Invitations to a community: by mail, by a link that admits, and by a list of people; and the mail domains whose people
//! are admitted at once.

pub mod domains;
pub mod list;

use crate::job::Payload;
use crate::{InvitationId, InvitationListId, Lang, text_enum};
use serde::{Deserialize, Serialize};

/// Seconds for which an invitation by mail can be accepted: thirty days.
pub const INVITATION_SECONDS: i64 = 30 * 86_400;
/// Seconds after a mail in which an invitation is not sent again: a day.
pub const RESEND_PAUSE_SECONDS: i64 = 86_400;
/// Addresses typed at once.
pub const ADDRESSES_MAX: usize = 50;
/// The word of whoever invites, in characters.
pub const WORDS_MAX: usize = 1_000;
/// The name of somebody who is invited, in characters.
pub const NAME_MAX: usize = 120;
/// Mails with invitations of one community in a day.
pub const COMMUNITY_PER_DAY: i64 = 1_000;
/// Mails with invitations of this server in a day.
pub const SITE_PER_DAY: i64 = 5_000;
/// Invitations of a member who does not facilitate the community in a day, by mail and as many by username.
pub const MEMBER_PER_DAY: i64 = 5;
/// How often a link may be used.
pub const LINK_USES_MAX: i32 = 1_000;
/// Links of a community that can be used.
pub const LINKS_MAX: i64 = 50;
/// Lists that are uploaded in a community in a day.
pub const LISTS_PER_DAY: i64 = 20;

text_enum! {
    /// What became of an invitation by mail.
    InvitationState labelled "invitation-state" {
        /// Its mail waits.
        Queued = "queued",
        /// Its mail was sent.
        Sent = "sent",
        /// The mail could not be delivered.
        Refused = "refused",
        /// Whoever was invited has joined.
        Accepted = "accepted",
        /// Whoever was invited does not want to join.
        Declined = "declined",
        /// It was taken back.
        Revoked = "revoked",
    }
}

impl InvitationState {
    /// Whether it can be accepted while it has not expired.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Sent | Self::Refused)
    }
}

text_enum! {
    /// How long a link that admits can be used.
    LinkLife labelled "link-life" {
        Day = "day",
        Week = "week",
        Month = "month",
        Quarter = "quarter",
    }
}

impl LinkLife {
    /// Returns how long that is, in seconds; a month has thirty days, a quarter ninety.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 30 * 86_400,
            Self::Quarter => 90 * 86_400,
        }
    }
}

text_enum! {
    /// How far an uploaded list has come.
    ListState {
        /// Its rows are being stored.
        Loading = "loading",
        /// It waits to be confirmed.
        Draft = "draft",
        /// Its invitations are being queued.
        Confirmed = "confirmed",
        /// All are queued.
        Done = "done",
    }
}

/// Somebody to be invited by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    pub name: String,
    /// In the form in which two spellings are equal.
    pub address: String,
    pub lang: Lang,
    /// A word of whoever invites; empty for none.
    pub words: String,
}

/// Sends the mail of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendInvitation {
    pub invitation: InvitationId,
}

impl Payload for SendInvitation {
    const KIND: &'static str = "send_invitation";

    const RETRY_SECONDS: &'static [i64] = &[60, 300, 1_800, 7_200, 28_800, 86_400];

    fn order_key(&self) -> Option<String> {
        Some(format!("invitation {}", self.invitation.0))
    }
}

/// Queues the mails of a list that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueInvitations {
    pub list: InvitationListId,
}

impl Payload for QueueInvitations {
    const KIND: &'static str = "queue_invitations";

    fn order_key(&self) -> Option<String> {
        Some(format!("invitations {}", self.list.0))
    }
}
