//! Threads, as lists and pages show them.

use crate::post::{PostView, access_to, root_of, shared, views};
use crate::row::{Actor, CommunityWithActor, Post, Space, Tag, ThreadHead, ThreadList, Within};
use domain::{Error, Outcome};
use model::access::{Action, Reader};
use model::id::minted_at;
use model::limits::{ANSWERS_MAX, PINS_MAX, REPLIES_PER_PAGE};
use model::notice::ThreadNotify;
use model::peer::DeliveryState;
use model::{ActorId, FollowId, PostId, PostKind, PostState, Refusal, SpaceId, Time};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::Db;

/// A thread in a list.
#[derive(Debug, Clone)]
pub struct ThreadCard {
    pub head: ThreadHead,
    pub author: Arc<Actor>,
    /// The community it is in; `None` for a thread in none.
    pub community: Option<Arc<CommunityWithActor>>,
    /// Its space, where that is another than the common one of the community.
    pub space: Option<Space>,
    /// Its tags, all of that community.
    pub tags: Vec<Tag>,
    /// Its newest reply, where it has one that the reader may see.
    pub last: Option<LastReply>,
    /// It holds something the reader has not seen; never for guests.
    pub unread: bool,
    /// The reader has read it, but not to its end: a link to it leads to what is new.
    pub resume: bool,
}

/// The newest reply of a thread.
#[derive(Debug, Clone)]
pub struct LastReply {
    pub author: Arc<Actor>,
    pub at: Time,
}

/// Threads with their authors, communities and unread marks.
///
/// # Errors
/// Faults.
pub fn list(db: &mut Db, reader: Reader, list: &ThreadList) -> Outcome<Vec<ThreadCard>> {
    let heads = store::post::threads(db, reader, list)?;
    cards(db, reader, heads)
}

/// The threads that a community shows first, and the most recently active of the others.
///
/// # Errors
/// Faults.
pub fn front(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    limit: i64,
) -> Outcome<(Vec<ThreadCard>, Vec<ThreadCard>)> {
    let newest = ThreadList::new(Within::Community(community), limit + PINS_MAX);
    let pinned = ThreadList {
        pinned: true,
        ..ThreadList::new(Within::Community(community), PINS_MAX)
    };
    let mut heads = store::post::threads(db, reader, &pinned)?;
    let count = heads.len();
    let others = store::post::threads(db, reader, &newest)?;
    let shown: HashSet<PostId> = heads.iter().map(|head| head.id).collect();
    let others = others.into_iter().filter(|head| !shown.contains(&head.id));
    heads.extend(others.take(usize::try_from(limit).unwrap_or(0)));
    let mut pinned = cards(db, reader, heads)?;
    let others = pinned.split_off(count.min(pinned.len()));
    Ok((pinned, others))
}

/// The cards of some threads, in the same order.
pub(crate) fn cards(
    db: &mut Db,
    reader: Reader,
    heads: Vec<ThreadHead>,
) -> Outcome<Vec<ThreadCard>> {
    let newest: Vec<PostId> = heads.iter().map(|head| head.last_post_id).collect();
    let newest = store::post::bylines(db, reader, &newest)?;
    let mut authors: Vec<ActorId> = heads.iter().map(|head| head.author_id).collect();
    authors.extend(newest.iter().map(|(_, author, _)| *author));
    let communities: Vec<ActorId> = heads.iter().filter_map(|head| head.community_id).collect();
    let followed: Vec<ActorId> = heads.iter().map(source_of).collect();
    let roots: Vec<PostId> = heads.iter().map(|head| head.id).collect();
    let authors = shared(store::actor::by_ids(db, reader, &authors)?);
    let places = shared(store::raw::community::by_ids(db, &communities)?);
    let mut tags = store::tag::of_posts(db, &roots)?;
    let mut spaces: Vec<SpaceId> = heads.iter().filter_map(|head| head.space_id).collect();
    spaces.sort_unstable();
    spaces.dedup();
    let spaces = store::space::named(db, &spaces)?;
    let marks = match reader.viewer.person() {
        Some(me) => Some((
            store::post::read_marks(db, me, &roots)?,
            store::follow::since(db, me, &followed)?,
        )),
        None => None,
    };
    let card = |head: ThreadHead| {
        let unread = marks
            .as_ref()
            .is_some_and(|(marks, since)| is_unread(&head, marks, since));
        let last = newest
            .iter()
            .find(|(id, _, _)| *id == head.last_post_id && *id != head.id);
        Some(ThreadCard {
            last: last.and_then(|(_, author, at)| {
                let author = Arc::clone(authors.get(author)?);
                Some(LastReply { author, at: *at })
            }),
            author: Arc::clone(authors.get(&head.author_id)?),
            tags: tags.remove(&head.id).unwrap_or_default(),
            space: spaces
                .iter()
                .find(|space| Some(space.id) == head.space_id)
                .cloned(),
            community: head.community_id.and_then(|id| places.get(&id).cloned()),
            resume: marks
                .as_ref()
                .and_then(|(marks, _)| marks.get(&head.id))
                .is_some_and(|seen| *seen < head.last_post_id),
            unread,
            head,
        })
    };
    Ok(heads.into_iter().filter_map(card).collect())
}

