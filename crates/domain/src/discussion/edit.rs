//! Editing: the old text is kept.

use super::publish::title_of;
use super::{live_post, relay_afar};
use crate::{Error, Outcome, Tx, actor};
use model::refusal::Rule;
use model::{ActorId, Fact, Origin, PostId, RevisionId};
use store::discussion::Text;
use store::row;

use super::Draft;

/// Writes a new text over a post. Only its author may; nothing changes where the text is the same.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(Author)`, `Invalid` with the fields at fault.
pub fn edit(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    let post = live_post(tx, id)?;
    if post.author_id != by {
        return Err(Error::not_allowed(Rule::Author));
    }
    actor::active(tx, by)?;
    if *origin == Origin::Local {
        draft.check(post.parent_id.is_none())?;
    }
    let text = text_of(&post, draft);
    if same(&post, &text) {
        return Ok(());
    }
    keep_old(tx, &post)?;
    store::discussion::set_text(tx.db, id, &text, origin.published(tx.now))?;
    let before: Vec<ActorId> = store::discussion::mentions(tx.db, id)?
        .into_iter()
        .map(|actor| actor.id)
        .collect();
    for named in &draft.mentions {
        store::discussion::insert_mention(tx.db, id, *named)?;
    }
    let mut mentions = draft.mentions.clone();
    mentions.retain(|named| !before.contains(named));
    tx.record(Fact::PostEdited {
        post: id,
        thread: post.root_id,
        by,
        origin: origin.into(),
        mentions,
    });
    relay_afar(tx, origin, post.community_id, post.root_id)
}

/// A draft as the text of a post that is there.
pub(super) fn text_of<'a>(post: &row::Post, draft: &'a Draft) -> Text<'a> {
    let second = draft.second.as_ref();
    let thread = post.parent_id.is_none();
    Text {
        lang: &draft.lang,
        title: title_of(thread, &draft.title),
        md: &draft.body.md,
        html: &draft.body.html,
        alt_lang: second.map(|s| s.lang.as_str()),
        alt_title: second
            .map(|s| title_of(thread, &s.title))
            .unwrap_or_default(),
        alt_md: second.map(|s| s.body.md.as_str()).unwrap_or_default(),
        alt_html: second.map(|s| s.body.html.as_str()).unwrap_or_default(),
    }
}

fn same(post: &row::Post, text: &Text<'_>) -> bool {
    post.title == text.title
        && post.body_html == text.html
        && post.body_md == text.md
        && post.alt_title == text.alt_title
        && post.alt_html == text.alt_html
        && post.lang == text.lang
}

fn keep_old(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<()> {
    let row = row::Revision {
        id: tx.id::<RevisionId>(),
        post_id: post.id,
        title: post.title.clone(),
        body_md: post.body_md.clone(),
        body_html: post.body_html.clone(),
        alt_title: post.alt_title.clone(),
        alt_html: post.alt_html.clone(),
        written_at: post.edited_at.unwrap_or(post.published_at),
    };
    store::discussion::insert_revision(tx.db, &row)?;
    Ok(())
}
