//! Collections of peers: a few pages of them, each asked for once, all on one origin.

use super::{Budget, FetchFailure};
use crate::identity::same_origin_text;
use crate::seam::Federation;
use serde_json::Value;
use std::collections::HashSet;
use url::Url;
use vocab::Collection;

/// How much of a collection is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Pages.
    pub pages: usize,
    /// Members.
    pub members: usize,
}

/// A collection, or one of its pages; paid for from the budget.
///
/// # Errors
/// `Unfit` for what is none, `Spent`, and what the client reports.
pub(super) async fn collection(
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
    let found = fed.client().get_json(&url, key.as_ref()).await?;
    let body = super::without_nul(found.body);
    serde_json::from_value(body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a collection"))
}

/// The members of a collection in the order it tells them, of its first pages. A page that was
/// read before, or is on another origin, is the last; one that does not come ends them too.
///
/// # Errors
/// As [`collection`], where not even the first page came.
pub(super) async fn members(
    fed: &Federation,
    whole: Collection,
    at: &str,
    extent: Extent,
    budget: &mut Budget,
) -> Result<Vec<Value>, FetchFailure> {
    let filled = whole.members().next().is_some();
    let mut seen: HashSet<String> = HashSet::from([at.to_owned()]);
    let mut page = match (whole.first_page(), whole.first_id()) {
        _ if filled => whole,
        (Some(first), _) => first,
        (None, Some(first)) => {
            seen.insert(first.to_owned());
            collection(fed, &beside(at, first)?, budget).await?
        }
        (None, None) => return Ok(Vec::new()),
    };
    let mut members: Vec<Value> = Vec::new();
    for _ in 1..extent.pages {
        let room = extent.members.saturating_sub(members.len());
        members.extend(page.members().take(room).cloned());
        let more = page.next.clone().filter(|_| members.len() < extent.members);
        let Some(next) = more.filter(|next| seen.insert(next.clone())) else {
            return Ok(members);
        };
        // What they list needs what is left of the budget more than another page does.
        let Ok(next) = beside(at, &next) else {
            return Ok(members);
        };
        page = match collection(fed, &next, budget).await {
            Ok(page) => page,
            Err(_) => return Ok(members),
        };
    }
    let room = extent.members.saturating_sub(members.len());
    members.extend(page.members().take(room).cloned());
    Ok(members)
}

/// A page's address, which must stay on the collection's origin.
fn beside(collection: &str, page: &str) -> Result<String, FetchFailure> {
    if same_origin_text(collection, page) {
        Ok(page.to_owned())
    } else {
        Err(FetchFailure::Unfit("a page on another server"))
    }
}
