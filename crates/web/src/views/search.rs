//! Search: local results, and lookup by address.

use askama::Template;
use chrono::{DateTime, Utc};
use model::PostKind;

use crate::frame::Frame;
use crate::views::community::CommunityCard;
use crate::views::parts::{Pager, Person, PlaceLink, Tab, ThreadRow};

/// The result of looking up an address (`!name@host`, `@name@host`, a URL) on another server.
#[derive(Debug, Clone)]
pub enum AddressResult {
    Community(CommunityCard),
    Person(Person),
    Thread(Box<ThreadRow>),
    /// Its server answered that there is nothing of that name.
    Nothing {
        address: String,
    },
    /// Its server did not answer, or not in a way we understand.
    Unreachable {
        host: String,
    },
    /// It exists but is not public, or is of a kind that is not shown.
    NotShown {
        address: String,
    },
    /// Its server is blocked.
    Refused {
        address: String,
    },
    /// Its server has not been asked: no page of ours led here.
    NotAsked {
        address: String,
    },
    /// Only people who are signed in may have other servers asked.
    SignIn {
        url: String,
    },
}

/// Pieces of a text, each with whether it is what was looked for.
pub type Marked = Vec<(String, bool)>;

/// A thread or reply that was found.
#[derive(Debug, Clone)]
pub struct FoundPost {
    pub url: String,
    /// The title of its thread; empty where that has none.
    pub title: Marked,
    pub title_lang: String,
    /// The part of its text that shows why it was found.
    pub excerpt: Marked,
    /// It is the warning about the content of the post.
    pub is_warned: bool,
    pub lang: String,
    /// `None` for a reply.
    pub kind: Option<PostKind>,
    pub author: Person,
    pub place: Option<PlaceLink>,
    pub at: DateTime<Utc>,
}

/// A choice of a filter.
#[derive(Debug, Clone)]
pub struct SelectOption {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A filter with several choices.
#[derive(Debug, Clone)]
pub struct Select {
    pub name: &'static str,
    pub label: &'static str,
    pub options: Vec<SelectOption>,
}

/// The filters below the search field.
#[derive(Debug, Clone)]
pub struct FilterForm {
    /// Whether they are shown without being asked for.
    pub open: bool,
    pub selects: Vec<Select>,
    /// Days, as `2027-01-31`.
    pub since: String,
    pub until: String,
    /// Addresses, as typed.
    pub community: String,
    /// The name or slug of a tag, as typed.
    pub tag: String,
    pub person: String,
    /// Whether only one's own posts are looked for; `None` for guests.
    pub mine: Option<bool>,
}

/// `/search`
#[derive(Debug, Template)]
#[template(path = "search/results.html")]
pub struct Results {
    pub f: Frame,
    /// As typed; empty before anything is, and where only filters say what is listed.
    pub query: String,
    /// Whether anything is looked for.
    pub looks: bool,
    pub filters: FilterForm,
    /// Everything, communities, people, discussions: each with its count.
    pub tabs: Vec<Tab>,
    pub found: Option<AddressResult>,
    /// Nothing has the words as they were typed: these have similar ones.
    pub corrected: bool,
    pub communities: Vec<CommunityCard>,
    pub people: Vec<Person>,
    pub posts: Vec<FoundPost>,
    /// Where all posts are, where only the first are here.
    pub all_posts: Option<String>,
    pub pager: Pager,
}

impl Results {
    /// Whether there are local results, here or on another tab.
    fn known(&self) -> bool {
        let shown =
            !(self.communities.is_empty() && self.people.is_empty() && self.posts.is_empty());
        shown || self.tabs.iter().any(|tab| tab.count.is_some_and(|n| n > 0))
    }
}

/// Something offered while somebody types.
#[derive(Debug, Clone)]
pub struct SuggestedItem {
    pub icon: &'static str,
    pub url: String,
    pub text: Marked,
    pub lang: String,
    /// A handle or host.
    pub note: Option<String>,
}

/// `/search/suggest`: the options of a list, for the script.
#[derive(Debug, Template)]
#[template(path = "search/suggestions.html")]
pub struct Suggestions {
    pub f: Frame,
    pub items: Vec<SuggestedItem>,
}

#[cfg(test)]
mod tests;
