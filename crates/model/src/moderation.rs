//! Moderation: reports of posts, what moderators do about posts and people, and what is kept of it.

use crate::{ActorId, PostId, Time, text_enum};

text_enum! {
    /// Why somebody reports a post.
    ReportReason labelled "report-reason" {
        /// Against a rule of the community.
        Rule = "rule",
        /// Advertising or the like.
        Spam = "spam",
        /// Attacks or insults somebody.
        Harassment = "harassment",
        /// Has confidential information, or personal information about somebody's health.
        Confidential = "confidential",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// What became of a report.
    ReportState labelled "report-state" {
        /// Nobody has decided.
        Open = "open",
        /// The post stays.
        Dismissed = "dismissed",
        /// The post is removed.
        Removed = "removed",
        /// Its author is banned.
        Banned = "banned",
    }
}

text_enum! {
    /// What the author of a removed post asked for, and what came of it.
    AppealState labelled "appeal-state" {
        /// Nobody has asked.
        None = "none",
        /// The author asks for it back.
        Open = "open",
        /// It stays removed.
        Refused = "refused",
    }
}

text_enum! {
    /// What an entry of the moderation log tells.
    ModerationKind labelled "moderation" {
        Removed = "removed",
        Restored = "restored",
        Locked = "locked",
        Unlocked = "unlocked",
        Pinned = "pinned",
        Unpinned = "unpinned",
        Banned = "banned",
        BanLifted = "ban-lifted",
        Warned = "warned",
        /// A note about a person.
        Note = "note",
        /// Reports of a post were dismissed.
        Dismissed = "dismissed",
        /// A post that waited is published.
        Released = "released",
        /// A post that waited is not published.
        Refused = "refused",
        AppealRefused = "appeal-refused",
    }
}

impl ModerationKind {
    /// Those that whoever reads the community is told of, without names.
    pub const PUBLIC: &'static [Self] = &[
        Self::Removed,
        Self::Restored,
        Self::Locked,
        Self::Unlocked,
        Self::Pinned,
        Self::Unpinned,
        Self::Banned,
        Self::BanLifted,
    ];

    /// Those that whom it is about is told of.
    pub const TOLD: &'static [Self] = &[
        Self::Removed,
        Self::Restored,
        Self::Banned,
        Self::BanLifted,
        Self::Warned,
        Self::Released,
        Self::Refused,
        Self::AppealRefused,
    ];
}

text_enum! {
    /// What a moderator does with a post.
    PostAct labelled "post-act" {
        /// Leaves it, and closes its reports.
        Dismiss = "dismiss",
        Remove = "remove",
        /// Puts it back after a removal, on appeal or not.
        Restore = "restore",
        /// Leaves it removed, although its author asks for it back.
        RefuseAppeal = "refuse-appeal",
        /// Lets nobody but moderators reply in its thread.
        Lock = "lock",
        Unlock = "unlock",
        /// Shows its thread first.
        Pin = "pin",
        Unpin = "unpin",
        /// Publishes it, where it waits.
        Release = "release",
        /// Does not publish it, where it waits.
        Refuse = "refuse",
    }
}

text_enum! {
    /// What a moderator does about a person.
    PersonAct labelled "person-act" {
        Ban = "ban",
        LiftBan = "lift-ban",
        Warn = "warn",
        Note = "note",
    }
}

text_enum! {
    /// How long a ban lasts.
    BanLength labelled "ban-length" {
        Day = "day",
        Week = "week",
        Month = "month",
        /// Until it is lifted.
        Good = "good",
    }
}

impl BanLength {
    /// When a ban that begins at a time ends; `None` for one without an end.
    #[must_use]
    pub fn until(self, now: Time) -> Option<Time> {
        const DAY: i64 = 86_400;
        match self {
            Self::Day => Some(now.plus_seconds(DAY)),
            Self::Week => Some(now.plus_seconds(7 * DAY)),
            Self::Month => Some(now.plus_seconds(30 * DAY)),
            Self::Good => None,
        }
    }
}

/// What a moderator writes about what they do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModerationWords {
    /// For whoever reads the place, and whom it is about; may be empty.
    pub reason: String,
    /// For the moderators; may be empty.
    pub note: String,
}

/// What somebody is told of moderation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModerationNews {
    /// A post was reported.
    Reported {
        /// The community whose moderators decide; `None` where administrators do.
        community: Option<ActorId>,
        /// The community, else the instance.
        from: ActorId,
        told: Vec<ActorId>,
    },
    /// The reports of a post were decided.
    ReportDecided {
        post: PostId,
        /// The community, else the instance.
        from: ActorId,
        /// Who reported it.
        told: Vec<ActorId>,
        /// It was removed, or stays.
        acted: bool,
    },
    /// The author of a removed post asks for it back.
    Appealed {
        post: PostId,
        by: ActorId,
        /// Who decides.
        told: Vec<ActorId>,
    },
    /// A removed post is back, or does not come back.
    AppealDecided {
        post: PostId,
        author: ActorId,
        /// The community, else the instance.
        from: ActorId,
        restored: bool,
    },
    /// Somebody is warned, or banned.
    Told {
        community: ActorId,
        who: ActorId,
        banned: bool,
    },
    /// A post waits for moderators.
    Held {
        community: ActorId,
        told: Vec<ActorId>,
    },
    /// A post that waited is published, or is not.
    HeldDecided {
        post: PostId,
        community: ActorId,
        author: ActorId,
        released: bool,
    },
}
