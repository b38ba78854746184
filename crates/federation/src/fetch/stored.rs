//! Actors and posts in the database, by the ids that other servers use.

use super::Freshness;
use crate::context::Federation;
use domain::Outcome;
use store::row;

/// How long a fetched actor is fresh, in seconds.
const FRESH_SECONDS: i64 = 86_400;

/// Reads an actor, ours or a peer's.
///
/// # Errors
/// Faults.
pub(crate) async fn stored_actor(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    let ap_id = ap_id.to_owned();
    fed.store()
        .read(move |db| -> Outcome<_> { Ok(store::raw::actor::by_ap_id(db, &ap_id)?) })
        .await
}

/// Reads a post, ours or a peer's.
///
/// # Errors
/// Faults.
pub(crate) async fn stored_post(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Post>> {
    let ap_id = ap_id.to_owned();
    fed.store()
        .read(move |db| -> Outcome<_> { Ok(store::raw::post::by_ap_id(db, &ap_id)?) })
        .await
}

/// Whether a stored actor is as fresh as asked for.
pub(super) fn is_fresh(fed: &Federation, row: &row::Actor, freshness: Freshness) -> bool {
    match freshness {
        Freshness::Any => true,
        Freshness::Now => false,
        Freshness::Day => {
            let since = fed.ops().now().plus_seconds(-FRESH_SECONDS);
            row.fetched_at.is_some_and(|at| at > since)
        }
    }
}
