//! Notices by web push.

use crate::schema::*;
use diesel::prelude::*;
use model::notice_mail::MailTopic;
use model::notice_push::PushState;
use model::{ActorId, NoticeId, PostId, PushId, PushSubscriptionId, SessionId, Time};

/// A browser that takes push messages, in one session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_subscription, treat_none_as_default_value = false)]
pub struct PushSubscription {
    pub id: PushSubscriptionId,
    pub account_id: ActorId,
    pub session_id: SessionId,
    /// The address at a push service at which messages to it are posted.
    pub endpoint: String,
    /// What they are encrypted with (RFC 8291): its public key and its secret, in base64url.
    pub p256dh: String,
    pub auth: String,
    pub created_at: Time,
}

/// Whether somebody is told of a topic by push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_choice, treat_none_as_default_value = false)]
pub struct PushChoice {
    pub account_id: ActorId,
    pub topic: MailTopic,
    /// The community that it is for; `None` for every one without a choice of its own.
    pub community_id: Option<ActorId>,
    pub wanted: bool,
}

/// A push message of a notice or a new thread, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_push, treat_none_as_default_value = false)]
pub struct NoticePush {
    pub id: PushId,
    pub account_id: ActorId,
    /// It may have ended since.
    pub subscription_id: PushSubscriptionId,
    pub topic: MailTopic,
    /// The first post of the thread that it tells of.
    pub thread_id: Option<PostId>,
    /// Zero where it tells of a new thread.
    pub notice_id: NoticeId,
    pub state: PushState,
    /// The word of a `PushFailureKind`; empty for none.
    pub failure: String,
    pub created_at: Time,
    pub changed_at: Time,
}
