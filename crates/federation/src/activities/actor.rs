//! Update and Delete of actors. The activity only causes a fetch: an actor's document counts as its own
//! server answers it now.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_actor;
use crate::fetch::{self, FetchFailure, Freshness};
use crate::verb::{Verb, nothing};
use client::FetchError;

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
    match fetch::actor(fed, id, Freshness::Now).await {
        // It was deleted between the Update and the fetch, which has removed it.
        Ok(_) | Err(FetchFailure::Gone) => Ok(nothing()),
        Err(failure) => Err(failure.into()),
    }
}

/// Applies a Delete of an actor if its server confirms it: by 410 or a Tombstone, and by 404 where the
/// actor signed the Delete itself (`is_self_delete`). A server that hides an actor from us answers 404 as
/// well, but does not sign a Delete for it.
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
    match fetch::actor(fed, id, Freshness::Now).await {
        Ok(_) => Err(ReceiveError::ignored("it is still there")),
        Err(FetchFailure::Gone) => Ok(nothing()),
        Err(FetchFailure::Client(FetchError::NotFound)) => {
            if !is_self_delete {
                return Err(ReceiveError::ignored(
                    "its server does not say that it is gone",
                ));
            }
            fetch::remove(fed, row.id).await?;
            Ok(nothing())
        }
        Err(failure) => Err(failure.into()),
    }
}
