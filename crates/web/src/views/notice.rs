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
    /// How many others did the same.
    pub others: i64,
    /// How many replies it stands for, where that is more than one.
    pub replies: Option<i64>,
    /// The message after the person's name.
    pub message: String,
    /// Its subject: (title, language tag of the title, URL); the tag is empty where it is unknown.
    pub subject: Option<(String, String, String)>,
    /// The first words of the post, with their language tag.
    pub excerpt: Option<(String, String)>,
    pub at: DateTime<Utc>,
    pub unread: bool,
}

#[derive(Debug, Template)]
#[template(path = "notice/list.html")]
pub struct Notices {
    pub f: Frame,
    pub notices: Vec<Notice>,
    /// Mails to the reader were given up lately.
    pub mail_given_up: bool,
    pub pager: Pager,
}

#[cfg(test)]
mod tests;
