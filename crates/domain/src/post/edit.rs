//! Editing: a new text is written over the old one, which is kept as a revision; new details and tags over the
//! old ones, which are not kept. Pictures that are taken away are not kept either.

use super::{Draft, picture, rate_limit, relay};
use crate::{Error, Outcome, Tx, access, poll, tag};
use model::access::Action;
use model::limits::{PEER_REVISION_SECONDS, REVISIONS_MAX};
use model::{ActorId, Fact, Origin, PostDetails, PostId, PostState, RevisionId, TagId, Why, id};
use store::row::{self, PostPicture, PostText};

/// What an edit changes of a post, beside who may see it.
struct Changes<'d> {
    text: PostText,
    new_text: bool,
    details: Option<&'d PostDetails>,
    /// The pictures that it had, where they change.
    old_pictures: Option<Vec<PostPicture>>,
    tags: Option<Vec<TagId>>,
}

impl Changes<'_> {
    /// Whether the edit changes what readers are told of by the time of the edit.
    const fn rewrites(&self) -> bool {
        self.new_text || self.details.is_some() || self.old_pictures.is_some()
    }

    /// Whether it changes what readers read.
    const fn is_edit(&self) -> bool {
        self.rewrites() || self.tags.is_some()
    }
}

/// Writes a new text, new details, other pictures and tags over a post. Only its author may. Nothing changes
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
    apply_edit(tx, by, id, draft, origin).map(drop)
}

/// What came of an edit.
pub(crate) enum Edited {
    /// It is older than what is here.
    Older,
    Applied {
        /// As it was before.
        post: Box<row::Post>,
        /// The followers elsewhere of its community are told of it.
        is_announced: bool,
    },
}

/// As [`edit`]; says what came of it.
///
/// # Errors
/// As [`edit`].
pub(crate) fn apply_edit(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<Edited> {
    let (post, access) = access::require_with_access(tx, by, Action::Edit, id, origin)?;
    check(tx, &post, draft, origin)?;
    let changes = changes(tx, &post, draft, origin)?;
    if (changes.new_text || changes.old_pictures.is_some())
        && draft
            .began_from
            .is_some_and(|began| began != post.written_at())
    {
        return Err(Error::invalid("revision", Why::Stale));
    }
    if is_older(&post, origin) {
        return Ok(Edited::Older);
    }
    let other_audience = origin.is_remote() && draft.audience != post.audience;
    let is_edit = changes.is_edit();
    // Nobody was told of what waits for a moderator.
    let is_told = post.state != PostState::Held;
    let is_announced = is_told && (is_edit || other_audience);
    if is_announced {
        rate_limit::require_edit(tx, &post, &access, origin)?;
    }
    if other_audience {
        store::post::set_audience(tx.db, id, draft.audience)?;
    }
    if is_edit {
        write(tx, &post, &changes, draft, origin)?;
        let mentions = new_mentions(tx, id, draft)?;
        if is_told {
            tx.record(Fact::PostEdited {
                post: id,
                thread: post.root_id,
                by,
                origin: origin.into(),
                mentions,
            });
        }
    }
    if is_announced {
        relay::to_followers_elsewhere(tx, origin, &post)?;
    }
    let post = Box::new(post);
    Ok(Edited::Applied { post, is_announced })
}

/// Returns what an edit changes.
fn changes<'d>(
    tx: &mut Tx<'_>,
    post: &row::Post,
    draft: &'d Draft,
    origin: &Origin,
) -> Outcome<Changes<'d>> {
    let text = draft.text(post.parent_id.is_none());
    Ok(Changes {
        new_text: post.text() != text,
        text,
        details: new_details(tx, post, draft, origin)?,
        old_pictures: picture::before_change(tx, post.id, draft.pictures.as_ref())?,
        tags: tag::changed(tx, post, &draft.tags, origin)?,
    })
}

/// Writes what an edit changes. Other tags alone are no new text.
fn write(
    tx: &mut Tx<'_>,
    post: &row::Post,
    changes: &Changes<'_>,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    if let Some(tags) = &changes.tags {
        tag::apply(tx, post.id, tags, (origin.published(tx.now), false))?;
    }
    if !changes.rewrites() {
        return Ok(());
    }
    if changes.new_text {
        keep_revision(tx, post, origin)?;
    }
    if let Some(details) = changes.details {
        poll::replace(tx, post, details, origin)?;
    }
    if let (Some(before), Some(pictures)) = (&changes.old_pictures, draft.pictures.as_ref()) {
        picture::change(tx, post.id, before, pictures)?;
    }
    store::post::set_text(tx.db, post.id, &changes.text, origin.published(tx.now))?;
    Ok(())
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
    origin: &Origin,
) -> Outcome<Option<&'d PostDetails>> {
    let Some(details) = draft.details_of(post.kind) else {
        return Ok(None);
    };
    let before = store::post::details(tx.db, &[(post.id, post.kind)])?.remove(&post.id);
    if before.as_ref() == Some(details) {
        return Ok(None);
    }
    match (&before, details, origin) {
        (Some(PostDetails::Poll(before)), PostDetails::Poll(after), Origin::Local) => {
            poll::check_change(tx, post, before, after)?;
        }
        // Its end alone comes with the counts.
        (Some(PostDetails::Poll(before)), PostDetails::Poll(after), Origin::Remote { .. })
            if after.asks_the_same(before) =>
        {
            return Ok(None);
        }
        (_, _, Origin::Local | Origin::Remote { .. }) => {}
    }
    Ok(Some(details))
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
