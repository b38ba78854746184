//! Verifies that a thread belongs to a remote community: a post may name any community, and belongs to one
//! only if that community lists it.

use super::collection::{ReadLimits, collection, members};
use super::{Budget, FetchFailure, outbox};
use crate::context::Federation;
use client::same_origin_text;
use domain::Error;
use store::row;

/// How much of a conversation or an outbox is read.
const LIMITS: ReadLimits = ReadLimits {
    pages: 2,
    members: 100,
};

/// Whether a remote community confirms a thread, by its id: it is on the community's server, or in its
/// conversation (`context`), if the community owns that, or in the community's outbox.
///
/// # Errors
/// Faults. What cannot be read confirms nothing.
pub(crate) async fn confirms(
    fed: &Federation,
    group: &row::Actor,
    thread: &str,
    context: Option<&str>,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    if same_origin_text(thread, &group.ap_id) {
        return Ok(true);
    }
    Ok(
        false_unless_fault(in_conversation(fed, group, thread, context, budget).await)?
            || false_unless_fault(in_outbox(fed, group, thread, budget).await)?,
    )
}

fn false_unless_fault(result: Result<bool, FetchFailure>) -> Result<bool, FetchFailure> {
    match result {
        Err(failure @ FetchFailure::Domain(Error::Fault(_))) => Err(failure),
        Err(_) => Ok(false),
        Ok(is_listed) => Ok(is_listed),
    }
}

async fn in_conversation(
    fed: &Federation,
    group: &row::Actor,
    thread: &str,
    context: Option<&str>,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    let Some(context) = context.filter(|url| same_origin_text(url, &group.ap_id)) else {
        return Ok(false);
    };
    let collection_page = collection(fed, context, budget).await?;
    if collection_page.attributed_to.as_deref() != Some(group.ap_id.as_str()) {
        return Ok(false);
    }
    let items = members(fed, collection_page, context, LIMITS, budget).await?;
    Ok(items.iter().any(|item| vocab::id_of(item) == Some(thread)))
}

async fn in_outbox(
    fed: &Federation,
    group: &row::Actor,
    thread: &str,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    let Some(url) = group.outbox.as_deref() else {
        return Ok(false);
    };
    let collection_page = collection(fed, url, budget).await?;
    let items = members(fed, collection_page, url, LIMITS, budget).await?;
    Ok(outbox::posts(&items)
        .iter()
        .any(|listed| listed.id == thread))
}
