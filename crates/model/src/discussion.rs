//! Threads and replies.

use crate::text_enum;

text_enum! {
    /// What a thread is meant as.
    PostKind {
        /// Open talk.
        Discussion = "discussion",
        /// Somebody needs an answer.
        Question = "question",
        /// Something small that works.
        Tip = "tip",
        /// What happened, and what was learned.
        Story = "story",
        /// News from the facilitators.
        Announcement = "announcement",
    }
}

text_enum! {
    /// Who may find a post. Only these two are stored; the rest is refused on arrival.
    Visibility {
        /// Everyone, and it may be listed.
        Public = "public",
        /// Everyone with the link; it is left out of lists of the whole instance.
        Unlisted = "unlisted",
    }
}

text_enum! {
    /// Whose hand took a post away.
    DeletedBy {
        /// Its author's.
        Author = "author",
        /// A moderator's of its community.
        Moderator = "moderator",
        /// An admin's of this instance, or its account was erased.
        Admin = "admin",
    }
}

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;
/// Longest body as typed, in characters.
pub const BODY_MAX: usize = 50_000;
/// Threads a page shows.
pub const THREADS_PER_PAGE: i64 = 30;
/// Replies a page shows.
pub const REPLIES_PER_PAGE: i64 = 50;
