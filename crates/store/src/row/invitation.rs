//! Invitations to communities, and who came by them.

use crate::schema::{
    invitation, invitation_link, invitation_list, invitation_list_row, invited_member, join_setting,
};
use diesel::prelude::*;
use model::invitation::{InvitationState, ListState};
use model::{ActorId, InvitationId, InvitationLinkId, InvitationListId, Lang, Time};

/// What facilitators choose of how people join, beside the policy.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = join_setting, treat_none_as_default_value = false)]
pub struct JoinSetting {
    pub community_id: ActorId,
    /// Whether members invite as well.
    pub members_invite: bool,
    /// The stored form of `model::invitation::domains::MailDomains`.
    pub domains: String,
}

/// A link that admits whoever opens it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitation_link, treat_none_as_default_value = false)]
pub struct InvitationLink {
    pub id: InvitationLinkId,
    pub community_id: ActorId,
    pub by_id: ActorId,
    pub token_hash: String,
    pub expires_at: Time,
    pub uses_max: i32,
    pub uses_left: i32,
    pub revoked_at: Option<Time>,
}

/// An invitation by mail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = invitation, treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct Invitation {
    pub id: InvitationId,
    pub community_id: ActorId,
    pub by_id: ActorId,
    /// By a member who does not facilitate the community.
    pub from_member: bool,
    /// In the form in which two spellings are equal.
    pub address: String,
    pub name: String,
    /// The language of its mail.
    pub lang: Lang,
    /// A word of whoever invites; empty for none.
    pub words: String,
    pub state: InvitationState,
    pub changed_at: Time,
    /// When its newest mail was queued.
    pub queued_at: Time,
    pub expires_at: Time,
    /// Who has accepted it.
    pub actor_id: Option<ActorId>,
}

/// An uploaded list of people to invite.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = invitation_list, treat_none_as_default_value = false)]
pub struct InvitationList {
    pub id: InvitationListId,
    pub community_id: ActorId,
    pub by_id: ActorId,
    pub state: ListState,
    /// The number of the last row that was queued.
    pub queued_to: i32,
}

/// A row of an uploaded list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitation_list_row, treat_none_as_default_value = false)]
pub struct InvitationListRow {
    pub list_id: InvitationListId,
    /// The line of the file.
    pub number: i32,
    pub address: String,
    pub name: String,
    pub lang: Lang,
    pub words: String,
    /// The word of a `model::invitation::list::RowProblem`; empty where somebody is invited.
    pub problem: String,
}

/// Who brought whom to a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invited_member, treat_none_as_default_value = false)]
pub struct InvitedMember {
    pub community_id: ActorId,
    pub actor_id: ActorId,
    pub by_id: ActorId,
    /// The link by which they came.
    pub link_id: Option<InvitationLinkId>,
    pub since: Time,
}
