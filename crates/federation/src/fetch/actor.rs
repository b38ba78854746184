//! Actors: known and fresh enough, or fetched from their own server and taken in. What cannot be
//! fetched now is answered as it was last seen.

use super::document::document;
use super::foreign::foreign;
use super::{Budget, FetchFailure, Freshness, key, recent_cache};
use crate::context::Federation;
use crate::json_format::ACTIVITY_JSON;
use client::{FetchError, Fetched, IdMatch};
use domain::{Error, Outcome};
use model::{ActorId, ActorKind, ActorState};
use store::row;
use url::Url;
use vocab::{id_of, kind_of};

/// For how long a known actor is not looked at again.
const FRESH_SECONDS: i64 = 86_400;

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
        Freshness::Any | Freshness::Day => recent_cache::stored(fed, ap_id).await?,
        Freshness::Now => stored(fed, ap_id).await?,
    };
    if fed.urls()?.is_ours(ap_id) {
        return known.ok_or(FetchFailure::Missing);
    }
    if fed.refuses(ap_id) {
        return Err(FetchFailure::refused(ap_id));
    }
    match known {
        Some(row) if is_fresh(fed, &row, freshness) => Ok(row),
        Some(row) => renewed(fed, row, freshness).await,
        None => take_in(fed, &document(fed, ap_id, IdMatch::Exact, false).await?).await,
    }
}

/// An actor at an address that somebody here gave, or that WebFinger gave for it: known and fresh,
/// or whoever the address leads to.
///
/// # Errors
/// As [`actor`].
pub(crate) async fn led_to(fed: &Federation, address: &str) -> Result<row::Actor, FetchFailure> {
    let known = stored(fed, address).await?.is_some();
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
    if recent_cache::stored(fed, ap_id).await?.is_none() {
        budget.fetch()?;
    }
    actor(fed, ap_id, Freshness::Day).await
}

/// An actor of ours by its id; `None` where there is no such one, or it is a peer's.
///
/// # Errors
/// Faults.
pub(crate) async fn local_actor(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    Ok(stored(fed, ap_id)
        .await?
        .filter(|row| row.peer_id.is_none() && row.state != ActorState::Pending))
}

pub(crate) async fn stored(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    let ap_id = ap_id.to_owned();
    fed.store()
        .read(move |db| -> Outcome<_> { Ok(store::raw::actor::by_ap_id(db, &ap_id)?) })
        .await
}

/// Ours, or looked at within a day.
pub(crate) fn is_of_today(fed: &Federation, row: &row::Actor) -> bool {
    row.peer_id.is_none() || is_fresh(fed, row, Freshness::Day)
}

fn is_fresh(fed: &Federation, row: &row::Actor, freshness: Freshness) -> bool {
    match freshness {
        Freshness::Any => true,
        Freshness::Now => false,
        Freshness::Day => {
            let since = fed.ops().now().plus_seconds(-FRESH_SECONDS);
            row.fetched_at.is_some_and(|at| at > since)
        }
    }
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
    if let Err(why) = super::moderators(fed, group, &mut budget).await {
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

/// Takes in the actor a document describes, and reads it back.
///
/// # Errors
/// `Unfit` when the document is no actor, faults.
pub(crate) async fn take_in(fed: &Federation, found: &Fetched) -> Result<row::Actor, FetchFailure> {
    let document: vocab::Actor = serde_json::from_value(found.body.clone())
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not an actor"))?;
    // Where it came from was held against its id as one reads it from outside.
    if found.body.get("id").and_then(id_of) != Some(document.id.as_str()) {
        return Err(FetchFailure::Unfit("an actor with two ids"));
    }
    if fed.urls()?.is_ours(&document.id) {
        return Err(FetchFailure::Missing);
    }
    if fed.refuses(&document.id) {
        return Err(FetchFailure::refused(&document.id));
    }
    let usable = |pem: &str| fed.verifying_key(pem).is_some();
    let mut seen =
        foreign(&document, fed.client().guard(), &usable).map_err(FetchFailure::Unfit)?;
    if seen.key_id.is_none() {
        (seen.key_id, seen.key_pem) = key::elsewhere(fed, &document).await?.unzip();
    }
    let row = fed
        .ops()
        .write(move |tx| {
            let id = domain::actor::take_in(tx, &seen)?;
            store::raw::actor::by_id(tx.db, id)?.ok_or(Error::not_found("actor"))
        })
        .await?;
    Ok(row)
}

/// Removes a peer's actor with its follows and posts, a chunk at a time.
///
/// # Errors
/// Faults.
pub(crate) async fn remove(fed: &Federation, id: ActorId) -> Outcome<()> {
    while fed
        .ops()
        .write(move |tx| domain::actor::remove_foreign(tx, id))
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
