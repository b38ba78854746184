//! Reports, removals, and the moderation log.

use crate::row::PostText;
use crate::schema::{moderation_entry, removal, report};
use diesel::prelude::*;
use model::moderation::{AppealState, ModerationKind, ReportReason, ReportState};
use model::{ActorId, LangText, ModerationId, PostId, ReportId, Time};

/// What somebody tells the moderators of a post. Its id tells when.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report, treat_none_as_default_value = false)]
pub struct Report {
    pub id: ReportId,
    pub post_id: PostId,
    pub reporter_id: ActorId,
    pub reason: ReportReason,
    pub text: String,
    pub state: ReportState,
    pub decided_at: Option<Time>,
    pub decided_by: Option<ActorId>,
}

/// The removal of a post by somebody else than its author.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = removal, treat_none_as_default_value = false)]
#[diesel(primary_key(post_id), treat_none_as_null = true)]
pub struct PostRemoval {
    pub post_id: PostId,
    pub removed_by: ActorId,
    pub removed_at: Time,
    /// Administrators decide on an appeal, as a facilitator or administrator removed it.
    pub to_admins: bool,
    /// For whoever reads the place.
    pub reason: String,
    /// With the others empty once the words are deleted.
    pub title: LangText,
    pub source: LangText,
    pub html: LangText,
    pub warning: LangText,
    pub appeal_state: AppealState,
    pub appeal: String,
    pub appealed_at: Option<Time>,
}

impl PostRemoval {
    /// Returns the words that the post had; `None` once they are deleted.
    #[must_use]
    pub fn text(&self) -> Option<PostText> {
        let kept = !self.html.is_empty() || !self.title.is_empty();
        kept.then(|| PostText {
            title: self.title.clone(),
            source: self.source.clone(),
            html: self.html.clone(),
            warning: self.warning.clone(),
        })
    }
}

/// What a moderator did. Its id tells when.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = moderation_entry, treat_none_as_default_value = false)]
pub struct ModerationEntry {
    pub id: ModerationId,
    /// `None` for what administrators did with a post in no community of ours.
    pub community_id: Option<ActorId>,
    pub kind: ModerationKind,
    pub by_id: ActorId,
    /// Whom it is about.
    pub subject_id: Option<ActorId>,
    pub post_id: Option<PostId>,
    /// When a ban ends.
    pub until: Option<Time>,
    /// For whoever reads the place, and whom it is about.
    pub reason: String,
    /// For the moderators.
    pub note: String,
}
