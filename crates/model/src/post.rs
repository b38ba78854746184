//! Posts: the one kind of row beneath discussions, replies, questions, tips, stories,
//! announcements, events and polls.

use crate::{PollDetails, Time, text_enum};

text_enum! {
    /// What a post is. A reply has the kind of a discussion, whatever its thread is.
    #[derive(Default)]
    PostKind labelled "kind" {
        /// An open conversation.
        #[default]
        Discussion = "discussion",
        /// A question that asks for an answer.
        Question = "question",
        /// A small thing that works.
        Tip = "tip",
        /// An account of what happened and what was learned.
        Story = "story",
        /// News from the facilitators.
        Announcement = "announcement",
        /// A calendar event, with [`EventDetails`].
        Event = "event",
        /// A question with choices that people vote for, with [`PollDetails`].
        Poll = "poll",
    }
}

impl PostKind {
    /// The kinds that a person starts with the composer, in the order it offers them.
    pub const COMPOSED: &'static [Self] = &[
        Self::Discussion,
        Self::Question,
        Self::Tip,
        Self::Story,
        Self::Announcement,
        Self::Poll,
    ];

    /// Whether a post of this kind has [`PostDetails`].
    #[must_use]
    pub const fn has_details(self) -> bool {
        match self {
            Self::Event | Self::Poll => true,
            Self::Discussion | Self::Question | Self::Tip | Self::Story | Self::Announcement => {
                false
            }
        }
    }

    /// Returns the icon beside the label, for what is more than a text.
    #[must_use]
    pub const fn icon(self) -> Option<&'static str> {
        match self {
            Self::Event => Some("calendar"),
            Self::Poll => Some("poll"),
            Self::Discussion | Self::Question | Self::Tip | Self::Story | Self::Announcement => {
                None
            }
        }
    }
}

/// What only one kind of post has, as its detail table holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostDetails {
    Event(EventDetails),
    Poll(PollDetails),
}

impl PostDetails {
    /// Returns the kind of post that has these details.
    #[must_use]
    pub const fn kind(&self) -> PostKind {
        match self {
            Self::Event(_) => PostKind::Event,
            Self::Poll(_) => PostKind::Poll,
        }
    }
}

/// When and where an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDetails {
    pub starts_at: Time,
    pub ends_at: Option<Time>,
    /// IANA name of the time zone, where it is known.
    pub zone: Option<String>,
    /// Seconds east of UTC, as its start was written.
    pub utc_offset: i32,
    /// Name and address in one line; empty where none was given.
    pub place: String,
}

text_enum! {
    /// Where a post is in its life. Who may see each is decided by [`crate::access::may`].
    PostState {
        /// Published.
        Live = "live",
        /// Waiting for a moderator; seen by its author and the community's moderators.
        Held = "held",
        /// Hidden by a moderator; seen by its author and the community's moderators.
        Hidden = "hidden",
        /// Not published yet; seen by its author.
        Draft = "draft",
        /// Removed: the words are gone, the row keeps its place in the thread.
        Tombstone = "tombstone",
    }
}

text_enum! {
    /// Who finds a post, within what its place allows. Other audiences are refused on arrival.
    #[derive(Default)]
    Audience {
        /// Everyone, and it may be listed.
        #[default]
        Public = "public",
        /// Everyone with the link; it is left out of lists of the whole instance and of search.
        Unlisted = "unlisted",
    }
}

text_enum! {
    /// Who removed a post.
    DeletedBy {
        /// Its author.
        Author = "author",
        /// A moderator of its community.
        Moderator = "moderator",
        /// An admin of this instance, or its account was erased.
        Admin = "admin",
    }
}
