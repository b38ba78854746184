//! The log: one entry for each thing that moderators do.

use crate::{Outcome, Tx};
use model::moderation::{ModerationKind, ModerationWords};
use model::{ActorId, ModerationId, PostId, Time};
use store::row;

/// What an entry is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Subject {
    pub community: Option<ActorId>,
    pub who: Option<ActorId>,
    pub post: Option<PostId>,
    /// When a ban ends.
    pub until: Option<Time>,
}

impl Subject {
    /// A post in a community of ours, or in none, and its author.
    pub(super) const fn of(post: &row::Post, community: Option<ActorId>) -> Self {
        Self {
            community,
            who: Some(post.author_id),
            post: Some(post.id),
            until: None,
        }
    }
}

/// Adds an entry.
pub(super) fn write(
    tx: &mut Tx<'_>,
    by: ActorId,
    kind: ModerationKind,
    subject: Subject,
    words: &ModerationWords,
) -> Outcome<()> {
    let row = row::ModerationEntry {
        id: tx.id::<ModerationId>(),
        community_id: subject.community,
        kind,
        by_id: by,
        subject_id: subject.who,
        post_id: subject.post,
        until: subject.until,
        reason: words.reason.trim().to_owned(),
        note: words.note.trim().to_owned(),
    };
    Ok(store::moderation::insert_entry(tx.db, &row)?)
}