/// Whom one follows to be shown a thread: its community, else who wrote it.
fn source_of(head: &ThreadHead) -> ActorId {
    head.community_id.unwrap_or(head.author_id)
}

/// A thread of a community or person whom the reader follows holds a post that came after the follow
/// and that the reader has not read.
fn is_unread(
    head: &ThreadHead,
    marks: &HashMap<PostId, PostId>,
    since: &HashMap<ActorId, FollowId>,
) -> bool {
    let Some(follow) = since.get(&source_of(head)) else {
        return false;
    };
    // A post of a person is often fetched long after it was written.
    let is_old = head.community_id.is_none() && head.active_at < minted_at(follow.0);
    let read = marks.get(&head.id);
    follow.0 < head.last_post_id.0 && !is_old && read.is_none_or(|seen| *seen < head.last_post_id)
}

/// The follow since which a community's threads can be unread to the reader; `None` for those who do
/// not follow it.
///
/// # Errors
/// Faults.
pub fn unread_since(db: &mut Db, reader: Reader, community: ActorId) -> Outcome<Option<FollowId>> {
    let follow = crate::actor::follow_of(db, reader, community)?;
    Ok(follow.map(|follow| follow.id))
}

/// The threads of a community with something new for the reader, and the newest post of each, at
/// most `limit`; none for those who do not follow it.
///
/// # Errors
/// Faults.
pub fn unread(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    limit: i64,
) -> Outcome<Vec<(PostId, PostId)>> {
    let Some(since) = unread_since(db, reader, community)? else {
        return Ok(Vec::new());
    };
    let list = ThreadList {
        unread_since: Some(since),
        ..ThreadList::new(Within::Community(community), limit)
    };
    let heads = store::post::threads(db, reader, &list)?;
    Ok(heads
        .iter()
        .map(|head| (head.id, head.last_post_id))
        .collect())
}

/// How many questions of a community wait for an answer, up to [`UNANSWERED_MAX`].
///
/// # Errors
/// Faults.
pub fn count_unanswered(db: &mut Db, reader: Reader, community: ActorId) -> Outcome<i64> {
    let count = store::post::count_unanswered(db, reader, community, UNANSWERED_MAX)?;
    Ok(count)
}

/// Unanswered questions are counted up to this.
pub const UNANSWERED_MAX: i64 = 99;

