//! Where a change comes from. A local form and a peer's activity call the same verb.

use crate::{ActorId, PeerId, Time};

/// How a peer's change reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// Its author sent it to us.
    Delivered,
    /// A community announced it.
    Announced,
    /// We fetched it: backfill, or a thread completed. Never announced, noticed or mailed.
    Fetched,
}

/// Ours, or a peer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Made here.
    Local,
    /// Made elsewhere.
    Remote {
        /// What the world calls it.
        ap_id: String,
        /// Whose it is.
        peer: PeerId,
        /// When, by its author's clock; clamped where it is used.
        published: Option<Time>,
        /// How it came.
        via: Via,
        /// Where its own server shows it to people, where that is not `ap_id`.
        url: Option<String>,
        /// The collection its conversation's owner keeps (FEP-7888), as it names it.
        context: Option<String>,
        /// When its text was last changed, by its author's clock, where it was.
        updated: Option<Time>,
        /// The communities that a thread names, as [`crate::claim::named`] lists them.
        named: String,
        /// The community that announced it, where one did.
        announcer: Option<ActorId>,
        /// The received activity, byte for byte, where our community may have to announce it.
        activity: Option<String>,
    },
}

impl Origin {
    /// It is a peer's.
    #[must_use]
    pub const fn is_remote(&self) -> bool {
        matches!(self, Self::Remote { .. })
    }

    /// It is news: made here, delivered or announced; not fetched.
    #[must_use]
    pub const fn is_news(&self) -> bool {
        !matches!(
            self,
            Self::Remote {
                via: Via::Fetched,
                ..
            }
        )
    }

    /// When its text was changed after it was made, by the peer's claim.
    #[must_use]
    pub fn edited(&self, now: Time) -> Option<Time> {
        match self {
            Self::Local => None,
            Self::Remote { updated, .. } => {
                let at = updated.map(|at| at.clamp_published(now))?;
                (at > self.published(now)).then_some(at)
            }
        }
    }

    /// The same, of which no community of ours announces anything.
    #[must_use]
    pub fn unannounced(mut self) -> Self {
        if let Self::Remote { activity, .. } = &mut self {
            *activity = None;
        }
        self
    }

    /// When it was made, by what the peer says; `None` for what was made here, and where it does not say.
    #[must_use]
    pub const fn claimed(&self) -> Option<Time> {
        match self {
            Self::Local => None,
            Self::Remote { published, .. } => *published,
        }
    }

    /// When it was made: the peer's claim clamped, else now.
    #[must_use]
    pub fn published(&self, now: Time) -> Time {
        match self {
            Self::Local => now,
            Self::Remote { published, .. } => published.map_or(now, |at| at.clamp_published(now)),
        }
    }
}
