//! Notices to people.

use crate::text_enum;

text_enum! {
    /// Why somebody is told.
    NoticeKind labelled "notice" {
        /// Somebody replied to my post.
        Reply = "reply",
        /// My reply was accepted as an answer.
        Accepted = "accepted",
        /// Somebody replied in a thread that I watch.
        Watched = "watched",
        /// Somebody wrote my handle.
        Mention = "mention",
        /// A moderator, an administrator or a community on another server removed my post.
        Removed = "removed",
        /// The server of the community did not accept my post.
        Refused = "refused",
        /// A poll that I asked, or voted in, is over.
        PollEnded = "poll-ended",
        /// Somebody follows me, or a community I care for.
        Follow = "follow",
        /// Somebody I follow has a new address.
        Moved = "moved",
        /// An account waits for approval (to admins).
        Approval = "approval",
        /// Somebody asks to join a community that I facilitate, or answers what I asked.
        JoinRequest = "join-request",
        /// A facilitator has asked something about my request to join.
        JoinAsked = "join-asked",
        /// A facilitator invites me to join.
        JoinInvited = "join-invited",
        /// Somebody I invited to a community has joined it.
        InvitationAccepted = "invitation-accepted",
        /// Somebody I invited by mail to a community does not want to join it.
        InvitationDeclined = "invitation-declined",
        /// My request to join was accepted.
        JoinAccepted = "join-accepted",
        /// My request to join was declined.
        JoinDeclined = "join-declined",
        /// I have another role in a community, or am a member of it no longer.
        Role = "role",
        /// A post was reported (to moderators, or to admins).
        Report = "report",
        /// What I reported stays.
        ReportDismissed = "report-dismissed",
        /// What I reported was removed.
        ReportActed = "report-acted",
        /// A post waits for me, a moderator.
        Held = "held",
        /// My post that waited is published.
        Released = "released",
        /// My post that waited is not published.
        HeldRefused = "held-refused",
        /// Somebody asks for a post back that was removed (to those who decide).
        Appeal = "appeal",
        /// My post that was removed is back.
        Restored = "restored",
        /// My post that was removed does not come back.
        AppealRefused = "appeal-refused",
        /// Moderators warn me.
        Warned = "warned",
        /// I am banned from a community.
        Excluded = "excluded",
    }
}

impl NoticeKind {
    /// Returns the icon beside it.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Reply | Self::Watched => "reply",
            Self::Accepted => "check",
            Self::Mention => "at",
            Self::Removed => "delete",
            Self::Refused => "warn",
            Self::PollEnded => "poll",
            Self::Follow => "join",
            Self::Moved => "link",
            Self::Approval | Self::JoinAccepted => "approve",
            Self::JoinRequest | Self::JoinInvited | Self::Role => "people",
            Self::JoinAsked => "ask",
            Self::JoinDeclined
            | Self::InvitationDeclined
            | Self::Report
            | Self::HeldRefused
            | Self::Appeal
            | Self::AppealRefused
            | Self::Warned
            | Self::Excluded => "warn",
            Self::Held => "clock",
            Self::ReportDismissed
            | Self::ReportActed
            | Self::Released
            | Self::Restored
            | Self::InvitationAccepted => "check",
        }
    }
}

text_enum! {
    /// What somebody asked to be told of a thread, where that is not the usual: replies to them, and
    /// mentions.
    ThreadNotify {
        /// Every reply.
        Watch = "watch",
        /// Nothing.
        Mute = "mute",
    }
}
