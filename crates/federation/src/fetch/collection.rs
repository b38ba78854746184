//! Collections of peers: a few pages of them, each asked for once, all on one origin.

use super::{Budget, FetchFailure};
use crate::context::Federation;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use client::same_origin_text;
use model::Time;
use serde_json::Value;
use std::collections::HashSet;
use url::Url;
use vocab::Collection;

/// How much of a collection is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub pages: usize,
    pub members: usize,
}

/// A collection, or one of its pages; paid for from the budget.
///
/// # Errors
/// `Unfit` for what is none, `Spent`, and what the client reports.
pub(crate) async fn collection(
    fed: &Federation,
    url: &str,
    budget: &mut Budget,
) -> Result<Collection, FetchFailure> {
    budget.fetch()?;
    let unfit = |_| FetchFailure::Unfit("the id is no URL");
    let url = Url::parse(url).map_err(unfit)?;
    if fed.urls()?.is_ours(url.as_str()) {
        return Err(FetchFailure::Missing);
    }
    let key = fed.instance_key().await?;
    let found = fed
        .client()
        .get_json(&ACTIVITY_JSON, &url, key.as_ref())
        .await?;
    let body = without_nul(found.body);
    serde_json::from_value(body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a collection"))
}

/// The members of a collection in the order it tells them, of its first pages. A page that was
/// read before, or is on another origin, is the last; one that does not come ends them too.
///
/// # Errors
/// As [`collection`], where not even the first page came.
pub(crate) async fn members(
    fed: &Federation,
    whole: Collection,
    at: &str,
    extent: Extent,
    budget: &mut Budget,
) -> Result<Vec<Value>, FetchFailure> {
    let mut pages = Pages::of(fed, at, budget);
    let Some(first) = pages.first(whole).await? else {
        return Ok(Vec::new());
    };
    Ok(pages.onward(first, extent, Way::Next).await)
}

/// The newest members of a collection that is ordered by time, the newest first, whichever end its
/// server begins with: the specification wants the newest first, NodeBB tells the oldest first.
///
/// # Errors
/// As [`members`].
pub(crate) async fn newest(
    fed: &Federation,
    whole: Collection,
    at: &str,
    extent: Extent,
    budget: &mut Budget,
) -> Result<Vec<Value>, FetchFailure> {
    let mut pages = Pages::of(fed, at, budget);
    let Some(first) = pages.first(whole).await? else {
        return Ok(Vec::new());
    };
    if !oldest_first(&first) {
        return Ok(pages.onward(first, extent, Way::Next).await);
    }
    let last = match first.last.clone() {
        Some(last) => pages.page(&last).await,
        None => None,
    };
    Ok(pages
        .onward(last.unwrap_or(first), extent, Way::Previous)
        .await)
}

/// The dates on a page say that it begins with the oldest.
fn oldest_first(page: &Collection) -> bool {
    let mut dates = page.members().filter_map(dated);
    let first = dates.next();
    first
        .zip(dates.last())
        .is_some_and(|(first, last)| first < last)
}

/// When a member, or what it is about, was published.
fn dated(member: &Value) -> Option<Time> {
    let within = || member.get("object").and_then(dated);
    let said = member.get("published").and_then(Value::as_str);
    said.and_then(Time::parse_rfc3339).or_else(within)
}

/// Which page comes after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The next, its members as they stand.
    Next,
    /// The one before, its members from the end.
    Previous,
}

/// The pages of a collection, each read once.
struct Pages<'a> {
    fed: &'a Federation,
    at: &'a str,
    budget: &'a mut Budget,
    seen: HashSet<String>,
}

impl<'a> Pages<'a> {
    fn of(fed: &'a Federation, at: &'a str, budget: &'a mut Budget) -> Self {
        Self {
            fed,
            at,
            budget,
            seen: HashSet::from([at.to_owned()]),
        }
    }

    /// The page a collection begins with, which may be itself.
    async fn first(&mut self, whole: Collection) -> Result<Option<Collection>, FetchFailure> {
        if whole.members().next().is_some() {
            return Ok(Some(whole));
        }
        match (whole.first_page(), whole.first_id()) {
            (Some(first), _) => Ok(Some(first)),
            (None, Some(first)) => {
                self.seen.insert(first.to_owned());
                let first = beside(self.at, first)?;
                collection(self.fed, &first, self.budget).await.map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    /// A page that was not read before, where it comes. What the members name needs what is left
    /// of the budget more than another page does, so that its failure is none.
    async fn page(&mut self, id: &str) -> Option<Collection> {
        if !self.seen.insert(id.to_owned()) {
            return None;
        }
        let id = beside(self.at, id).ok()?;
        collection(self.fed, &id, self.budget).await.ok()
    }

    /// The members of a page and of those after it, one way.
    async fn onward(&mut self, mut page: Collection, extent: Extent, way: Way) -> Vec<Value> {
        let mut members: Vec<Value> = Vec::new();
        for left in (0..extent.pages).rev() {
            let room = extent.members.saturating_sub(members.len());
            let more = match way {
                Way::Next => {
                    members.extend(page.members().take(room).cloned());
                    page.next
                }
                Way::Previous => {
                    let all: Vec<Value> = page.members().cloned().collect();
                    members.extend(all.into_iter().rev().take(room));
                    page.prev
                }
            };
            let more = more.filter(|_| left > 0 && members.len() < extent.members);
            page = match more {
                Some(id) => match self.page(&id).await {
                    Some(page) => page,
                    None => return members,
                },
                None => return members,
            };
        }
        members
    }
}

/// A page's address, which must stay on the collection's origin.
fn beside(collection: &str, page: &str) -> Result<String, FetchFailure> {
    if same_origin_text(collection, page) {
        Ok(page.to_owned())
    } else {
        Err(FetchFailure::Unfit("a page on another server"))
    }
}
