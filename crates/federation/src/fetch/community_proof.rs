//! A community's own word for a thread: a post may name any community it likes, and stands in one
//! only where that community says so.

use super::collection::{Extent, collection, members};
use super::{Budget, FetchFailure, outbox};
use crate::context::Federation;
use client::same_origin_text;
use domain::Error;
use store::row;

/// How much of a conversation or an outbox is looked through.
const LOOK: Extent = Extent {
    pages: 2,
    members: 100,
};

/// Whether a remote community says that a thread which names it stands in it: the thread, by its id, is
/// of the community's own server, or is listed in its conversation (`context`), where the community owns
/// that, or in the community's outbox.
///
/// # Errors
/// Faults. What cannot be read says nothing.
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
        said(in_conversation(fed, group, thread, context, budget).await)?
            || said(in_outbox(fed, group, thread, budget).await)?,
    )
}

fn said(told: Result<bool, FetchFailure>) -> Result<bool, FetchFailure> {
    match told {
        Err(failure @ FetchFailure::Domain(Error::Fault(_))) => Err(failure),
        Err(_) => Ok(false),
        Ok(yes) => Ok(yes),
    }
}

async fn in_conversation(
    fed: &Federation,
    group: &row::Actor,
    thread: &str,
    context: Option<&str>,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    let Some(context) = context.filter(|at| same_origin_text(at, &group.ap_id)) else {
        return Ok(false);
    };
    let whole = collection(fed, context, budget).await?;
    if whole.attributed_to.as_deref() != Some(group.ap_id.as_str()) {
        return Ok(false);
    }
    let listed = members(fed, whole, context, LOOK, budget).await?;
    Ok(listed.iter().any(|item| vocab::id_of(item) == Some(thread)))
}

async fn in_outbox(
    fed: &Federation,
    group: &row::Actor,
    thread: &str,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    let Some(at) = group.outbox.as_deref() else {
        return Ok(false);
    };
    let whole = collection(fed, at, budget).await?;
    let items = members(fed, whole, at, LOOK, budget).await?;
    Ok(outbox::posts(&items).iter().any(|one| one.id == thread))
}
