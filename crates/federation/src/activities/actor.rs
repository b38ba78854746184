//! Update and Delete of actors. What an actor is, only its own server says, now: the activity is
//! no more than a hint to look.

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

/// An actor describes itself anew, or its community passes that on.
pub(super) async fn changed(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if stored_actor(fed, id).await?.is_none() {
        return Err(ReceiveError::ignored("unknown actor"));
    }
    match fetch::actor(fed, id, Freshness::Now).await {
        // It went between saying so and being looked at; it is removed already.
        Ok(_) | Err(FetchFailure::Gone) => Ok(nothing()),
        Err(failure) => Err(failure.into()),
    }
}

/// An actor is gone: believed when its server confirms, by 410 or a Tombstone, and by 404 where it is
/// the actor's `own_word`. A server that hides an actor from us answers 404 as well, but signs no
/// farewell.
pub(crate) async fn deleted(
    fed: &Federation,
    id: &str,
    own_word: bool,
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
            if !own_word {
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
