//! People: the list, and a person's page, wherever they are from.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::frame::Frame;
use crate::views::organization::AffiliationRow;
use crate::views::parts::{Empty, Follow, Pager, Person, PlaceLink, Tab};
use crate::views::search::SelectOption;
use model::profile::PeopleFilter;

/// `/people`
#[derive(Debug, Template)]
#[template(path = "actor/list.html")]
pub struct PeopleList {
    pub f: Frame,
    /// Everyone, here, whom I follow.
    pub filters: Vec<Tab>,
    pub people: Vec<Person>,
    pub pager: Pager,
    /// For who is signed in.
    pub directory: Option<DirectoryForm>,
    pub empty: Option<Empty>,
}

/// The form that narrows the list of people.
#[derive(Debug, Clone)]
pub struct DirectoryForm {
    pub filter: PeopleFilter,
    pub langs: Vec<SelectOption>,
    /// It is open, as something narrows the list.
    pub open: bool,
}

/// What somebody says of themselves that others can look for.
#[derive(Debug, Clone)]
pub struct EntryLine {
    pub label: String,
    /// Each with the list of people who say the same.
    pub links: Vec<(String, String)>,
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
    pub entries: Vec<EntryLine>,
    /// Where they say they belong.
    pub organizations: Vec<AffiliationRow>,
    /// Whether the reader sees their whole profile.
    pub profile: bool,
    /// Whether it is the reader's own page.
    pub mine: bool,
    /// Where they have moved to.
    pub moved: Option<Person>,
}

#[cfg(test)]
mod tests;
