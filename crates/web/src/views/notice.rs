//! The list of notices: replies, mentions, follows.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::frame::Frame;
use crate::views::parts::{Pager, Person};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    Reply,
    Mention,
    Follow,
    /// A community we look after is followed.
    FollowPlace,
    Like,
    /// A follow of ours was accepted by another server.
    Accepted,
    /// Somebody I follow has a new address.
    Moved,
    /// An account waits for approval (administrators).
    Waiting,
}

impl NoticeKind {
    fn icon(self) -> &'static str {
        match self {
            NoticeKind::Reply => "reply",
            NoticeKind::Mention => "at",
            NoticeKind::Follow | NoticeKind::FollowPlace => "join",
            NoticeKind::Like => "heart",
            NoticeKind::Accepted => "check",
            NoticeKind::Moved => "link",
            NoticeKind::Waiting => "approve",
        }
    }

    fn key(self) -> &'static str {
        match self {
            NoticeKind::Reply => "notice-reply",
            NoticeKind::Mention => "notice-mention",
            NoticeKind::Follow => "notice-follow",
            NoticeKind::FollowPlace => "notice-follow-place",
            NoticeKind::Like => "notice-like",
            NoticeKind::Accepted => "notice-accepted",
            NoticeKind::Moved => "notice-moved",
            NoticeKind::Waiting => "notice-waiting",
        }
    }
}

/// One notice.
#[derive(Debug, Clone)]
pub struct Notice {
    pub kind: NoticeKind,
    /// The person who caused it.
    pub person: Person,
    /// Its subject: (title, URL).
    pub subject: Option<(String, String)>,
    pub excerpt: Option<String>,
    pub at: DateTime<Utc>,
    pub unread: bool,
}

#[derive(Debug, Template)]
#[template(path = "notice/list.html")]
pub struct Notices {
    pub f: Frame,
    pub notices: Vec<Notice>,
    pub pager: Pager,
}

#[cfg(test)]
mod tests;
