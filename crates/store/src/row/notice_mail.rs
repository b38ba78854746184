//! Notices by mail.

use crate::schema::*;
use diesel::prelude::*;
use model::notice_mail::{MailHours, MailState, MailTopic, Rhythm};
use model::{ActorId, MailId, NoticeId, PostId, Time};

/// How often somebody is told of a topic by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_choice, treat_none_as_default_value = false)]
pub struct MailChoice {
    pub account_id: ActorId,
    pub topic: MailTopic,
    /// The community that it is for; `None` for every one without a choice of its own.
    pub community_id: Option<ActorId>,
    pub rhythm: Rhythm,
}

/// When somebody gets mail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_setting, treat_none_as_default_value = false)]
pub struct MailSetting {
    pub account_id: ActorId,
    pub hour: i32,
    pub weekday: i32,
    pub quiet_from: Option<i32>,
    pub quiet_to: Option<i32>,
    /// When the next digest is due.
    pub digest_at: Time,
    /// Until when the topics of each rhythm have been told.
    pub daily_from: Time,
    pub weekly_from: Time,
    /// What links that unsubscribe are signed with; empty until the first mail.
    pub unsubscribe_key: String,
}

impl MailSetting {
    /// The setting of somebody who has chosen nothing, with what came from `now` on.
    #[must_use]
    pub fn new(account_id: ActorId, hours: MailHours, now: Time, digest_at: Time) -> Self {
        Self {
            account_id,
            hour: 0,
            weekday: 0,
            quiet_from: None,
            quiet_to: None,
            digest_at,
            daily_from: now,
            weekly_from: now,
            unsubscribe_key: String::new(),
        }
        .with(hours)
    }

    /// Returns the hours.
    #[must_use]
    pub fn hours(&self) -> MailHours {
        let hour = |stored: i32| u32::try_from(stored).unwrap_or(0);
        MailHours {
            hour: hour(self.hour),
            weekday: hour(self.weekday),
            quiet: self.quiet_from.map(hour).zip(self.quiet_to.map(hour)),
        }
    }

    /// The same with other hours.
    #[must_use]
    pub fn with(self, hours: MailHours) -> Self {
        let stored = |hour: u32| i32::try_from(hour).unwrap_or(0);
        Self {
            hour: stored(hours.hour),
            weekday: stored(hours.weekday),
            quiet_from: hours.quiet.map(|(from, _)| stored(from)),
            quiet_to: hours.quiet.map(|(_, to)| stored(to)),
            ..self
        }
    }
}

/// A mail of notices, or a digest, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_mail, treat_none_as_default_value = false)]
pub struct NoticeMail {
    pub id: MailId,
    pub account_id: ActorId,
    /// The word of a `MailTopic`, or [`NoticeMail::DIGEST`].
    pub topic: String,
    /// The first post of the thread that it tells of.
    pub thread_id: Option<PostId>,
    /// It tells of notices from this one on; zero where it tells of a new thread.
    pub first_notice: NoticeId,
    pub state: MailState,
    /// The word of a `MailFailureKind`; empty for none.
    pub failure: String,
    pub created_at: Time,
    pub changed_at: Time,
}

impl NoticeMail {
    /// The topic of a digest.
    pub const DIGEST: &'static str = "digest";
}
