//! Actors: known and fresh enough, or fetched from their own server and taken in. What cannot be
//! fetched now is answered as it was last seen.

use super::document::document;
use super::moderators::moderators;
use super::stored::{is_fresh, stored_actor};
use super::take_in::{known_or_fetched, take_in};
use super::{Budget, FetchFailure, Freshness, recent_cache};
use crate::context::Federation;
use crate::json_format::ACTIVITY_JSON;
use client::{FetchError, IdMatch};
use domain::{Error, Outcome};
use model::{ActorId, ActorKind, ActorState};
use store::row;
use url::Url;
use vocab::kind_of;

/// An actor, ours or a peer's, by what the world calls it. A peer's is fetched where it is not
/// known or too old; if that fails, the known one is answered as it stands, unless it was to be
/// looked at now. Whoever is answered goes by this id: an address whose document names another one is
/// nobody's, since anybody could give an address of theirs somebody else's name.
///
/// # Errors
/// `Missing` for one of ours that does not exist, `Gone` when its server says so (it is removed
/// here as well), `Unfit` when the document is no actor, and what the client reports.
pub async fn actor(
    fed: &Federation,
    ap_id: &str,
    freshness: Freshness,
) -> Result<row::Actor, FetchFailure> {
    let known = match freshness {
        Freshness::Any | Freshness::Day => recent_cache::actor(fed, ap_id).await?,
        Freshness::Now => stored_actor(fed, ap_id).await?,
    };
    let may_renew = !fed.urls()?.is_ours(ap_id) && !fed.refuses(ap_id);
    match known {
        Some(row) if may_renew && !is_fresh(fed, &row, freshness) => {
            renewed(fed, row, freshness).await
        }
        known => known_or_fetched(fed, ap_id, known).await,
    }
}

/// An actor at an address that somebody here gave, or that WebFinger gave for it: known and fresh,
/// or whoever the address leads to.
///
/// # Errors
/// As [`actor`].
pub(crate) async fn led_to(fed: &Federation, address: &str) -> Result<row::Actor, FetchFailure> {
    let known = stored_actor(fed, address).await?.is_some();
    if known || fed.urls()?.is_ours(address) || fed.refuses(address) {
        return actor(fed, address, Freshness::Day).await;
    }
    take_in(fed, &document(fed, address, IdMatch::Any, false).await?).await
}

/// The author of something, or whoever did it: paid for from the budget where it is new.
///
/// # Errors
/// As [`actor`]; `Spent`.
pub(crate) async fn author(
    fed: &Federation,
    ap_id: &str,
    budget: &mut Budget,
) -> Result<row::Actor, FetchFailure> {
    if recent_cache::actor(fed, ap_id).await?.is_none() {
        budget.fetch()?;
    }
    actor(fed, ap_id, Freshness::Day).await
}

/// An actor of ours by its id; `None` where there is no such one, or it is a peer's.
///
/// # Errors
/// Faults.
pub(crate) async fn local_actor(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    Ok(stored_actor(fed, ap_id)
        .await?
        .filter(|row| row.peer_id.is_none() && row.state != ActorState::Pending))
}

/// Looks at a known actor again.
async fn renewed(
    fed: &Federation,
    row: row::Actor,
    freshness: Freshness,
) -> Result<row::Actor, FetchFailure> {
    let found = match document(fed, &row.ap_id, IdMatch::Exact, freshness == Freshness::Now).await {
        Ok(found) => take_in(fed, &found).await,
        Err(failure) => Err(failure),
    };
    match found {
        Ok(row) => {
            if row.kind == ActorKind::Group {
                looked_after(fed, &row).await;
            }
            Ok(row)
        }
        Err(FetchFailure::Gone) => {
            remove(fed, row.id).await?;
            Err(FetchFailure::Gone)
        }
        Err(failure @ FetchFailure::Domain(_)) => Err(failure),
        Err(failure) if freshness == Freshness::Now => Err(failure),
        Err(failure) => {
            tracing::debug!(actor = row.ap_id, why = %failure, "taken as last seen");
            Ok(row)
        }
    }
}

/// A community that is looked at again says anew who looks after it.
async fn looked_after(fed: &Federation, group: &row::Actor) {
    let mut budget = Budget::thread();
    if let Err(why) = moderators(fed, group, &mut budget).await {
        tracing::debug!(group = group.ap_id, %why, "no moderators");
    }
}

/// An actor as its own server describes it now, taken in, and the description.
///
/// # Errors
/// As [`actor`].
pub(crate) async fn described(
    fed: &Federation,
    ap_id: &str,
) -> Result<(row::Actor, vocab::Actor), FetchFailure> {
    let found = document(fed, ap_id, IdMatch::Exact, true).await?;
    let row = take_in(fed, &found).await?;
    let told = serde_json::from_value(found.body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not an actor"))?;
    Ok((row, told))
}

/// By which other names an actor says that it is known: a peer's is asked now, ours is not.
///
/// # Errors
/// As [`actor`].
pub async fn also_known_as(fed: &Federation, id: ActorId) -> Result<Vec<String>, FetchFailure> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let row = store::raw::actor::by_id(db, id)?.ok_or(Error::not_found("actor"))?;
        Ok((row, store::actor::alias::of(db, id)?))
    };
    let (row, others) = fed.store().read(read).await?;
    if row.peer_id.is_none() {
        return Ok(others.into_iter().map(|other| other.ap_id).collect());
    }
    let (_, told) = described(fed, &row.ap_id).await?;
    Ok(told.also_known_as)
}

/// Removes a peer's actor with its follows and posts, a chunk at a time.
///
/// # Errors
/// Faults.
pub(crate) async fn remove(fed: &Federation, id: ActorId) -> Outcome<()> {
    while fed
        .ops()
        .write(move |tx| domain::actor::remove_remote(tx, id))
        .await?
    {}
    Ok(())
}

/// Whether the server of a post says that it is no more: 410, 404 or a Tombstone.
///
/// # Errors
/// What the client reports, where it is neither there nor gone.
pub async fn is_gone(fed: &Federation, url: &str) -> Result<bool, FetchFailure> {
    let unfit = |_| FetchFailure::Unfit("the id is no URL");
    let parsed = Url::parse(url).map_err(unfit)?;
    let key = fed.instance_key().await?;
    match fed
        .client()
        .ignoring_failure_cache()
        .get_json(&ACTIVITY_JSON, &parsed, key.as_ref())
        .await
    {
        Ok(found) => Ok(kind_of(&found.body) == Some("Tombstone")),
        Err(FetchError::Gone | FetchError::NotFound) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
