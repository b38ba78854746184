//! Reads collections of peers: a few pages, each fetched once, all of one origin.

use super::{Budget, FetchFailure};
use crate::context::Federation;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use crate::own_ids;
use client::same_origin_text;
use model::Time;
use serde_json::Value;
use std::collections::HashSet;
use url::Url;
use vocab::Collection;

/// How much of a collection is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadLimits {
    pub pages: usize,
    pub members: usize,
}

/// Fetches a collection or one of its pages, charged to the budget.
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
    let mut body = without_nul(found.body);
    own_ids::in_document(&mut body, &fed.urls()?);
    serde_json::from_value(body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a collection"))
}

/// Returns the members of a collection's first pages, in its order. Reading ends at a page that was read
/// before, is on another origin, or cannot be fetched.
///
/// # Errors
/// As [`collection`], where not even the first page was fetched.
pub(crate) async fn members(
    fed: &Federation,
    whole: Collection,
    at: &str,
    limits: ReadLimits,
    budget: &mut Budget,
) -> Result<Vec<Value>, FetchFailure> {
    let mut pages = Pages::of(fed, at, budget);
    let Some(first) = pages.first(whole).await? else {
        return Ok(Vec::new());
    };
    Ok(pages.members_from(first, limits, Direction::Next).await)
}

/// Returns the newest members of a collection that is ordered by time, newest first. The specification wants
/// collections newest first; NodeBB's are oldest first.
///
/// # Errors
/// As [`members`].
pub(crate) async fn newest(
    fed: &Federation,
    whole: Collection,
    at: &str,
    limits: ReadLimits,
    budget: &mut Budget,
) -> Result<Vec<Value>, FetchFailure> {
    let mut pages = Pages::of(fed, at, budget);
    let Some(first) = pages.first(whole).await? else {
        return Ok(Vec::new());
    };
    if !oldest_first(&first) {
        return Ok(pages.members_from(first, limits, Direction::Next).await);
    }
    let last = match first.last.clone() {
        Some(last) => pages.page(&last).await,
        None => None,
    };
    Ok(pages
        .members_from(last.unwrap_or(first), limits, Direction::Previous)
        .await)
}

/// Whether the dates on a page ascend.
fn oldest_first(page: &Collection) -> bool {
    let mut dates = page.members().filter_map(publication_time);
    let first = dates.next();
    first
        .zip(dates.last())
        .is_some_and(|(first, last)| first < last)
}

/// Returns when a member, or its object, was published.
fn publication_time(member: &Value) -> Option<Time> {
    let within = || member.get("object").and_then(publication_time);
    let published = member.get("published").and_then(Value::as_str);
    published.and_then(Time::parse_rfc3339).or_else(within)
}

/// The direction in which pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To the next page, its members in order.
    Next,
    /// To the previous page, its members in reverse.
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

    /// Returns the first page of a collection, which may be the collection itself.
    async fn first(&mut self, whole: Collection) -> Result<Option<Collection>, FetchFailure> {
        if whole.members().next().is_some() {
            return Ok(Some(whole));
        }
        match (whole.first_page(), whole.first_id()) {
            (Some(first), _) => Ok(Some(first)),
            (None, Some(first)) => {
                self.seen.insert(first.to_owned());
                let first = require_same_origin(self.at, first)?;
                collection(self.fed, &first, self.budget).await.map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    /// Fetches a page that was not read before; `None` where it cannot be fetched, which is no failure.
    async fn page(&mut self, id: &str) -> Option<Collection> {
        if !self.seen.insert(id.to_owned()) {
            return None;
        }
        let id = require_same_origin(self.at, id).ok()?;
        collection(self.fed, &id, self.budget).await.ok()
    }

    /// Returns the members of a page and of those after it in one direction.
    async fn members_from(
        &mut self,
        mut page: Collection,
        limits: ReadLimits,
        direction: Direction,
    ) -> Vec<Value> {
        let mut members: Vec<Value> = Vec::new();
        for left in (0..limits.pages).rev() {
            let capacity = limits.members.saturating_sub(members.len());
            let more = match direction {
                Direction::Next => {
                    members.extend(page.members().take(capacity).cloned());
                    page.next
                }
                Direction::Previous => {
                    let all: Vec<Value> = page.members().cloned().collect();
                    members.extend(all.into_iter().rev().take(capacity));
                    page.prev
                }
            };
            let more = more.filter(|_| left > 0 && members.len() < limits.members);
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

/// Returns a page's URL, which must be on the collection's origin.
fn require_same_origin(collection: &str, page: &str) -> Result<String, FetchFailure> {
    if same_origin_text(collection, page) {
        Ok(page.to_owned())
    } else {
        Err(FetchFailure::Unfit("a page on another server"))
    }
}
