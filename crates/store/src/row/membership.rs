//! Members of communities, requests to join, and what is written about them.

use crate::schema::{join_message, join_request, membership};
use diesel::prelude::*;
use model::membership::{JoinMessageKind, JoinState};
use model::{ActorId, JoinMessageId, JoinRequestId, Lang, MemberRole, Time};

/// A part in a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = membership, treat_none_as_default_value = false)]
pub struct Membership {
    pub community_id: ActorId,
    pub actor_id: ActorId,
    pub role: MemberRole,
    pub since: Time,
}

/// A request to join a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = join_request, treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct JoinRequest {
    pub id: JoinRequestId,
    pub community_id: ActorId,
    /// Who asks; `None` while they have no account.
    pub actor_id: Option<ActorId>,
    pub state: JoinState,
    /// Of somebody without an account; empty for others.
    pub name: String,
    pub address: String,
    /// The language of the mails to them.
    pub lang: Lang,
    /// When it was last changed.
    pub changed_at: Time,
    /// The facilitator who decided.
    pub decided_by: Option<ActorId>,
}

/// A text that was added to a request. Its id tells when.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = join_message, treat_none_as_default_value = false)]
pub struct JoinMessage {
    pub id: JoinMessageId,
    pub request_id: JoinRequestId,
    pub kind: JoinMessageKind,
    /// The facilitator; `None` for whoever asks to join.
    pub author_id: Option<ActorId>,
    pub text: String,
}
