//! Threads as lists and pages show them.

use super::peer::check_post;
use domain::{Error, Outcome};
use model::discussion::REPLIES_PER_PAGE;
use model::{ActorId, FollowId, PostId, Refusal};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use store::Db;
use store::community::Place;
use store::discussion::{Browse, ThreadHead};
use store::row::{Actor, Post};

/// A thread in a list.
#[derive(Debug, Clone)]
pub struct ThreadCard {
    /// The thread.
    pub head: ThreadHead,
    /// Who wrote it.
    pub author: Arc<Actor>,
    /// Where; `None` outside of communities.
    pub community: Option<Arc<Place>>,
    /// It holds something the reader has not seen; never for guests.
    pub unread: bool,
}

/// Rows that several cards of a page show: a row has some thirty texts, too many to copy for each.
fn shared<K: Eq + Hash, R>(rows: HashMap<K, R>) -> HashMap<K, Arc<R>> {
    rows.into_iter()
        .map(|(id, row)| (id, Arc::new(row)))
        .collect()
}

/// The threads of a community with something new for somebody, and the newest post of each; none
/// for somebody who does not follow it. At most `limit`.
///
/// # Errors
/// Faults.
pub fn unread(
    db: &mut Db,
    me: ActorId,
    community: ActorId,
    limit: i64,
) -> Outcome<Vec<(PostId, PostId)>> {
    let Some(follow) = store::follow::between(db, me, community)? else {
        return Ok(Vec::new());
    };
    let unread = Browse {
        unread_by: Some((me, follow.id)),
        ..Browse::default()
    };
    let heads = store::discussion::browse(db, community, &unread, limit)?;
    let newest = heads.iter().map(|head| (head.id, head.last_post_id));
    Ok(newest.collect())
}

/// Threads with their authors, communities and unread marks, in the order given.
///
/// # Errors
/// Faults.
pub fn cards(
    db: &mut Db,
    reader: Option<ActorId>,
    heads: Vec<ThreadHead>,
) -> Outcome<Vec<ThreadCard>> {
    let authors: Vec<ActorId> = heads.iter().map(|head| head.author_id).collect();
    let communities: Vec<ActorId> = heads.iter().filter_map(|head| head.community_id).collect();
    let roots: Vec<PostId> = heads.iter().map(|head| head.id).collect();
    let authors = shared(store::actor::by_ids(db, &authors)?);
    let places = shared(store::community::by_ids(db, &communities)?);
    let marks = match reader {
        Some(reader) => Some((
            store::discussion::read_marks(db, reader, &roots)?,
            store::follow::since(db, reader, &communities)?,
        )),
        None => None,
    };
    Ok(heads
        .into_iter()
        .filter_map(|head| {
            let author = Arc::clone(authors.get(&head.author_id)?);
            let unread = marks
                .as_ref()
                .is_some_and(|(marks, since)| is_unread(&head, marks, since));
            let community = head.community_id.and_then(|id| places.get(&id).cloned());
            Some(ThreadCard {
                head,
                author,
                community,
                unread,
            })
        })
        .collect())
}

/// A thread of a community the reader follows holds a post that came after the follow and after
/// the reader's last visit.
fn is_unread(
    head: &ThreadHead,
    marks: &HashMap<PostId, PostId>,
    since: &HashMap<ActorId, FollowId>,
) -> bool {
    let followed_before = head
        .community_id
        .and_then(|id| since.get(&id))
        .is_some_and(|follow| follow.0 < head.last_post_id.0);
    followed_before
        && marks
            .get(&head.id)
            .is_none_or(|seen| *seen < head.last_post_id)
}

/// A post on a page.
#[derive(Debug, Clone)]
pub struct PostView {
    /// The post; a tombstone keeps its place.
    pub post: Post,
    /// Who wrote it.
    pub author: Arc<Actor>,
    /// The reader found it helpful.
    pub liked: bool,
    /// Who wrote what it replies to.
    pub parent_author: Option<Arc<Actor>>,
    /// It came after the reader's last visit; never for guests.
    pub new: bool,
}

