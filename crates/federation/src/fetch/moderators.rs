//! Who looks after a remote community, by its own list.

use super::collection::collection;
use super::{Budget, FetchFailure, Freshness};
use crate::context::Federation;
use futures::FutureExt;
use futures::future::BoxFuture;
use model::ActorId;
use store::row;

/// Moderators kept.
const MODERATORS: usize = 20;

/// Reads a remote community's own list of its moderators, in place of what it said before. Those
/// not known yet are fetched, as far as the budget goes.
///
/// # Errors
/// [`FetchFailure`].
pub(crate) fn moderators<'a>(
    fed: &'a Federation,
    group: &'a row::Actor,
    budget: &'a mut Budget,
) -> BoxFuture<'a, Result<(), FetchFailure>> {
    // Boxed: a community that is looked at again looks at its moderators, who are actors too.
    async move {
        let Some(url) = group.moderators_url.as_deref() else {
            return Ok(());
        };
        let list = collection(fed, url, budget).await?;
        let mut found: Vec<ActorId> = Vec::new();
        for id in list.member_ids().take(MODERATORS) {
            if let Some(row) = one(fed, id, budget).await {
                found.push(row.id);
            }
        }
        let id = group.id;
        fed.ops()
            .write(move |tx| domain::community::set_remote_moderators(tx, id, &found))
            .await?;
        Ok(())
    }
    .boxed()
}

/// One of them, of any age: looking at a moderator again must not lead to their communities.
async fn one(fed: &Federation, id: &str, budget: &mut Budget) -> Option<row::Actor> {
    if super::actor::stored(fed, id).await.ok()?.is_none() {
        budget.fetch().ok()?;
    }
    super::actor(fed, id, Freshness::Any).await.ok()
}
