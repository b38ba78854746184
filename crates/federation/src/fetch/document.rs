//! Documents as their own origin gives them.

use super::{Budget, FetchFailure};
use crate::context::Federation;
use crate::identity::ID_MAX;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use crate::kinds::VerifiedObject;
use client::{Fetched, IdMatch, same_origin_text};
use serde_json::Value;
use url::Url;
use vocab::{id_of, kind_of};

/// Fetches an actor or object, signed by the instance; its id is checked by the client, which may
/// go as far as `reach` to find it.
///
/// # Errors
/// `Missing` for what would be ours, `Gone` for a Tombstone, and what the client reports.
pub(crate) async fn document(
    fed: &Federation,
    url: &str,
    reach: IdMatch,
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
        .get_document(&ACTIVITY_JSON, &parsed, reach, key.as_ref())
        .await?;
    fetched.body = without_nul(fetched.body);
    if kind_of(&fetched.body) == Some("Tombstone") {
        return Err(FetchFailure::Gone);
    }
    Ok(fetched)
}

/// Fetches a post from its origin. Where the address is an activity's, what it did is followed
/// once: used if it is embedded and of the same origin, fetched if not.
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
    let (Some(at), Some(inner)) = (found.get("id").and_then(id_of), found.get("object")) else {
        return Err(FetchFailure::Unfit("an activity without an object"));
    };
    let id = id_of(inner).ok_or(FetchFailure::Unfit("an activity without an object"))?;
    if same_origin_text(at, id)
        && let Ok(genuine) = VerifiedObject::read(inner)
    {
        return Ok(genuine);
    }
    budget.fetch()?;
    VerifiedObject::read(&document(fed, id, IdMatch::SameOrigin, false).await?.body)
}

fn is_activity(value: &Value) -> bool {
    matches!(kind_of(value), Some("Create" | "Update" | "Announce"))
}
