//! The tags of a thread: chosen by its author or a moderator, written as hashtags, or named by a peer's post.

use crate::post::{Draft, require_edit};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::{TAGS_PER_COMMUNITY, TAGS_PER_THREAD};
use model::refusal::Rule;
use model::tag::{WantedTags, key};
use model::{ActorId, Fact, Origin, PostId, PostState, Refusal, TagId, Time, Why};
use store::row;

/// Gives a thread other tags: its author may, and in a community of ours its moderators. What a moderator has chosen is
/// no longer changed by the server of an author from elsewhere.
///
/// # Errors
/// `NotFound`, also for a reply; `Gone`, `NotAllowed(Author | NotOurs | ActiveAccount | Banned)`, `Invalid(tags)`,
/// `TooMany` past the author's edits within an hour.
pub fn choose(tx: &mut Tx<'_>, by: ActorId, id: PostId, tags: &[TagId]) -> Outcome<()> {
    let origin = Origin::Local;
    let (post, access) = access::require_with_access(tx, by, Action::See, id, &origin)?;
    let community = post.community_id.filter(|_| post.parent_id.is_none());
    let community = community.ok_or(Error::not_found("post"))?;
    if post.state == PostState::Tombstone {
        return Err(Refusal::Gone("post").into());
    }
    let by_author = post.author_id == by;
    if by_author {
        access::require_on(tx, by, Action::Edit, &post, &origin)?;
    } else if store::raw::actor::is_ours(tx.db, community)? {
        access::require_on(tx, by, Action::Moderate, &post, &origin)?;
    } else {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    let wanted = WantedTags {
        chosen: Some(tags.to_vec()),
        ..WantedTags::default()
    };
    let Some(tags) = changed(tx, &post, &wanted, &origin)? else {
        return Ok(());
    };
    if by_author {
        require_edit(tx, &post, &access, &origin)?;
    }
    apply(tx, id, &tags, (tx.now, !by_author))?;
    tx.record(Fact::PostEdited {
        post: id,
        thread: post.root_id,
        by,
        origin: (&origin).into(),
        mentions: Vec::new(),
    });
    Ok(())
}

/// Gives a new thread the tags that its draft asks for.
///
/// # Errors
/// `Invalid(tags)`.
pub(crate) fn of_new(
    tx: &mut Tx<'_>,
    post: &row::Post,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    if post.parent_id.is_some() {
        return Ok(());
    }
    let tags = resolve(tx, post, &[], &draft.tags, origin)?;
    if !tags.is_empty() {
        store::tag::set_of_post(tx.db, post.id, &tags)?;
    }
    Ok(())
}

/// Returns the tags that a thread is to have, where they are others than it has. A peer changes neither what a
/// moderator chose nor what was changed later.
///
/// # Errors
/// `Invalid(tags)`.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    post: &row::Post,
    wanted: &WantedTags,
    origin: &Origin,
) -> Outcome<Option<Vec<TagId>>> {
    if post.parent_id.is_some() || post.community_id.is_none() {
        return Ok(None);
    }
    if origin.is_remote() {
        let tagging = store::tag::tagging(tx.db, post.id)?;
        let at = origin.published(tx.now);
        if tagging.is_some_and(|last| last.by_moderator || at < last.changed_at) {
            return Ok(None);
        }
    }
    let before = store::tag::of_posts(tx.db, &[post.id])?.remove(&post.id);
    let before = before.unwrap_or_default().into_iter().map(|tag| tag.id);
    let mut before: Vec<TagId> = before.collect();
    let tags = resolve(tx, post, &before, wanted, origin)?;
    let mut after = tags.clone();
    before.sort_unstable();
    after.sort_unstable();
    Ok((before != after).then_some(tags))
}

/// Writes the tags of a published thread.
///
/// # Errors
/// Faults only.
pub(crate) fn apply(
    tx: &mut Tx<'_>,
    post_id: PostId,
    tags: &[TagId],
    (changed_at, by_moderator): (Time, bool),
) -> Outcome<()> {
    store::tag::set_of_post(tx.db, post_id, tags)?;
    let tagging = row::PostTagging {
        post_id,
        changed_at,
        by_moderator,
    };
    store::tag::put_tagging(tx.db, &tagging)?;
    Ok(())
}

/// Returns which tags of its community a thread gets. What is chosen here is checked; of what a peer names, those that
/// the community has are taken, and the others ignored.
fn resolve(
    tx: &mut Tx<'_>,
    post: &row::Post,
    before: &[TagId],
    wanted: &WantedTags,
    origin: &Origin,
) -> Outcome<Vec<TagId>> {
    let asks = wanted.chosen.as_ref().is_some_and(|all| !all.is_empty())
        || !wanted.named.is_empty()
        || !wanted.hashtags.is_empty();
    if !asks {
        let left = wanted.chosen.is_none() && !origin.is_remote();
        return Ok(if left { before.to_vec() } else { Vec::new() });
    }
    let known = match post.community_id {
        Some(community) => store::tag::of_community(tx.db, community)?,
        None => Vec::new(),
    };
    let mut tags: Vec<TagId> = match origin {
        Origin::Local => {
            let chosen = wanted.chosen.clone();
            check(&known, chosen.unwrap_or_else(|| before.to_vec()))?
        }
        Origin::Remote { .. } => {
            let named = known.iter().filter(|tag| wanted.named.contains(&tag.ap_id));
            named.map(|tag| tag.id).collect()
        }
    };
    for tag in &known {
        if !tags.contains(&tag.id) && wanted.hashtags.contains(&key(&tag.slug)) {
            tags.push(tag.id);
        }
    }
    tags.truncate(TAGS_PER_THREAD);
    Ok(tags)
}

/// Checks the tags that somebody has chosen, each of which counts once.
fn check(known: &[row::Tag], mut chosen: Vec<TagId>) -> Outcome<Vec<TagId>> {
    // Before they are compared with each other.
    if chosen.len() > TAGS_PER_COMMUNITY {
        return Err(Error::invalid("tags", Why::TooLong));
    }
    let mut seen: Vec<TagId> = Vec::new();
    chosen.retain(|id| {
        let new = !seen.contains(id);
        seen.push(*id);
        new
    });
    if chosen.len() > TAGS_PER_THREAD {
        return Err(Error::invalid("tags", Why::TooLong));
    }
    let is_known = |id: &TagId| known.iter().any(|tag| tag.id == *id);
    match chosen.iter().all(is_known) {
        true => Ok(chosen),
        false => Err(Error::invalid("tags", Why::NotAChoice)),
    }
}
