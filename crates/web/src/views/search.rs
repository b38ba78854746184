//! Search: local results, and lookup by address.

use askama::Template;

use crate::frame::Frame;
use crate::views::community::CommunityCard;
use crate::views::parts::{Pager, Person, Tab, ThreadRow};

/// The result of looking up an address (`!name@host`, `@name@host`, a URL) on another server.
#[derive(Debug, Clone)]
pub enum AddressResult {
    Community(CommunityCard),
    Person(Person),
    Thread(ThreadRow),
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
    /// Only people who are signed in may have other servers asked.
    SignIn {
        url: String,
    },
}

/// `/search`
#[derive(Debug, Template)]
#[template(path = "search/results.html")]
pub struct Results {
    pub f: Frame,
    /// As typed; empty before anything is.
    pub query: String,
    /// Everything, communities, people, threads: each with its count.
    pub tabs: Vec<Tab>,
    pub found: Option<AddressResult>,
    pub communities: Vec<CommunityCard>,
    pub people: Vec<Person>,
    pub threads: Vec<ThreadRow>,
    pub pager: Pager,
}

impl Results {
    /// Whether there are local results.
    fn known(&self) -> bool {
        !(self.communities.is_empty() && self.people.is_empty() && self.threads.is_empty())
    }
}

#[cfg(test)]
mod tests;
