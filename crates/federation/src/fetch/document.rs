//! Fetches documents from their own origin.

use super::{Budget, FetchFailure};
use crate::context::Federation;
use crate::identity::ID_MAX;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use crate::kinds::VerifiedObject;
use crate::own_ids;
use client::{Fetched, IdMatch, same_origin_text};
use serde_json::Value;
use url::Url;
use vocab::{id_of, kind_of};

/// Fetches an actor or object with a request signed by the instance actor; the client checks its id by
/// `id_match`.
///
/// # Errors
/// `Missing` for what would be ours, `Gone` for a Tombstone, and what the client reports.
pub(crate) async fn document(
    fed: &Federation,
    url: &str,
    id_match: IdMatch,
    fresh: bool,
) -> Result<Fetched, FetchFailure> {
    let unfit = |_| FetchFailure::Unfit("the id is no URL");
    if url.len() > ID_MAX {
        return Err(FetchFailure::Unfit("the id is too long"));
    }
    let parsed = Url::parse(url).map_err(unfit)?;
    if fed.urls()?.is_ours(parsed.as_str()) {
        return Err(FetchFailure::Missing);
    }
    let key = fed.instance_key().await?;
    let client = if fresh {
        fed.client().ignoring_failure_cache()
    } else {
        fed.client().clone()
    };
    let mut fetched = client
        .get_document(&ACTIVITY_JSON, &parsed, id_match, key.as_ref())
        .await?;
    fetched.body = without_nul(fetched.body);
    own_ids::in_document(&mut fetched.body, &fed.urls()?);
    if kind_of(&fetched.body) == Some("Tombstone") {
        return Err(FetchFailure::Gone);
    }
    Ok(fetched)
}

/// Fetches a post from its origin. If the URL is an activity's, its object is returned: the embedded one if it
/// is of the same origin, else fetched.
///
/// # Errors
/// `Unfit` where there is no post behind it, `Spent`, and what the client reports.
pub(crate) async fn verified_object(
    fed: &Federation,
    url: &str,
    budget: &mut Budget,
) -> Result<VerifiedObject, FetchFailure> {
    budget.fetch()?;
    let found = document(fed, url, IdMatch::SameOrigin, false).await?.body;
    if !is_activity(&found) {
        return VerifiedObject::read(&found);
    }
    let (Some(activity_id), Some(object)) = (found.get("id").and_then(id_of), found.get("object"))
    else {
        return Err(FetchFailure::Unfit("an activity without an object"));
    };
    let id = id_of(object).ok_or(FetchFailure::Unfit("an activity without an object"))?;
    if same_origin_text(activity_id, id)
        && let Ok(post) = VerifiedObject::read(object)
    {
        return Ok(post);
    }
    budget.fetch()?;
    VerifiedObject::read(&document(fed, id, IdMatch::SameOrigin, false).await?.body)
}

fn is_activity(value: &Value) -> bool {
    matches!(kind_of(value), Some("Create" | "Update" | "Announce"))
}
