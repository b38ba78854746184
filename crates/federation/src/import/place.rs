//! Updates the community of stored threads: of those a community lists, and of those that are looked up again.

use super::post::already_stored_verb;
use super::provenance::Provenance;
use crate::context::Federation;
use crate::fetch::{Budget, FetchFailure, confirms};
use domain::Outcome;
use model::claim::claim;
use model::{ActorKind, ActorState, PostState};
use store::row;

/// Applies that a community lists a stored post.
pub(super) async fn apply_listing(
    fed: &Federation,
    known: &row::Post,
    provenance: &Provenance,
) -> Outcome<()> {
    match already_stored_verb(known, provenance) {
        Some(verb) => fed.ops().write(verb).await.map(|_| ()),
        None => Ok(()),
    }
}

/// Checks whether the remote community that a thread names first confirms the thread, unless one that has
/// precedence has confirmed it; called when somebody looks up the thread or a reply in it.
///
/// # Errors
/// Faults.
pub(super) async fn confirm_stored(
    fed: &Federation,
    post: &row::Post,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let root = post.root_id;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        match store::raw::post::by_id(db, root)? {
            Some(thread) => Ok(unconfirmed_community(db, &thread)?.map(|group| (thread, group))),
            None => Ok(None),
        }
    };
    let Some((thread, group)) = fed.store().read(read).await? else {
        return Ok(());
    };
    let context = thread.context.as_deref();
    if confirms(fed, &group, &thread.ap_id, context, budget).await? {
        apply_listing(fed, &thread, &Provenance::of_community(group.id)).await?;
    }
    Ok(())
}

/// Returns the remote community that a thread names first, if the thread is in none or in one that it names later.
fn unconfirmed_community(db: &mut store::Db, thread: &row::Post) -> Outcome<Option<row::Actor>> {
    let named: Vec<String> = thread
        .named_communities
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if thread.peer_id.is_none() || thread.state == PostState::Tombstone || named.is_empty() {
        return Ok(None);
    }
    let of = |group: &row::Actor| claim(&thread.named_communities, &thread.ap_id, &group.ap_id);
    let named = store::raw::actor::by_ap_ids(db, &named)?;
    let first = named
        .into_iter()
        .filter(|group| group.kind == ActorKind::Group && group.state == ActorState::Active)
        .min_by_key(of);
    let Some(first) = first.filter(|group| group.peer_id.is_some()) else {
        return Ok(None);
    };
    let Some(owner) = thread.community_id else {
        return Ok(Some(first));
    };
    let owner = store::raw::actor::by_id(db, owner)?;
    let later = owner.is_some_and(|owner| owner.peer_id.is_some() && of(&first) < of(&owner));
    Ok(later.then_some(first))
}
