//! Documents as their own origin gives them.

use super::foreign::ID_MAX;
use super::verified_object::VerifiedObject;
use super::{Budget, FetchFailure};
use crate::context::Federation;
use crate::json_format::ACTIVITY_JSON;
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

/// Without the one character that PostgreSQL keeps in no text.
pub(crate) fn without_nul(value: Value) -> Value {
    // Nearly nobody sends one, and looking is cheaper than building everything anew.
    if has_nul(&value) {
        dropped(value)
    } else {
        value
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(has_nul),
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn dropped(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "")),
        Value::Array(list) => list.into_iter().map(dropped).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key.replace('\0', ""), dropped(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nul_is_dropped_wherever_it_stands() {
        let odd = json!({"a\u{0}": ["x\u{0}y", {"b": "\u{0}"}, 1, null]});
        assert_eq!(without_nul(odd), json!({"a": ["xy", {"b": ""}, 1, null]}));
        for even in [json!({"a": ["x", {"b": 1}]}), json!(null), json!("x")] {
            assert_eq!(without_nul(even.clone()), even);
        }
    }
}
