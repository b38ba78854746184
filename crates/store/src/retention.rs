//! Retention: how long rows are kept that are of no more use. Each rule is defined beside the query
//! that deletes; here they are listed.

use crate::queue::{activity, delivery, inbound};
use crate::{
    Db, account, community, invitation, membership, moderation, notice_mail, notice_push, oauth,
    peer, post,
};
use diesel::QueryResult;
use model::Time;

/// Rows deleted in one transaction.
pub const CHUNK: i64 = 500;

pub(crate) const DAY: i64 = 86_400;

/// A rule: what is deleted, and when.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Names it in log lines.
    pub name: &'static str,
    pub keep_seconds: i64,
    /// Deletes at most so many rows that are older than a moment. Returns whether there may be more.
    pub delete: fn(&mut Db, Time, i64) -> QueryResult<bool>,
}

/// All rules, in the order they are applied.
pub const RULES: &[Retention] = &[
    inbound::BODY_RETENTION,
    inbound::RETENTION,
    delivery::FAILED_RETENTION,
    post::TOMBSTONE_RETENTION,
    post::SUBMISSION_RETENTION,
    post::EDIT_PACE_RETENTION,
    peer::discarded::RETENTION,
    peer::refused_form::RETENTION,
    activity::RETENTION,
    account::SESSION_RETENTION,
    account::sign_in_link::RETENTION,
    account::mail::RETENTION,
    account::sign_in_step::RETENTION,
    account::passkey_challenge::RETENTION,
    account::oidc_step::RETENTION,
    membership::RETENTION,
    community::contact::RETENTION,
    moderation::WORDS_RETENTION,
    moderation::REPORT_RETENTION,
    moderation::ENTRY_RETENTION,
    invitation::RETENTION,
    invitation::LIST_RETENTION,
    notice_mail::RETENTION,
    notice_push::RETENTION,
    oauth::CODE_RETENTION,
    oauth::TOKEN_RETENTION,
    oauth::APP_RETENTION,
];
