//! Home: the welcome page for guests, "Today" for signed-in people.

use askama::Template;

use crate::frame::Frame;
use crate::views::community::CommunityCard;
use crate::views::parts::{Empty, PlaceLink, ThreadRow};

/// `/`, signed out.
#[derive(Debug, Template)]
#[template(path = "home/welcome.html")]
pub struct Welcome {
    pub f: Frame,
    /// Sanitized markup: the organization's description in the reader's language.
    pub description_html: String,
    pub communities: Vec<CommunityCard>,
    pub latest: Vec<ThreadRow>,
    pub people: i64,
    pub community_count: i64,
    /// URL of the banner.
    pub leaf_url: String,
}

/// The unread threads of one community.
#[derive(Debug, Clone)]
pub struct Group {
    pub place: PlaceLink,
    pub threads: Vec<ThreadRow>,
    /// New threads beyond those shown.
    pub more: i64,
}

/// A reply to the reader.
#[derive(Debug, Clone)]
pub struct ReplyPreview {
    pub person: crate::views::parts::Person,
    pub thread: String,
    pub url: String,
    pub excerpt: String,
    pub at: chrono::DateTime<chrono::Utc>,
    pub unread: bool,
}

/// `/`, signed in.
#[derive(Debug, Template)]
#[template(path = "home/today.html")]
pub struct Today {
    pub f: Frame,
    pub name: String,
    pub answers: Vec<ReplyPreview>,
    /// Questions that wait for an answer.
    pub waiting: Vec<ThreadRow>,
    pub groups: Vec<Group>,
    /// Communities one might follow.
    pub suggestions: Vec<CommunityCard>,
    /// Shown while the reader follows nothing.
    pub empty: Option<Empty>,
}

#[cfg(test)]
mod tests;
