//! Update and Delete of actors. The activity only causes a fetch: an actor's document counts as its own
//! server answers it now. A Delete that the actor signed itself counts without one.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::stored::stored_actor;
use crate::fetch::{self, FetchFailure, Freshness};
use crate::verb::{Verb, nothing};
use client::{FetchError, same_origin_text};

/// Who says that an actor was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeletionSigner {
    /// The actor signed its own Delete.
    Itself,
    /// A community announced the Delete of itself.
    Announced,
    /// Somebody else on its server.
    ItsServer,
    /// Anybody.
    Another,
}

impl DeletionSigner {
    /// Reads it from a received Delete of the actor with this id.
    pub(super) fn of(received: &ReceivedActivity<'_>, id: &str) -> Self {
        if !same_origin_text(id, received.signer) {
            Self::Another
        } else if id != received.signer {
            Self::ItsServer
        } else if received.is_delivered() && id == received.actor {
            Self::Itself
        } else {
            Self::Announced
        }
    }
}

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

/// Applies a Delete of an actor if that actor signed it, or if its server confirms it by 410 or a Tombstone.
/// PieFed (1.6) shows an actor for ever that has deleted itself. A server that hides an actor from us answers
/// 404, but does not announce its Delete in its name: there 404 confirms it as well (PieFed 1.6, of
/// communities).
pub(crate) async fn deleted(
    fed: &Federation,
    id: &str,
    by: DeletionSigner,
) -> Result<Verb, ReceiveError> {
    let Some(row) = stored_actor(fed, id).await? else {
        return Err(ReceiveError::ignored("unknown actor"));
    };
    if row.peer_id.is_none() {
        return Err(ReceiveError::rejected("not allowed: not-ours"));
    }
    match by {
        DeletionSigner::Itself => {
            fetch::remove(fed, row.id).await?;
            return Ok(nothing());
        }
        // Who signs for others could have their servers asked again and again.
        DeletionSigner::Another if !fed.inbox().may_confirm(id, fed.ops().now()) => {
            return Err(FetchFailure::AskedJustNow.into());
        }
        DeletionSigner::Announced | DeletionSigner::ItsServer | DeletionSigner::Another => {}
    }
    match fetch::actor(fed, id, Freshness::Now).await {
        Ok(_) => Err(ReceiveError::ignored("it is still there")),
        Err(FetchFailure::Gone) => Ok(nothing()),
        Err(FetchFailure::Client(FetchError::NotFound)) if by == DeletionSigner::Announced => {
            fetch::remove(fed, row.id).await?;
            Ok(nothing())
        }
        Err(FetchFailure::Client(FetchError::NotFound)) => Err(ReceiveError::ignored(
            "its server does not say that it is gone",
        )),
        Err(failure) => Err(failure.into()),
    }
}
