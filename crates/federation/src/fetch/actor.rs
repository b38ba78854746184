//! Returns actors: stored and fresh, or fetched from their own server and stored. An actor that cannot be
//! renewed is returned as stored.

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

/// Returns an actor, ours or a peer's, by its ActivityPub id. A peer's is fetched where it is not stored or too
/// old; if that fails, the stored one is returned, unless `freshness` is `Now`. The document must have this
/// id: otherwise any URL could return another actor's document.
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
        Freshness::Hour | Freshness::Now => stored_actor(fed, ap_id).await?,
    };
    let may_renew = !fed.urls()?.is_ours(ap_id) && !fed.refuses(ap_id);
    match known {
        Some(row) if may_renew && !is_fresh(fed, &row, freshness) => {
            renew(fed, row, freshness).await
        }
        known => known_or_fetched(fed, ap_id, known).await,
    }
}

/// Returns the actor that a URL leads to, which somebody typed or WebFinger returned; its document may have
/// another id.
///
/// # Errors
/// As [`actor`].
pub(crate) async fn resolve_actor(
    fed: &Federation,
    address: &str,
) -> Result<row::Actor, FetchFailure> {
    let known = stored_actor(fed, address).await?.is_some();
    if known || fed.urls()?.is_ours(address) || fed.refuses(address) {
        return actor(fed, address, Freshness::Day).await;
    }
    take_in(fed, &document(fed, address, IdMatch::Any, false).await?).await
}

/// Returns the author of a post or activity; fetching an unknown one is charged to the budget.
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

/// Returns a local actor by its ActivityPub id; `None` where there is none.
///
/// # Errors
/// Faults.
pub(crate) async fn local_actor(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    Ok(stored_actor(fed, ap_id)
        .await?
        .filter(|row| row.peer_id.is_none() && row.state != ActorState::Pending))
}

/// Fetches a stored actor again.
async fn renew(
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
                renew_moderators(fed, &row).await;
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
            tracing::debug!(actor = row.ap_id, error = %failure, "actor not renewed");
            Ok(row)
        }
    }
}

/// Fetches the moderators of a community that was renewed.
async fn renew_moderators(fed: &Federation, group: &row::Actor) {
    let mut budget = Budget::thread();
    if let Err(error) = moderators(fed, group, &mut budget).await {
        tracing::debug!(group = group.ap_id, %error, "moderators not renewed");
    }
}

/// Fetches and stores an actor; returns its row and its document.
///
/// # Errors
/// As [`actor`].
pub(crate) async fn fetch_document(
    fed: &Federation,
    ap_id: &str,
) -> Result<(row::Actor, vocab::Actor), FetchFailure> {
    let found = document(fed, ap_id, IdMatch::Exact, true).await?;
    let row = take_in(fed, &found).await?;
    let document = serde_json::from_value(found.body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not an actor"))?;
    Ok((row, document))
}

/// Returns the other ids that an actor claims (`alsoKnownAs`); those of a peer's actor are fetched now.
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
    let (_, document) = fetch_document(fed, &row.ap_id).await?;
    Ok(document.also_known_as)
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

/// Whether the server of a post confirms that it is gone: by 410, 404 or a Tombstone. Since anybody can have it
/// asked, one that has it is asked again after a minute only.
///
/// # Errors
/// What the client reports, where it is neither there nor gone.
pub async fn is_gone(fed: &Federation, url: &str) -> Result<bool, FetchFailure> {
    let unfit = |_| FetchFailure::Unfit("the id is no URL");
    let parsed = Url::parse(url).map_err(unfit)?;
    let now = fed.ops().now();
    if fed.inbox().was_there(url, now) {
        return Err(FetchFailure::AskedJustNow);
    }
    let client = match fed.inbox().may_confirm(url, now) {
        true => fed.client().ignoring_failure_cache(),
        false => fed.client().clone(),
    };
    let key = fed.instance_key().await?;
    match client.get_json(&ACTIVITY_JSON, &parsed, key.as_ref()).await {
        Ok(found) => {
            let gone = kind_of(&found.body) == Some("Tombstone");
            if !gone {
                fed.inbox().remember_there(url, now);
            }
            Ok(gone)
        }
        Err(FetchError::Gone | FetchError::NotFound) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
