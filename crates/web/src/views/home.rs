//! Home: the welcome page for guests, "Today" for signed-in people.

use askama::Template;
use chrono::{DateTime, Utc};
use model::{Lang, PostKind};

use crate::frame::Frame;
use crate::views::community::CommunityCard;
use crate::views::notice::Notice;
use crate::views::parts::{Empty, Person, PlaceLink, ThreadRow};

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

/// What somebody whom the reader follows wrote in no community.
#[derive(Debug, Clone)]
pub struct PersonalPost {
    pub person: Person,
    pub kind: PostKind,
    /// Its title, with the language tag.
    pub title: Option<(String, String)>,
    /// Its first words, with the language tag; those of a picture without a text are none.
    pub excerpt: (String, String),
    pub url: String,
    pub at: DateTime<Utc>,
    pub only_in: Option<Lang>,
}

/// `/`, signed in.
#[derive(Debug, Template)]
#[template(path = "home/today.html")]
pub struct Today {
    pub f: Frame,
    pub name: String,
    /// Replies to the reader.
    pub answers: Vec<Notice>,
    /// Questions that wait for an answer.
    pub waiting: Vec<ThreadRow>,
    pub groups: Vec<Group>,
    /// Unread posts of people outside of communities.
    pub personal: Vec<PersonalPost>,
    /// Communities one might follow.
    pub suggestions: Vec<CommunityCard>,
    /// Shown while the reader follows nothing.
    pub empty: Option<Empty>,
}

#[cfg(test)]
mod tests;
