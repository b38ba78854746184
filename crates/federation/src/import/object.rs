//! Posts fetched for their own sake, or because a reply hangs on them: a chain is climbed to what
//! is known or to its root, then taken in from the top down.

use super::place::looked_up;
use super::post::under;
use super::provenance::Provenance;
use super::thread::{around, below};
use crate::context::Federation;
use crate::fetch::recent_cache;
use crate::fetch::stored::stored_post;
use crate::fetch::{Budget, FetchFailure, verified_object};
use crate::kinds::VerifiedObject;
use domain::{Error, Outcome};
use model::PostId;
use store::row;

/// The post at a URL, which somebody here asked for: taken in with the thread above it.
///
/// # Errors
/// [`FetchFailure`]; `Unwanted` when it is not public.
pub async fn object(
    fed: &Federation,
    url: &str,
    budget: &mut Budget,
) -> Result<PostId, FetchFailure> {
    if let Some(known) = stored_post(fed, url).await? {
        looked_up(fed, &known, budget).await?;
        return Ok(known.id);
    }
    if fed.urls()?.is_ours(url) {
        return Err(FetchFailure::Missing);
    }
    let found = verified_object(fed, url, budget).await?;
    take_wanted(fed, &found, budget).await
}

/// Takes in a post that somebody here asked for, with the conversation it stands in.
pub(crate) async fn take_wanted(
    fed: &Federation,
    post: &VerifiedObject,
    budget: &mut Budget,
) -> Result<PostId, FetchFailure> {
    let how = Provenance::wanted();
    if post.object.in_reply_to.is_some() {
        around(fed, post, &how, budget).await?;
    }
    let id = take(fed, post, &how, budget).await?;
    around(fed, post, &how, budget).await?;
    below(fed, post, "", &how, budget).await?;
    Ok(id)
}

/// Takes in a post and the thread above it.
pub(super) async fn take(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<PostId, FetchFailure> {
    let parent = parent(fed, post, how, budget).await?;
    let verb = under(fed, post, how, parent.as_ref(), budget).await?;
    Ok(fed.ops().write(verb).await?)
}

/// The post that this one answers, fetched with what is above it where it is not here.
///
/// # Errors
/// `Missing` where it would be ours, `Spent`, and what keeps one of those above out.
pub(crate) async fn parent(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<Option<row::Post>, FetchFailure> {
    let Some(first) = post.object.in_reply_to.clone() else {
        return Ok(None);
    };
    if let Some(known) = recent_cache::post(fed, &first).await? {
        return Ok(Some((*known).clone()));
    }
    let (mut above, missing) = climb(fed, first, budget).await?;
    let how = how.fetched();
    for one in missing.iter().rev() {
        let verb = under(fed, one, &how, above.as_ref(), budget).await?;
        let id = fed.ops().write(verb).await?;
        above = Some(by_id(fed, id).await?);
    }
    if let Some(top) = missing.last() {
        below(fed, top, &post.id, &how, budget).await?;
    }
    Ok(above)
}

/// Up the chain of replies: the first post that is known, and what is missing below it.
async fn climb(
    fed: &Federation,
    first: String,
    budget: &mut Budget,
) -> Result<(Option<row::Post>, Vec<VerifiedObject>), FetchFailure> {
    let mut missing: Vec<VerifiedObject> = Vec::new();
    let mut next = first;
    loop {
        if let Some(post) = stored_post(fed, &next).await? {
            return Ok((Some(post), missing));
        }
        budget.climb()?;
        let post = verified_object(fed, &next, budget).await?;
        if missing.iter().any(|seen| seen.id == post.id) {
            return Err(FetchFailure::Unfit("the thread runs in a circle"));
        }
        let up = post.object.in_reply_to.clone();
        missing.push(post);
        match up {
            Some(up) => next = up,
            None => return Ok((None, missing)),
        }
    }
}

async fn by_id(fed: &Federation, id: PostId) -> Outcome<row::Post> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        store::raw::post::by_id(db, id)?.ok_or(Error::not_found("post"))
    };
    fed.store().read(read).await
}
