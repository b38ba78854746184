//! Editing: a new text is written over the old one, which is kept as a revision; new details over the
//! old ones, which are not kept. Pictures that are taken away are not kept either.

use super::{Draft, picture, rate_limit, relay};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::{PEER_REVISION_SECONDS, REVISIONS_MAX};
use model::{ActorId, Fact, Origin, PostDetails, PostId, RevisionId, Why, id};
use store::row;

/// Writes a new text, new details and other pictures over a post. Only its author may. Nothing changes
/// where all are the same, or where they are older than what is here.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(Author | ActiveAccount)`, `Invalid` with the fields at fault:
/// `revision` where the text has changed since the edit began. `TooMany` past the author's edits within an
/// hour.
pub fn edit(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    let (post, access) = access::require_with_access(tx, by, Action::Edit, id, origin)?;
    let thread = post.parent_id.is_none();
    check(tx, &post, draft, origin)?;
    let text = draft.text(thread);
    let new_text = post.text() != text;
    let pictures = draft.pictures.as_ref();
    let old_pictures = picture::before_change(tx, id, pictures)?;
    if (new_text || old_pictures.is_some())
        && draft
            .began_from
            .is_some_and(|began| began != post.written_at())
    {
        return Err(Error::invalid("revision", Why::Stale));
    }
    if is_older(&post, origin) {
        return Ok(());
    }
    let other_audience = origin.is_remote() && draft.audience != post.audience;
    let new_details = new_details(tx, &post, draft)?;
    let same = !new_text && new_details.is_none() && old_pictures.is_none();
    if same && !other_audience {
        return Ok(());
    }
    rate_limit::require_edit(tx, &post, &access, origin)?;
    if other_audience {
        store::post::set_audience(tx.db, id, draft.audience)?;
    }
    if same {
        return relay::to_followers_elsewhere(tx, origin, &post);
    }
    if new_text {
        keep_revision(tx, &post, origin)?;
    }
    if let Some(details) = new_details {
        store::post::put_details(tx.db, id, details)?;
    }
    if let (Some(before), Some(pictures)) = (old_pictures, pictures) {
        picture::change(tx, id, &before, pictures)?;
    }
    store::post::set_text(tx.db, id, &text, origin.published(tx.now))?;
    let mentions = new_mentions(tx, id, draft)?;
    tx.record(Fact::PostEdited {
        post: id,
        thread: post.root_id,
        by,
        origin: origin.into(),
        mentions,
    });
    relay::to_followers_elsewhere(tx, origin, &post)
}

/// Checks the new text: what is typed here by every limit, what a peer sends to a community of ours by its
/// length.
fn check(tx: &mut Tx<'_>, post: &row::Post, draft: &Draft, origin: &Origin) -> Outcome<()> {
    match (origin, post.community_id) {
        (Origin::Local, _) => draft.check(post.parent_id.is_none()),
        (Origin::Remote { .. }, Some(community))
            if store::raw::actor::is_ours(tx.db, community)? =>
        {
            rate_limit::require_length(draft)
        }
        (Origin::Remote { .. }, _) => Ok(()),
    }
}

/// Stores who is named now; returns those who were not named before.
fn new_mentions(tx: &mut Tx<'_>, id: PostId, draft: &Draft) -> Outcome<Vec<ActorId>> {
    let before = store::raw::post::mentions(tx.db, id)?;
    for named in &draft.mentions {
        store::post::insert_mention(tx.db, id, *named)?;
    }
    let mut mentions = draft.mentions.clone();
    mentions.retain(|named| before.iter().all(|actor| actor.id != *named));
    Ok(mentions)
}

/// Returns the draft's details, where they are others than the post has.
fn new_details<'d>(
    tx: &mut Tx<'_>,
    post: &row::Post,
    draft: &'d Draft,
) -> Outcome<Option<&'d PostDetails>> {
    let Some(details) = draft.details_of(post.kind) else {
        return Ok(None);
    };
    let before = store::post::details(tx.db, &[(post.id, post.kind)])?.remove(&post.id);
    Ok((before.as_ref() != Some(details)).then_some(details))
}

/// Whether a peer's text is older than ours, by the author's clock. One without a time counts by its
/// arrival.
#[must_use]
pub fn is_older(post: &row::Post, origin: &Origin) -> bool {
    match origin {
        Origin::Remote {
            published: Some(at),
            ..
        } => *at < post.written_at(),
        Origin::Remote {
            published: None, ..
        }
        | Origin::Local => false,
    }
}

/// Keeps the present text. Of what a peer edits over and over, one text a minute is kept.
fn keep_revision(tx: &mut Tx<'_>, post: &row::Post, origin: &Origin) -> Outcome<()> {
    if *origin != Origin::Local && !tx.ids_are_ahead() {
        let recent = id::first_of(tx.now.plus_seconds(-PEER_REVISION_SECONDS));
        if store::raw::post::newest_revision(tx.db, post.id)?.is_some_and(|last| last > recent) {
            return Ok(());
        }
    }
    let row = row::Revision {
        id: tx.id::<RevisionId>(),
        post_id: post.id,
        title: post.title.clone(),
        source: post.source.clone(),
        html: post.html.clone(),
        warning: post.warning.clone(),
        written_at: post.written_at(),
    };
    store::post::insert_revision(tx.db, &row, REVISIONS_MAX)?;
    Ok(())
}