/// A page of a thread.
#[derive(Debug, Clone)]
pub struct ThreadPage {
    /// The thread itself.
    pub root: PostView,
    /// Where; `None` outside of communities.
    pub community: Option<Place>,
    /// The replies of this page, in reading order.
    pub replies: Vec<PostView>,
    /// This page, from 1.
    pub page: i64,
    /// How many there are, at least 1.
    pub pages: i64,
    /// The reader may take away what others wrote here.
    pub moderates: bool,
    /// On how many servers those who wrote here are.
    pub organizations: usize,
}

/// One page of the thread a post is in. Without a page asked for, the page the post is on.
///
/// # Errors
/// `NotFound`.
pub fn thread(
    db: &mut Db,
    reader: Option<ActorId>,
    id: PostId,
    page: Option<i64>,
) -> Outcome<ThreadPage> {
    let asked = store::discussion::by_id(db, id)?.ok_or(Error::not_found("post"))?;
    let root = if asked.parent_id.is_none() {
        asked.clone()
    } else {
        store::discussion::by_id(db, asked.root_id)?.ok_or(Error::not_found("post"))?
    };
    check_post(db, reader, &root)?;
    check_post(db, reader, &asked)?;
    let pages = ((i64::from(root.reply_count) - 1).max(0) / REPLIES_PER_PAGE) + 1;
    let page = match page {
        Some(page) => page.clamp(1, pages),
        None if asked.parent_id.is_some() => {
            store::discussion::replies_before(db, &asked)? / REPLIES_PER_PAGE + 1
        }
        None => 1,
    };
    let replies =
        store::discussion::replies(db, root.id, (page - 1) * REPLIES_PER_PAGE, REPLIES_PER_PAGE)?;
    let community = match root.community_id {
        Some(id) => store::community::by_id(db, id)?,
        None => None,
    };
    let moderates = match (reader, root.community_id) {
        (Some(reader), Some(id)) => store::community::role(db, id, reader)?
            .is_some_and(|role| role != model::MemberRole::Member),
        _ => false,
    };
    let mut posts = vec![root];
    posts.extend(replies);
    let mut views = views(db, reader, posts)?;
    let organizations = views
        .iter()
        .map(|view| view.author.host.as_str())
        .collect::<HashSet<_>>()
        .len();
    let replies = views.split_off(1.min(views.len()));
    let root = views
        .pop()
        .ok_or(Error::Refused(Refusal::NotFound("post")))?;
    Ok(ThreadPage {
        root,
        community,
        replies,
        page,
        pages,
        moderates,
        organizations,
    })
}

/// Posts with their authors and the reader's marks, in the order given.
///
/// # Errors
/// Faults.
pub fn views(db: &mut Db, reader: Option<ActorId>, posts: Vec<Post>) -> Outcome<Vec<PostView>> {
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let here: HashMap<PostId, ActorId> =
        posts.iter().map(|post| (post.id, post.author_id)).collect();
    let absent: Vec<PostId> = posts
        .iter()
        .filter_map(|post| post.parent_id)
        .filter(|parent| !here.contains_key(parent))
        .collect();
    let mut parents = here;
    if !absent.is_empty() {
        parents.extend(
            store::discussion::by_ids(db, &absent)?
                .into_iter()
                .map(|p| (p.id, p.author_id)),
        );
    }
    let people: Vec<ActorId> = parents.values().copied().collect();
    let people = shared(store::actor::by_ids(db, &people)?);
    let (liked, marks) = match reader {
        Some(reader) => {
            let roots: Vec<PostId> = posts.iter().map(|post| post.root_id).take(1).collect();
            (
                store::discussion::liked(db, reader, &ids)?
                    .into_iter()
                    .collect(),
                store::discussion::read_marks(db, reader, &roots)?,
            )
        }
        None => (HashSet::new(), HashMap::new()),
    };
    Ok(posts
        .into_iter()
        .filter_map(|post| {
            let author = people.get(&post.author_id)?.clone();
            let parent_author = post
                .parent_id
                .and_then(|parent| parents.get(&parent))
                .and_then(|author| people.get(author))
                .cloned();
            let new = reader.is_some_and(|reader| reader != post.author_id)
                && marks.get(&post.root_id).is_some_and(|seen| post.id > *seen);
            Some(PostView {
                liked: liked.contains(&post.id),
                author,
                parent_author,
                new,
                post,
            })
        })
        .collect())
}
