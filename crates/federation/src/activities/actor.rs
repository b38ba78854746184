//! Update and Delete of actors. The activity only causes a fetch: an actor's document counts as its own
//! server answers it now. A Delete that the actor signed itself counts without one.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_actor;
use crate::fetch::{self, FetchFailure, Freshness};
use crate::verb::{Verb, nothing};
use client::{FetchError, same_origin_text};

/// Whether a type is an actor's.
pub(crate) fn is_kind(kind: Option<&str>) -> bool {
    matches!(
        kind,
        Some("Person" | "Group" | "Service" | "Application" | "Organization")
    )
}

/// Applies an Update of an actor, received from it or through a community.
pub(super) async fn updated(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = received.object_id()?;
    if stored_actor(fed, id).await?.is_none() {
        return Err(ReceiveError::ignored("unknown actor"));
    }
    // Who is told of somebody else's change could be made to ask that server again and again.
    let is_own = same_origin_text(id, received.signer);
    let freshness = if is_own {
        Freshness::Now
    } else {
        Freshness::Hour
    };
    match fetch::actor(fed, id, freshness).await {
        // It was deleted between the Update and the fetch, which has removed it.
        Ok(_) | Err(FetchFailure::Gone) => Ok(nothing()),
        Err(failure) => Err(failure.into()),
    }
}

/// Applies a Delete of an actor if that actor signed it (`is_self_delete`), or if its server confirms it by 410
/// or a Tombstone. PieFed (1.6) shows an actor for ever that has deleted itself. A server that hides an actor
/// from us answers 404, but does not sign a Delete for it.
pub(crate) async fn deleted(
    fed: &Federation,
    id: &str,
    is_self_delete: bool,
) -> Result<Verb, ReceiveError> {
    let Some(row) = stored_actor(fed, id).await? else {
        return Err(ReceiveError::ignored("unknown actor"));
    };
    if row.peer_id.is_none() {
        return Err(ReceiveError::rejected("not allowed: not-ours"));
    }
    if is_self_delete {
        fetch::remove(fed, row.id).await?;
        return Ok(nothing());
    }
    match fetch::actor(fed, id, Freshness::Now).await {
        Ok(_) => Err(ReceiveError::ignored("it is still there")),
        Err(FetchFailure::Gone) => Ok(nothing()),
        Err(FetchFailure::Client(FetchError::NotFound)) => Err(ReceiveError::ignored(
            "its server does not say that it is gone",
        )),
        Err(failure) => Err(failure.into()),
    }
}