#[derive(Debug, Clone)]
pub struct ThreadPage {
    /// The first post.
    pub root: PostView,
    /// The tags of its community, where the reader may choose others.
    pub tag_choices: Option<Vec<Tag>>,
    /// The community it is in; `None` for a thread in none.
    pub community: Option<CommunityWithActor>,
    /// Its space, where that is another than the common one of the community.
    pub space: Option<Space>,
    /// The accepted answers of a question, the first accepted first.
    pub answers: Vec<PostView>,
    /// The replies of this page, in reading order.
    pub replies: Vec<PostView>,
    /// This page, from 1.
    pub page: i64,
    /// How many there are, at least 1.
    pub pages: i64,
    /// How many organizations the authors on this page are from.
    pub organizations: usize,
    /// How many posts of others the reader, who has read the thread before, has not read, up to
    /// [`NEW_MAX`].
    pub new: i64,
    /// What the reader asked to be told of the thread, where that is not the usual.
    pub notify: Option<ThreadNotify>,
    /// How far the reader has read the thread, once they were shown this page; `None` where that is
    /// known. The oldest reply that no page has shown them stays unread.
    pub read_up_to: Option<PostId>,
    /// The reader has read all of it, once they were shown this page.
    pub is_read: bool,
}

/// New posts in a thread are counted up to this. It is more than a page has.
pub const NEW_MAX: i64 = 99;

/// The oldest post of a thread, which the reader has read before, that they have not read.
///
/// # Errors
/// Faults.
pub fn oldest_new(db: &mut Db, reader: Reader, root: PostId) -> Outcome<Option<PostId>> {
    let Some(me) = reader.viewer.person() else {
        return Ok(None);
    };
    let Some(seen) = store::post::read_marks(db, me, &[root])?.remove(&root) else {
        return Ok(None);
    };
    let new = store::post::unread(db, reader, root, seen, 1)?;
    Ok(new.first().copied())
}

/// How many posts are new to the reader, and how far they have read the thread once they were shown
/// some of its posts.
fn progress(
    db: &mut Db,
    reader: Reader,
    root: &Post,
    shown: &[PostId],
    seen: Option<PostId>,
) -> Outcome<(i64, Option<PostId>)> {
    let newest = root.last_post_id;
    if reader.viewer.person().is_none() || seen.is_some_and(|seen| seen >= newest) {
        return Ok((0, None));
    }
    let before = seen.unwrap_or_default();
    let unread = store::post::unread(db, reader, root.id, before, NEW_MAX)?;
    let missed = unread.iter().find(|id| !shown.contains(id));
    let up_to = missed.map_or(newest, |missed| PostId(missed.0 - 1));
    let new = match seen {
        Some(_) => i64::try_from(unread.len()).unwrap_or(NEW_MAX),
        None => 0,
    };
    Ok((new, (up_to > before).then_some(up_to)))
}

/// Says of the reader's own posts in a remote community which have not reached its server yet: they wait
/// in its queue, or nothing is queued for it as it has been silent for so long.
fn mark_undelivered(
    db: &mut Db,
    reader: Reader,
    place: &CommunityWithActor,
    posts: &mut [PostView],
) -> Outcome<()> {
    let (Some(me), Some(peer)) = (reader.viewer.person(), place.actor.peer_id) else {
        return Ok(());
    };
    let own = |view: &&mut PostView| view.post.author_id == me && view.post.peer_id.is_none();
    let mine: Vec<&mut PostView> = posts.iter_mut().filter(own).collect();
    if mine.is_empty() {
        return Ok(());
    }
    let subjects: Vec<&str> = mine.iter().map(|view| view.post.ap_id.as_str()).collect();
    let queued = store::queue::delivery::publishing(db, peer, &subjects)?;
    let peer = store::peer::by_id(db, peer)?;
    let silent_since = peer.and_then(|peer| peer.parked_at);
    for view in mine {
        let row = queued.iter().find(|(about, _)| *about == view.post.ap_id);
        let missed = silent_since.is_some_and(|since| view.post.published_at >= since);
        view.undelivered = match row {
            Some((_, state)) => Some(*state),
            None => missed.then_some(DeliveryState::Waiting),
        };
    }
    Ok(())
}

/// How many organizations the authors of some posts are from.
fn organizations(posts: &[PostView]) -> usize {
    let hosts: HashSet<&str> = posts
        .iter()
        .filter(|view| view.post.state != PostState::Tombstone)
        .map(|view| view.author.host.as_str())
        .collect();
    hosts.len()
}

