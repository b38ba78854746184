//! Publishing: the one way a post's row is made, whatever its kind and wherever it comes from.

use super::{Draft, picture, rate_limit, relay};
use crate::{Outcome, Tx, moderation, poll, tag};
use model::fact::FactOrigin;
use model::{ActorId, Fact, Origin, PostId, PostKind, PostState, SpaceId};
use store::row;

/// Where and by whom a post is published; the rules were checked.
pub(crate) struct NewPost<'a> {
    pub author: ActorId,
    /// The space and its community; `None` for a post in no community.
    pub place: Option<(SpaceId, ActorId)>,
    /// Whether the author facilitates or moderates that community.
    pub by_moderator: bool,
    /// It waits for a moderator.
    pub held: bool,
    /// What it replies to.
    pub parent: Option<&'a row::Post>,
    pub kind: PostKind,
    pub draft: &'a Draft,
    pub origin: &'a Origin,
}

/// Publishes a post: its row, its details, pictures and tags, the counters, its mentions, the fact, and the community's
/// announcement of a peer's activity.
///
/// # Errors
/// `TooMany`, `TooLarge` for a peer's post in a community of ours; `Invalid(tags)`.
pub(crate) fn publish(tx: &mut Tx<'_>, new: &NewPost<'_>) -> Outcome<PostId> {
    rate_limit::require(tx, new)?;
    let post = row_of(tx, new)?;
    store::post::insert(tx.db, &post)?;
    if !new.held && new.parent.is_some() {
        store::post::count_reply(tx.db, post.root_id, post.id, post.published_at)?;
    }
    if !new.held {
        count(tx, &post, 1)?;
    }
    add_details(tx, new, &post)?;
    picture::add(tx, post.id, new.draft.pictures.as_ref())?;
    tag::of_new(tx, &post, new.draft, new.origin)?;
    for named in &new.draft.mentions {
        store::post::insert_mention(tx.db, post.id, *named)?;
    }
    if *new.origin == Origin::Local {
        remember(tx, new, post.id)?;
        store::post::mark_read(tx.db, post.author_id, post.root_id, post.id)?;
    }
    if new.held {
        moderation::hold(tx, &post, new.origin)?;
        return Ok(post.id);
    }
    let parent_author = new.parent.map(|parent| parent.author_id);
    let mentions = new.draft.mentions.clone();
    tell(tx, &post, parent_author, mentions, new.origin.into())?;
    match new.parent {
        Some(_) => relay::reply(tx, new.origin, &post)?,
        None => relay::thread(tx, new.origin, &post)?,
    }
    Ok(post.id)
}

/// Records that a post is published, and announces a thread to those who asked for that.
fn tell(
    tx: &mut Tx<'_>,
    post: &row::Post,
    parent_author: Option<ActorId>,
    mentions: Vec<ActorId>,
    origin: FactOrigin,
) -> Outcome<()> {
    tx.record(Fact::PostPublished {
        post: post.id,
        thread: post.root_id,
        by: post.author_id,
        origin,
        parent_author,
        mentions,
    });
    match post.parent_id {
        Some(_) if store::thread_notify::is_watched(tx.db, post.root_id)? => {
            let post = post.id;
            tx.record(Fact::WatchedThreadReplied { post, origin });
        }
        None if origin != FactOrigin::Fetched => crate::notice::mail::announce_thread(tx, post)?,
        Some(_) | None => {}
    }
    Ok(())
}

/// Counts a post that waited for a moderator and is published now, and tells of it as of a new one.
pub(crate) fn tell_of_released(
    tx: &mut Tx<'_>,
    post: &row::Post,
    origin: FactOrigin,
) -> Outcome<()> {
    count_again(tx, post, 1)?;
    let parent = match post.parent_id {
        Some(id) => store::raw::post::by_id(tx.db, id)?,
        None => None,
    };
    let mentions = store::raw::post::mentions(tx.db, post.id)?;
    let mentions = mentions.into_iter().map(|actor| actor.id).collect();
    tell(tx, post, parent.map(|row| row.author_id), mentions, origin)
}

/// Writes what only the post's kind has.
fn add_details(tx: &mut Tx<'_>, new: &NewPost<'_>, post: &row::Post) -> Outcome<()> {
    let Some(details) = new.draft.details_of(post.kind) else {
        return Ok(());
    };
    store::post::put_details(tx.db, post.id, details)?;
    if let Some(tally) = &new.draft.tally {
        store::poll::set_tally(tx.db, post.id, tally)?;
    }
    poll::schedule_end(tx, post, details)
}

