//! Posts: the one kind of row beneath discussions, replies, questions, tips, stories,
//! announcements and events.

use crate::text_enum;

text_enum! {
    /// What a post is. A reply has the kind of a discussion, whatever its thread is.
    PostKind {
        /// An open conversation.
        Discussion = "discussion",
        /// A question that asks for an answer.
        Question = "question",
        /// A small thing that works.
        Tip = "tip",
        /// An account of what happened and what was learned.
        Story = "story",
        /// News from the facilitators.
        Announcement = "announcement",
        /// A calendar event; its times and place are in its detail row.
        Event = "event",
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
    ];
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
    Audience {
        /// Everyone, and it may be listed.
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