/// The replies on a page, its number, and how many pages there are. They are counted only where there
/// is more than one.
fn replies(
    db: &mut Db,
    reader: Reader,
    root: PostId,
    asked: i64,
) -> Outcome<(Vec<Post>, i64, i64)> {
    const FULL: i64 = REPLIES_PER_PAGE;
    let pages = |db: &mut Db| -> Outcome<i64> {
        let places = store::post::reply_places(db, reader, root)?;
        Ok((places - 1).max(0) / FULL + 1)
    };
    if asked > 1 {
        let pages = pages(db)?;
        if asked > pages {
            return Err(Error::not_found("page"));
        }
        let replies = store::post::replies(db, reader, root, (asked - 1) * FULL, FULL)?;
        return Ok((replies, asked, pages));
    }
    let mut replies = store::post::replies(db, reader, root, 0, FULL + 1)?;
    let full = usize::try_from(FULL).unwrap_or(usize::MAX);
    let pages = if replies.len() > full { pages(db)? } else { 1 };
    replies.truncate(full);
    Ok((replies, 1, pages))
}

/// The number of the page that was asked for, else of the page that the post is on.
fn asked_page(
    db: &mut Db,
    reader: Reader,
    target: &Post,
    root: &Post,
    page: Option<i64>,
) -> Outcome<i64> {
    match page {
        Some(page) if page < 1 => Err(Error::not_found("page")),
        Some(page) => Ok(page),
        None if target.id != root.id => {
            Ok(store::post::replies_before(db, reader, target)? / REPLIES_PER_PAGE + 1)
        }
        None => Ok(1),
    }
}

/// One page of the thread a post is in. Without a page asked for, the page the post is on.
///
/// # Errors
/// `NotFound`, also for a page that the thread does not have.
pub fn thread(db: &mut Db, reader: Reader, id: PostId, page: Option<i64>) -> Outcome<ThreadPage> {
    let target = store::post::by_id(db, reader, id)?.ok_or(Error::not_found("post"))?;
    let root = root_of(db, reader, &target)?;
    let asked = asked_page(db, reader, &target, &root, page)?;
    let (replies, page, pages) = replies(db, reader, root.id, asked)?;
    let community = match root.community_id {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    let answers = match root.answer_count {
        0 => Vec::new(),
        _ => store::post::answers(db, reader, root.id, ANSWERS_MAX)?,
    };
    let access = access_to(db, reader, &root)?;
    let tag_choices = crate::tag::choices(db, &access, &root)?;
    let accepts = root.kind == PostKind::Question && access.may_on(Action::Accept, &root).is_ok();
    let (root_id, on_page) = (root.id, 1 + replies.len());
    let mut posts = vec![root];
    posts.extend(replies);
    posts.extend(answers);
    let mut thread = views(db, reader, &access, root_id, posts)?;
    for view in thread.posts.iter_mut().skip(1) {
        view.allowed.accept = accepts && view.post.state == PostState::Live;
    }
    let answers = thread.posts.split_off(on_page.min(thread.posts.len()));
    let organizations = organizations(&thread.posts);
    if let Some(place) = &community {
        mark_undelivered(db, reader, place, &mut thread.posts)?;
    }
    let replies = thread.posts.split_off(1.min(thread.posts.len()));
    let root = thread
        .posts
        .pop()
        .ok_or(Error::Refused(Refusal::NotFound("post")))?;
    let shown: Vec<PostId> = replies.iter().map(|view| view.post.id).collect();
    let (new, read_up_to) = progress(db, reader, &root.post, &shown, thread.seen)?;
    let read_to = read_up_to.or(thread.seen);
    let notify = match reader.viewer.person() {
        Some(me) => store::thread_notify::notification_level(db, me, root_id)?,
        None => None,
    };
    Ok(ThreadPage {
        new,
        notify,
        read_up_to,
        is_read: read_to.is_some_and(|read| read >= root.post.last_post_id),
        space: crate::community::space::of_thread(db, root.post.space_id)?,
        root,
        tag_choices,
        community,
        answers,
        replies,
        page,
        pages,
        organizations,
    })
}
