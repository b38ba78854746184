//! Reads posts and actors through caches of a few seconds, so that a busy conversation does not query the
//! same rows again and again. Only existing rows are cached. Callers use what does not change, or what the
//! transaction checks again: ids, communities, languages.

use super::Freshness;
use super::stored::{is_fresh, stored_actor, stored_post};
use crate::context::Federation;
use domain::Outcome;
use model::{ActorId, Audience};
use std::sync::Arc;
use store::row;

/// The most bytes of text of a row that is cached.
const MAX_TEXT_BYTES: usize = 16_000;

/// Returns a post by its ActivityPub id. Its id, author, community and parent are current; its texts, counts
/// and deletion may be some seconds old.
pub(crate) async fn post(fed: &Federation, ap_id: &str) -> Outcome<Option<Arc<row::Post>>> {
    let now = fed.ops().now();
    if let Some(cached) = fed.recent().posts.get(ap_id, now) {
        return Ok(Some(cached));
    }
    let stored = stored_post(fed, ap_id).await?.map(Arc::new);
    if let Some(post) = &stored
        && text_size(post) < MAX_TEXT_BYTES
    {
        fed.recent().posts.put(ap_id, Arc::clone(post), now);
    }
    Ok(stored)
}

/// Returns the bytes of a post's texts in all languages.
fn text_size(post: &row::Post) -> usize {
    let texts = post.html.iter().chain(post.source.iter());
    let texts = texts.chain(post.warning.iter());
    texts.map(|(_, text)| text.len()).sum()
}

/// Returns an actor by its ActivityPub id. Local actors and those that were fetched within a day may be some
/// seconds old.
pub(super) async fn actor(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    let now = fed.ops().now();
    if let Some(cached) = fed.recent().actors.get(ap_id, now) {
        return Ok(Some((*cached).clone()));
    }
    let stored = stored_actor(fed, ap_id).await?;
    if let Some(row) = &stored
        && (row.peer_id.is_none() || is_fresh(fed, row, Freshness::Day))
        && row.summary_html.len() + row.summary_md.len() < MAX_TEXT_BYTES
    {
        fed.recent().actors.put(ap_id, Arc::new(row.clone()), now);
    }
    Ok(stored)
}

/// Returns a community, whose names and languages may be some seconds old.
pub(crate) async fn community(fed: &Federation, id: ActorId) -> Outcome<Option<Arc<row::Actor>>> {
    let now = fed.ops().now();
    if let Some(cached) = fed.recent().communities.get(&id, now) {
        return Ok(Some(cached));
    }
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    let stored = fed.store().read(read).await?.map(Arc::new);
    if let Some(row) = &stored
        && row.summary_html.len() + row.summary_md.len() < MAX_TEXT_BYTES
    {
        fed.recent().communities.put(id, Arc::clone(row), now);
    }
    Ok(stored)
}

/// Returns the audience of the thread that a post is in.
pub(crate) async fn thread_audience(fed: &Federation, post: &row::Post) -> Outcome<Audience> {
    if post.root_id == post.id {
        return Ok(post.audience);
    }
    let (id, now) = (post.root_id, fed.ops().now());
    if let Some(cached) = fed.recent().threads.get(&id, now) {
        return Ok(*cached);
    }
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_id(db, id)?) };
    let root = fed.store().read(read).await?;
    let audience = root.map_or(Audience::Public, |root| root.audience);
    fed.recent().threads.put(id, Arc::new(audience), now);
    Ok(audience)
}
