//! Tags of communities, and the threads that have them.

use crate::schema::*;
use diesel::prelude::*;
use model::{ActorId, LangText, PostId, TagId, Time};

/// A tag of a community, ours or a peer's.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tag, treat_none_as_default_value = false)]
pub struct Tag {
    pub id: TagId,
    pub community_id: ActorId,
    pub ap_id: String,
    /// What its addresses and hashtags say, see [`model::tag::slug`].
    pub slug: String,
    pub name: LangText,
    /// When it was last renamed here, or stored from its community's server.
    pub updated_at: Time,
}

/// A slug that a tag had before.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = former_slug, treat_none_as_default_value = false)]
pub struct FormerSlug {
    pub community_id: ActorId,
    pub slug: String,
    pub tag_id: TagId,
}

/// A tag of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_tag, treat_none_as_default_value = false)]
pub struct PostTag {
    pub post_id: PostId,
    pub tag_id: TagId,
}

/// The last change of the tags of a published thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = post_tagging, treat_none_as_default_value = false)]
#[diesel(primary_key(post_id))]
pub struct PostTagging {
    pub post_id: PostId,
    /// By the clock of whoever changed them, bounded by ours.
    pub changed_at: Time,
    /// A moderator of its community chose them: its author's server no longer changes them.
    pub by_moderator: bool,
}
