//! The moderators of a remote community, by its own list.

use super::collection::collection;
use super::take_in::known_or_fetched;
use super::{Budget, FetchFailure, recent_cache};
use crate::context::Federation;
use model::ActorId;
use store::row;

/// The most moderators that are stored.
const MODERATORS: usize = 20;

/// Replaces the stored moderators of a remote community with those on its own list. Unknown ones are
/// fetched, as far as the budget goes.
///
/// # Errors
/// [`FetchFailure`].
pub(crate) async fn moderators(
    fed: &Federation,
    group: &row::Actor,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let Some(url) = group.moderators_url.as_deref() else {
        return Ok(());
    };
    let list = collection(fed, url, budget).await?;
    let mut ids: Vec<ActorId> = Vec::new();
    for id in list.member_ids().take(MODERATORS) {
        if let Some(row) = moderator(fed, id, budget).await {
            ids.push(row.id);
        }
    }
    let id = group.id;
    fed.ops()
        .write(move |tx| domain::community::set_remote_moderators(tx, id, &ids))
        .await?;
    Ok(())
}

/// Returns one of them, of any age: an actor that is fetched anew would fetch its own moderators.
async fn moderator(fed: &Federation, id: &str, budget: &mut Budget) -> Option<row::Actor> {
    let known = recent_cache::actor(fed, id).await.ok()?;
    if known.is_none() {
        budget.fetch().ok()?;
    }
    known_or_fetched(fed, id, known).await.ok()
}
