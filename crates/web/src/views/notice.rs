//! The list of notices: replies, mentions, follows.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::frame::Frame;
use crate::views::parts::{Pager, Person};

/// One notice.
#[derive(Debug, Clone)]
pub struct Notice {
    pub icon: &'static str,
    /// The person who caused it.
    pub person: Person,
    /// The message after the person's name.
    pub message: &'static str,
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
