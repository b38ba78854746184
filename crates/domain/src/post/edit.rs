//! Editing: a new text is written over the old one, which is kept as a revision.

use super::draft::Texts;
use super::publish::write_event;
use super::{Draft, relay};
use crate::{Outcome, Tx, access};
use model::access::Action;
use model::{ActorId, Fact, Origin, PostId, RevisionId};
use store::row;

/// Writes a new text over a post. Only its author may. Nothing changes where the text is the same, or
/// where it is older than the one that is here.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(Author | ActiveAccount)`, `Invalid` with the fields at fault.
pub fn edit(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    let post = access::require(tx, by, Action::Edit, id, origin)?;
    let thread = post.parent_id.is_none();
    if *origin == Origin::Local {
        draft.check(thread)?;
    }
    if is_older(&post, origin) {
        return Ok(());
    }
    write_event(tx, id, draft)?;
    let texts = draft.texts(thread);
    if is_same(&post, &texts) {
        return Ok(());
    }
    keep_revision(tx, &post)?;
    store::post::set_text(tx.db, id, &texts.columns(), origin.published(tx.now))?;
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

fn is_same(post: &row::Post, texts: &Texts) -> bool {
    post.title == texts.title && post.source == texts.source && post.html == texts.html
}

/// Whether a peer's text is older than ours, by the author's clock. One without a time counts by its
/// arrival.
fn is_older(post: &row::Post, origin: &Origin) -> bool {
    match origin {
        Origin::Remote {
            published: Some(at),
            ..
        } => *at < post.edited_at.unwrap_or(post.published_at),
        Origin::Remote {
            published: None, ..
        }
        | Origin::Local => false,
    }
}

fn keep_revision(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<()> {
    let row = row::Revision {
        id: tx.id::<RevisionId>(),
        post_id: post.id,
        title: post.title.clone(),
        source: post.source.clone(),
        html: post.html.clone(),
        written_at: post.edited_at.unwrap_or(post.published_at),
    };
    store::post::insert_revision(tx.db, &row)?;
    Ok(())
}
