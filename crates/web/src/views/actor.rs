//! People: the list, and a person's page, wherever they are from.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::frame::Frame;
use crate::views::parts::{Empty, Follow, Pager, Person, PlaceLink, Tab};

/// `/people`
#[derive(Debug, Template)]
#[template(path = "actor/list.html")]
pub struct PeopleList {
    pub f: Frame,
    /// Everyone, here, whom I follow.
    pub filters: Vec<Tab>,
    pub people: Vec<Person>,
    pub pager: Pager,
    pub empty: Option<Empty>,
}

/// A post in the list on its author's page.
#[derive(Debug, Clone)]
pub struct PostSummary {
    pub title: String,
    pub url: String,
    /// Language of the title, empty when unknown.
    pub title_lang: String,
    /// Language of the excerpt, empty when unknown.
    pub lang: String,
    pub excerpt: String,
    pub place: PlaceLink,
    pub at: DateTime<Utc>,
    /// A reply rather than the opening of a thread.
    pub reply: bool,
}

/// `/u/{handle}`
#[derive(Debug, Template)]
#[template(path = "actor/person.html")]
pub struct PersonPage {
    pub f: Frame,
    pub person: Person,
    /// What its picture shows, in the person's words.
    pub avatar_alt: String,
    pub pronouns: Option<String>,
    pub organization: Option<String>,
    pub languages: String,
    /// Sanitized markup.
    pub biography_html: String,
    /// Their page at home, when they are remote.
    pub origin_url: Option<String>,
    pub follow: Follow,
    pub followers: i64,
    pub since: Option<DateTime<Utc>>,
    pub places: Vec<PlaceLink>,
    /// Only the person sees those.
    pub places_private: bool,
    pub posts: Vec<PostSummary>,
    /// Whether it is the reader's own page.
    pub mine: bool,
    /// Where they have moved to.
    pub moved: Option<Person>,
}

#[cfg(test)]
mod tests;