/// Counts a post of its author, and a thread of its community; `by` is 1, or -1 where it is removed.
pub(super) fn count(tx: &mut Tx<'_>, post: &row::Post, by: i32) -> Outcome<()> {
    if let Some(community) = post.community_id.filter(|_| post.parent_id.is_none()) {
        store::actor::add_posts(tx.db, community, by)?;
    }
    store::actor::add_posts(tx.db, post.author_id, by)?;
    Ok(())
}

/// Counts a post that was removed (`by` is -1) or put back (1). A thread counts its replies and answers
/// anew, and is as recent as the newest that is left.
pub(super) fn count_again(tx: &mut Tx<'_>, post: &row::Post, by: i32) -> Outcome<()> {
    count(tx, post, by)?;
    if post.parent_id.is_some() {
        store::post::recount::recount_threads(tx.db, &[post.root_id])?;
    }
    Ok(())
}

/// The post that is here already: a peer's by its ActivityPub id, one of ours by the form or request
/// it was sent with. `target` is the post that is replied to, or the community of a thread.
///
/// # Errors
/// `Gone` where a peer's was deleted before it came.
pub(crate) fn known(
    tx: &mut Tx<'_>,
    author: ActorId,
    target: i64,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<Option<PostId>> {
    match origin {
        Origin::Local if draft.once.is_empty() => Ok(None),
        Origin::Local => Ok(store::post::submitted(tx.db, author, target, &draft.once)?),
        Origin::Remote { ap_id, .. } => match store::post::known(tx.db, ap_id)? {
            (true, _) => Err(model::Refusal::Gone("post").into()),
            (false, post) => Ok(post),
        },
    }
}

/// Remembers which post a form or request made, for [`known`].
fn remember(tx: &mut Tx<'_>, new: &NewPost<'_>, post: PostId) -> Outcome<()> {
    if new.draft.once.is_empty() {
        return Ok(());
    }
    let community = new.place.map(|(_, community)| community.0);
    let row = row::Submission {
        author_id: new.author,
        target_id: new.parent.map_or(community.unwrap_or(0), |p| p.id.0),
        token: new.draft.once.clone(),
        post_id: post,
        sent_at: tx.now,
    };
    Ok(store::post::insert_submission(tx.db, &row)?)
}

/// The row of a new post.
fn row_of(tx: &Tx<'_>, new: &NewPost<'_>) -> Outcome<row::Post> {
    let id: PostId = tx.id();
    let NewPost { parent, origin, .. } = *new;
    let published = origin.published(tx.now);
    let (ap_id, peer_id) = match origin {
        Origin::Local => (tx.urls()?.post(id), None),
        Origin::Remote { ap_id, peer, .. } => (ap_id.clone(), Some(*peer)),
    };
    let text = new.draft.text(parent.is_none());
    Ok(row::Post {
        url: page_of(origin, &ap_id),
        peer_id,
        space_id: new.place.map(|(space, _)| space),
        community_id: new.place.map(|(_, community)| community),
        parent_id: parent.map(|p| p.id),
        root_id: parent.map_or(id, |p| p.root_id),
        branch_id: parent
            .filter(|p| p.parent_id.is_some())
            .map_or(id, |p| p.branch_id),
        depth: parent.map_or(0, |p| p.depth + 1),
        kind: new.kind,
        audience: new.draft.audience,
        edited_at: origin.edited(tx.now),
        context: context_of(origin, parent),
        state: match new.held {
            true => PostState::Held,
            false => PostState::Live,
        },
        locked_at: parent.and_then(|p| p.locked_at),
        named_communities: named_of(origin, parent),
        ..row::Post::new(id, ap_id, new.author, published, text)
    })
}

/// The collection a thread's own server keeps of it; its replies need not say it again.
fn context_of(origin: &Origin, parent: Option<&row::Post>) -> Option<String> {
    match (origin, parent) {
        (Origin::Remote { context, .. }, None) => context.clone(),
        (Origin::Remote { .. }, Some(_)) | (Origin::Local, _) => None,
    }
}

/// The communities that a thread from elsewhere names; a reply is where its thread is.
fn named_of(origin: &Origin, parent: Option<&row::Post>) -> String {
    match (origin, parent) {
        (Origin::Remote { named, .. }, None) => named.clone(),
        (Origin::Remote { .. }, Some(_)) | (Origin::Local, _) => String::new(),
    }
}

/// The web page of a post: a peer may name one that is not the post's id.
fn page_of(origin: &Origin, ap_id: &str) -> String {
    match origin {
        Origin::Remote { url: Some(url), .. } => url.clone(),
        Origin::Remote { url: None, .. } | Origin::Local => ap_id.to_owned(),
    }
}
