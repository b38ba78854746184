//! Stores the actors that documents of other servers describe.

use super::document::document;
use super::foreign::foreign;
use super::{FetchFailure, key, webfinger};
use crate::context::Federation;
use client::{Fetched, IdMatch};
use domain::Error;
use store::row;
use vocab::id_of;

/// Returns the actor that is `known`, whatever its age, else fetches it from its own server.
///
/// # Errors
/// `Missing` for one of ours that does not exist, `Unfit` when the document is no actor, and what the
/// client reports.
pub(super) async fn known_or_fetched(
    fed: &Federation,
    ap_id: &str,
    known: Option<row::Actor>,
) -> Result<row::Actor, FetchFailure> {
    if fed.urls()?.is_ours(ap_id) {
        return known.ok_or(FetchFailure::Missing);
    }
    if fed.refuses(ap_id) {
        return Err(FetchFailure::refused(ap_id));
    }
    match known {
        Some(row) => Ok(row),
        None => take_in(fed, &document(fed, ap_id, IdMatch::Exact, false).await?).await,
    }
}

/// Stores the actor that a document describes; returns its row.
///
/// # Errors
/// `Unfit` when the document is no actor, faults.
pub(crate) async fn take_in(
    fed: &Federation,
    fetched: &Fetched,
) -> Result<row::Actor, FetchFailure> {
    let document: vocab::Actor = serde_json::from_value(fetched.body.clone())
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not an actor"))?;
    // The client has compared its URL with the id as `vocab::id_of` reads it.
    if fetched.body.get("id").and_then(id_of) != Some(document.id.as_str()) {
        return Err(FetchFailure::Unfit("an actor with two ids"));
    }
    if fed.urls()?.is_ours(&document.id) {
        return Err(FetchFailure::Missing);
    }
    if fed.refuses(&document.id) {
        return Err(FetchFailure::refused(&document.id));
    }
    let usable = |pem: &str| fed.verifying_key(pem).is_some();
    let mut foreign_actor =
        foreign(&document, fed.client().guard(), &usable).map_err(FetchFailure::Unfit)?;
    if foreign_actor.key_id.is_none() {
        (foreign_actor.key_id, foreign_actor.key_pem) =
            key::standalone_key(fed, &document).await?.unzip();
    }
    let host = webfinger::confirmed_host(fed, &document, &foreign_actor).await?;
    let row = fed
        .ops()
        .write(move |tx| {
            let id = domain::actor::store_remote_at(tx, &foreign_actor, host.as_deref())?;
            store::raw::actor::by_id(tx.db, id)?.ok_or(Error::not_found("actor"))
        })
        .await?;
    Ok(row)
}
