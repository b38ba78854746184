//! Imports single posts with the thread above them: the chain of replies is followed up to a stored post or
//! to the first one of the thread, then stored from the top down.

use super::place::confirm_stored;
use super::post::publish_verb;
use super::provenance::Provenance;
use super::thread::{import_conversation, import_replies};
use crate::context::Federation;
use crate::fetch::recent_cache;
use crate::fetch::stored::stored_post;
use crate::fetch::{Budget, FetchFailure, verified_object};
use crate::kinds::VerifiedObject;
use domain::{Error, Outcome};
use model::{PostId, PostState};
use store::row;

/// Returns the post at a URL that somebody here asked for, importing it with the thread above it.
///
/// # Errors
/// [`FetchFailure`]; `Unwanted` when it is not public.
pub async fn object(
    fed: &Federation,
    url: &str,
    budget: &mut Budget,
) -> Result<PostId, FetchFailure> {
    if let Some(known) = stored_post(fed, url).await? {
        complete_stored(fed, &known, budget).await?;
        return Ok(known.id);
    }
    if fed.urls()?.is_ours(url) {
        return Err(FetchFailure::Missing);
    }
    let post = verified_object(fed, url, budget).await?;
    import_requested(fed, &post, budget).await
}

/// Completes a stored post that somebody here asked for: its place, and of a thread of another server the
/// replies that were not sent here. What cannot be read is left out.
pub(super) async fn complete_stored(
    fed: &Federation,
    stored: &row::Post,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    confirm_stored(fed, stored, budget).await?;
    let is_thread = stored.parent_id.is_none() && stored.state == PostState::Live;
    if !is_thread || stored.peer_id.is_none() {
        return Ok(());
    }
    match verified_object(fed, &stored.ap_id, budget).await {
        Ok(post) => {
            let provenance = Provenance::requested();
            import_conversation(fed, &post, &provenance, budget).await?;
            import_replies(fed, &post, "", &provenance, budget).await
        }
        Err(failure @ FetchFailure::Domain(Error::Fault(_))) => Err(failure),
        Err(failure) => {
            tracing::debug!(thread = stored.ap_id, error = %failure, "not completed");
            Ok(())
        }
    }
}

/// Imports a post that somebody here asked for, with its conversation.
pub(crate) async fn import_requested(
    fed: &Federation,
    post: &VerifiedObject,
    budget: &mut Budget,
) -> Result<PostId, FetchFailure> {
    let provenance = Provenance::requested();
    if post.object.in_reply_to.is_some() {
        import_conversation(fed, post, &provenance, budget).await?;
    }
    let id = import_with_ancestors(fed, post, &provenance, budget).await?;
    import_conversation(fed, post, &provenance, budget).await?;
    import_replies(fed, post, "", &provenance, budget).await?;
    Ok(id)
}

/// Imports a post and the thread above it.
pub(super) async fn import_with_ancestors(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<PostId, FetchFailure> {
    let parent = parent(fed, post, provenance, budget).await?;
    let verb = publish_verb(fed, post, provenance, parent.as_ref(), budget).await?;
    Ok(fed.ops().write(verb).await?)
}

/// Returns the post that this one replies to, importing it with those above it if it is not stored.
///
/// # Errors
/// `Missing` where it would be ours, `Spent`, and why one of those above was refused.
pub(crate) async fn parent(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<Option<row::Post>, FetchFailure> {
    let Some(first) = post.object.in_reply_to.clone() else {
        return Ok(None);
    };
    if let Some(known) = recent_cache::post(fed, &first).await? {
        return Ok(Some((*known).clone()));
    }
    let (mut stored_ancestor, unknown) = unknown_ancestors(fed, first, budget).await?;
    let wanted = provenance.of_ancestors();
    for ancestor in unknown.iter().rev() {
        let verb = publish_verb(fed, ancestor, &wanted, stored_ancestor.as_ref(), budget).await?;
        let id = fed.ops().write(verb).await?;
        stored_ancestor = Some(by_id(fed, id).await?);
    }
    if let Some(top) = unknown.last() {
        import_replies(fed, top, &post.id, &provenance.fetched(), budget).await?;
    }
    Ok(stored_ancestor)
}

/// Follows the chain of replies up: the first stored post, and the unknown ones below it.
async fn unknown_ancestors(
    fed: &Federation,
    first: String,
    budget: &mut Budget,
) -> Result<(Option<row::Post>, Vec<VerifiedObject>), FetchFailure> {
    let mut unknown: Vec<VerifiedObject> = Vec::new();
    let mut next = first;
    loop {
        if let Some(post) = stored_post(fed, &next).await? {
            return Ok((Some(post), unknown));
        }
        budget.climb()?;
        let post = verified_object(fed, &next, budget).await?;
        if unknown.iter().any(|seen| seen.id == post.id) {
            return Err(FetchFailure::Unfit("the thread runs in a circle"));
        }
        let parent_id = post.object.in_reply_to.clone();
        unknown.push(post);
        match parent_id {
            Some(parent_id) => next = parent_id,
            None => return Ok((None, unknown)),
        }
    }
}

async fn by_id(fed: &Federation, id: PostId) -> Outcome<row::Post> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        store::raw::post::by_id(db, id)?.ok_or(Error::not_found("post"))
    };
    fed.store().read(read).await
}
