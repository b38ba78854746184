//! What was looked up within the last seconds, so that a busy conversation does not ask the
//! database the same things again and again. Only what was found is kept, and only for what does
//! not change, or is looked at again within the transaction: ids, places, languages.

use super::Freshness;
use super::stored::{is_fresh, stored_actor, stored_post};
use crate::context::Federation;
use domain::Outcome;
use model::{ActorId, Audience};
use std::sync::Arc;
use store::row;

/// Bytes of text up to which a row is kept in mind.
const LONGEST: usize = 16_000;

/// The post that the world knows by this name, as it stood within the last seconds. Its id, its
/// author, its place and its parent are as they are; its words, counts and end may not be.
pub(crate) async fn post(fed: &Federation, ap_id: &str) -> Outcome<Option<Arc<row::Post>>> {
    let now = fed.ops().now();
    if let Some(known) = fed.recent().posts.get(ap_id, now) {
        return Ok(Some(known));
    }
    let found = stored_post(fed, ap_id).await?.map(Arc::new);
    if let Some(post) = &found
        && text_size(post) < LONGEST
    {
        fed.recent().posts.put(ap_id, Arc::clone(post), now);
    }
    Ok(found)
}

/// Bytes of a post's texts in every language.
fn text_size(post: &row::Post) -> usize {
    let texts = post.html.iter().chain(post.source.iter());
    texts.map(|(_, text)| text.len()).sum()
}

/// The actor that the world knows by this name, as it stood within the last seconds, where it is
/// ours or was looked at within a day.
pub(super) async fn actor(fed: &Federation, ap_id: &str) -> Outcome<Option<row::Actor>> {
    let now = fed.ops().now();
    if let Some(known) = fed.recent().actors.get(ap_id, now) {
        return Ok(Some((*known).clone()));
    }
    let found = stored_actor(fed, ap_id).await?;
    if let Some(row) = &found
        && (row.peer_id.is_none() || is_fresh(fed, row, Freshness::Day))
        && row.summary_html.len() + row.summary_md.len() < LONGEST
    {
        fed.recent().actors.put(ap_id, Arc::new(row.clone()), now);
    }
    Ok(found)
}

/// A community, as it stood within the last seconds: its names and languages may not be the newest.
pub(crate) async fn place(fed: &Federation, id: ActorId) -> Outcome<Option<Arc<row::Actor>>> {
    let now = fed.ops().now();
    if let Some(known) = fed.recent().communities.get(&id, now) {
        return Ok(Some(known));
    }
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    let found = fed.store().read(read).await?.map(Arc::new);
    if let Some(row) = &found
        && row.summary_html.len() + row.summary_md.len() < LONGEST
    {
        fed.recent().communities.put(id, Arc::clone(row), now);
    }
    Ok(found)
}

/// Who may find the thread that a post is in.
pub(crate) async fn thread_audience(fed: &Federation, post: &row::Post) -> Outcome<Audience> {
    if post.root_id == post.id {
        return Ok(post.audience);
    }
    let (id, now) = (post.root_id, fed.ops().now());
    if let Some(known) = fed.recent().threads.get(&id, now) {
        return Ok(*known);
    }
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_id(db, id)?) };
    let root = fed.store().read(read).await?;
    let audience = root.map_or(Audience::Public, |root| root.audience);
    fed.recent().threads.put(id, Arc::new(audience), now);
    Ok(audience)
}
