//! Communities, their timelines, and who may not write in them.

use crate::schema::{community, community_ban, community_contact, contact_message, milestone};
use diesel::prelude::*;
use model::community::{BackfillState, MilestoneKind, Stage};
use model::membership::JoinPolicy;
use model::{ActorId, ContactMessageId, Lang, LangText, MilestoneId, Time};

/// What a community says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = community, treat_none_as_default_value = false)]
#[diesel(primary_key(actor_id), treat_none_as_null = true)]
pub struct Community {
    pub actor_id: ActorId,
    pub founded_by: Option<ActorId>,
    pub name: LangText,
    pub purpose: LangText,
    pub domain: LangText,
    #[diesel(column_name = about_community)]
    pub community: LangText,
    pub practice: LangText,
    /// Its number in the palette here, below [`model::community::COLOURS`].
    pub colour: i32,
    pub backfill: BackfillState,
    /// Its posts are for members on its own server only.
    pub private: bool,
    /// On a remote one: its threads are questions.
    pub question_answer: bool,
    /// Posts of one person of another server in an hour; 0 is no limit.
    pub posts_per_hour: i64,
    /// Of one of ours: who becomes a member.
    pub join_policy: JoinPolicy,
    pub stage: Stage,
    /// Of a planned one: the day on which it opens, `YYYY-MM-DD`; empty where it is not known.
    pub opens_on: String,
    /// The stored form of [`model::community::Purposes`].
    pub purposes: String,
}

/// Something that has happened to a community of ours.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = milestone, treat_none_as_default_value = false)]
pub struct Milestone {
    pub id: MilestoneId,
    pub community_id: ActorId,
    pub kind: MilestoneKind,
    /// `YYYY-MM-DD`.
    pub on_day: String,
    pub by_id: Option<ActorId>,
    /// The new stage or purposes; empty otherwise.
    pub word: String,
    /// The former name, or what a facilitator wrote.
    pub text: LangText,
}

/// Somebody who may not write in a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = community_ban, treat_none_as_default_value = false)]
pub struct CommunityBan {
    pub community_id: ActorId,
    pub actor_id: ActorId,
    pub until: Option<Time>,
}

/// Somebody whom visitors of a community can write to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = community_contact, treat_none_as_default_value = false)]
pub struct CommunityContact {
    pub community_id: ActorId,
    /// From 1, in the order shown.
    pub number: i32,
    pub name: String,
    /// What to write to them about.
    pub about: LangText,
    pub address: String,
    pub lang: Lang,
}

/// What a visitor wrote to a contact, empty once it is mailed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contact_message, treat_none_as_default_value = false)]
pub struct ContactMessage {
    pub id: ContactMessageId,
    pub community_id: ActorId,
    pub to_name: String,
    pub to_address: String,
    pub to_lang: Lang,
    pub name: String,
    pub address: String,
    pub text: String,
    pub written_at: Time,
}
