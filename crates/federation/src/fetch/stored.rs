//! Actors and posts in the database, by the ids that other servers use.

use super::Freshness;
use crate::context::Federation;
use domain::Outcome;
use store::row;

const HOUR: i64 = 3_600;

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
        Freshness::Hour => was_fetched_within(fed, row, HOUR),
        Freshness::Day => was_fetched_within(fed, row, 24 * HOUR),
    }
}

fn was_fetched_within(fed: &Federation, row: &row::Actor, seconds: i64) -> bool {
    let since = fed.ops().now().plus_seconds(-seconds);
    row.fetched_at.is_some_and(|at| at > since)
}
