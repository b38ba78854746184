//! Home: who we are to a visitor, and "Today" to a reader.

use askama::Template;

use crate::frame::Frame;
use crate::views::community::CommunityCard;
use crate::views::parts::{Empty, Place, ThreadRow};

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
    /// The hedge behind the organization's name.
    pub leaf_url: String,
}

/// What is new in one community.
#[derive(Debug, Clone)]
pub struct Group {
    pub place: Place,
    pub threads: Vec<ThreadRow>,
    /// New threads beyond those shown.
    pub more: i64,
}

/// Somebody answered the reader.
#[derive(Debug, Clone)]
pub struct Answer {
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
    pub answers: Vec<Answer>,
    pub groups: Vec<Group>,
    /// Communities one might follow.
    pub suggestions: Vec<CommunityCard>,
    /// What to do first, while one follows nothing.
    pub empty: Option<Empty>,
}

#[cfg(test)]
mod tests;
