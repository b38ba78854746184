//! Single posts, as pages show them.

use crate::poll::{self, PollView};
use crate::row::{Actor, CommunityWithActor, Post, PostPicture, Revision, Tag};
use domain::access::{Location, PlaceAccess};
use domain::{Error, Outcome};
use model::access::{Action, Reader, Viewer};
use model::peer::DeliveryState;
use model::{ActorId, PollDetails, PostDetails, PostId, PostKind, PostState, Refusal, RevisionId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use store::Db;

/// What the reader may do with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PostAllowed {
    pub reply: bool,
    pub react: bool,
    /// Accept it as an answer, or take that back; of a reply on the page of its question.
    pub accept: bool,
    pub edit: bool,
    pub remove: bool,
    pub report: bool,
    /// Lock, remove or publish it, as a moderator of its community or an administrator.
    pub moderate: bool,
}

impl PostAllowed {
    fn of(access: &PlaceAccess, post: &Post) -> Self {
        let live = post.state != PostState::Tombstone;
        let may = |action| access.may_on(action, post).is_ok();
        Self {
            reply: may(Action::Reply),
            react: may(Action::React),
            accept: false,
            edit: may(Action::Edit),
            remove: live && may(Action::Remove),
            report: may(Action::Report),
            moderate: may(Action::Moderate) || access.is_admin(),
        }
    }
}

/// A post on a page.
#[derive(Debug, Clone)]
pub struct PostView {
    /// The post; a tombstone keeps its place.
    pub post: Post,
    pub details: Option<PostDetails>,
    /// As the reader sees it; of other kinds there is none.
    pub poll: Option<PollView>,
    pub pictures: Vec<PostPicture>,
    /// The tags of a thread.
    pub tags: Vec<Tag>,
    pub author: Arc<Actor>,
    /// The reader found it helpful.
    pub liked: bool,
    /// Who wrote what it replies to.
    pub parent_author: Option<Arc<Actor>>,
    /// The reader, who has read the thread before, has not read it; never for guests.
    pub new: bool,
    pub allowed: PostAllowed,
    /// Of the reader's own post on the page of its thread: it has not reached the server of its community
    /// yet.
    pub undelivered: Option<DeliveryState>,
    /// Why a moderator removed it.
    pub removed_for: Option<String>,
    /// The reader wrote it.
    pub own: bool,
}

/// Posts of one thread, and how far the reader had read it.
pub(crate) struct Views {
    pub posts: Vec<PostView>,
    pub seen: Option<PostId>,
}

/// Rows that several views of a page show: a row has some thirty texts, too many to copy for each.
pub(crate) fn shared<K: Eq + Hash, R>(rows: HashMap<K, R>) -> HashMap<K, Arc<R>> {
    rows.into_iter()
        .map(|(id, row)| (id, Arc::new(row)))
        .collect()
}

/// What the reader may do in the place of a post.
pub(crate) fn access_to(db: &mut Db, reader: Reader, post: &Post) -> Outcome<PlaceAccess> {
    PlaceAccess::load(db, reader, Location::of(post))
}

/// Visible posts of the thread `root` with their authors, the reader's marks, and what the reader may
/// do, in the order given.
pub(crate) fn views(
    db: &mut Db,
    reader: Reader,
    access: &PlaceAccess,
    root: PostId,
    posts: Vec<Post>,
) -> Outcome<Views> {
    let parents = authors_of_parents(db, reader, &posts)?;
    let mut people: Vec<ActorId> = posts.iter().map(|post| post.author_id).collect();
    people.extend(parents.values());
    let people = shared(store::actor::by_ids(db, reader, &people)?);
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let (liked, seen): (HashSet<PostId>, Option<PostId>) = match reader.viewer.person() {
        Some(me) => (
            store::post::liked(db, me, &ids)?.into_iter().collect(),
            store::post::read_marks(db, me, &[root])?.remove(&root),
        ),
        None => (HashSet::new(), None),
    };
    let mut details = details(db, &posts)?;
    let mut polls = poll::views(db, reader, Some(access), &posts, polls_of(&details))?;
    let mut pictures = store::post::pictures(db, &ids)?;
    let (gone, shown): (Vec<&Post>, Vec<&Post>) = posts
        .iter()
        .partition(|post| post.state == PostState::Tombstone);
    let of = |posts: &[&Post]| posts.iter().map(|post| post.id).collect::<Vec<_>>();
    let (gone, shown) = (of(&gone), of(&shown));
    let mut tags = store::tag::of_posts(db, &shown)?;
    let mut reasons: HashMap<PostId, String> =
        store::moderation::reasons(db, &gone)?.into_iter().collect();
    let view = |post: Post| {
        let parent = post.parent_id.and_then(|parent| parents.get(&parent));
        Some(PostView {
            details: details.remove(&post.id),
            poll: polls.remove(&post.id),
            pictures: pictures.remove(&post.id).unwrap_or_default(),
            tags: tags.remove(&post.id).unwrap_or_default(),
            liked: liked.contains(&post.id),
            author: people.get(&post.author_id)?.clone(),
            parent_author: parent.and_then(|author| people.get(author)).cloned(),
            new: post.state == PostState::Live
                && reader.viewer.person() != Some(post.author_id)
                && seen.is_some_and(|seen| post.id > seen),
            allowed: PostAllowed::of(access, &post),
            undelivered: None,
            removed_for: reasons.remove(&post.id),
            own: reader.viewer.person() == Some(post.author_id),
            post,
        })
    };
    Ok(Views {
        posts: posts.into_iter().filter_map(view).collect(),
        seen,
    })
}

/// What only the kinds of these posts have.
fn details(db: &mut Db, posts: &[Post]) -> Outcome<HashMap<PostId, PostDetails>> {
    // What a moderator removed keeps them, as it may come back.
    let shown = posts
        .iter()
        .filter(|post| post.state != PostState::Tombstone);
    let kinds: Vec<(PostId, PostKind)> = shown.map(|post| (post.id, post.kind)).collect();
    Ok(store::post::details(db, &kinds)?)
}

/// What the polls among some posts ask.
fn polls_of(details: &HashMap<PostId, PostDetails>) -> HashMap<PostId, PollDetails> {
    let poll = |(id, details): (&PostId, &PostDetails)| match details {
        PostDetails::Poll(poll) => Some((*id, poll.clone())),
        PostDetails::Event(_) => None,
    };
    details.iter().filter_map(poll).collect()
}

/// Who wrote what each of these replies to, where the reader may see that.
fn authors_of_parents(
    db: &mut Db,
    reader: Reader,
    posts: &[Post],
) -> Outcome<HashMap<PostId, ActorId>> {
    let mut authors: HashMap<PostId, ActorId> =
        posts.iter().map(|post| (post.id, post.author_id)).collect();
    let absent: Vec<PostId> = posts
        .iter()
        .filter_map(|post| post.parent_id)
        .filter(|parent| !authors.contains_key(parent))
        .collect();
    if !absent.is_empty() {
        let parents = store::post::by_ids(db, reader, &absent)?;
        authors.extend(parents.into_iter().map(|post| (post.id, post.author_id)));
    }
    Ok(authors)
}

/// A post with its thread and its community.
#[derive(Debug, Clone)]
pub struct PostInThread {
    pub view: PostView,
    pub root: Post,
    pub community: Option<CommunityWithActor>,
}

impl PostInThread {
    /// Whether it is the first post of its thread.
    #[must_use]
    pub const fn is_thread(&self) -> bool {
        self.view.post.parent_id.is_none()
    }
}

/// One post; a tombstone too.
///
/// # Errors
/// `NotFound`.
pub fn view(db: &mut Db, reader: Reader, id: PostId) -> Outcome<PostView> {
    Ok(view_with_access(db, reader, id)?.0)
}

/// As [`view`], with the reader's access to the post's place.
fn view_with_access(db: &mut Db, reader: Reader, id: PostId) -> Outcome<(PostView, PlaceAccess)> {
    let post = store::post::by_id(db, reader, id)?.ok_or(Error::not_found("post"))?;
    let access = PlaceAccess::load(db, reader, Location::of(&post))?;
    let root = post.root_id;
    let view = views(db, reader, &access, root, vec![post])?.posts.pop();
    Ok((view.ok_or(Error::not_found("post"))?, access))
}

/// One post that is not a tombstone, with its thread and community.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn in_thread(db: &mut Db, reader: Reader, id: PostId) -> Outcome<PostInThread> {
    Ok(in_thread_with_access(db, reader, id)?.0)
}

/// As [`in_thread`], with the reader's access to the post's place.
fn in_thread_with_access(
    db: &mut Db,
    reader: Reader,
    id: PostId,
) -> Outcome<(PostInThread, PlaceAccess)> {
    let (view, access) = view_with_access(db, reader, id)?;
    if view.post.state == PostState::Tombstone {
        return Err(Refusal::Gone("post").into());
    }
    let community = match view.post.community_id {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    let found = PostInThread {
        root: root_of(db, reader, &view.post)?,
        community,
        view,
    };
    Ok((found, access))
}

/// Whether the reader may see a post; a tombstone too.
///
/// # Errors
/// Faults.
pub fn is_visible(db: &mut Db, reader: Reader, id: PostId) -> Outcome<bool> {
    Ok(store::post::is_visible(db, reader, id)?)
}

/// One post that the reader may change or remove, for the page that asks how.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed` with the rule.
pub fn require(db: &mut Db, reader: Reader, id: PostId, action: Action) -> Outcome<PostInThread> {
    let (found, access) = in_thread_with_access(db, reader, id)?;
    match access.may_on(action, &found.view.post) {
        Ok(()) => Ok(found),
        Err(denied) => Err(denied.refusal("post").into()),
    }
}

/// One post that the reader may change now, before the work on its new text.
///
/// # Errors
/// As [`require`]; `TooMany` where they have no edit left within this hour.
pub fn require_edit(db: &mut Db, reader: Reader, id: PostId) -> Outcome<PostInThread> {
    let found = require(db, reader, id, Action::Edit)?;
    domain::post::require_edit_left(db, found.view.post.author_id, reader.now)?;
    Ok(found)
}

/// The page on which a post can be replied to: the post itself, where it is in the thread named.
///
/// # Errors
/// Faults.
pub fn in_thread_of(
    db: &mut Db,
    reader: Reader,
    id: PostId,
    root: PostId,
) -> Outcome<Option<PostId>> {
    let post = store::post::by_id(db, reader, id)?;
    Ok(post.filter(|post| post.root_id == root).map(|post| post.id))
}

/// A post in a list, without what the reader may do with it.
#[derive(Debug, Clone)]
pub struct PostItem {
    pub post: Post,
    pub details: Option<PostDetails>,
    /// As the reader sees it; of other kinds there is none.
    pub poll: Option<PollView>,
    pub pictures: Vec<PostPicture>,
    /// The tags of a thread.
    pub tags: Vec<Tag>,
    pub author: Arc<Actor>,
    /// The reader found it helpful.
    pub liked: bool,
}

impl From<PostView> for PostItem {
    fn from(view: PostView) -> Self {
        Self {
            post: view.post,
            details: view.details,
            poll: view.poll,
            pictures: view.pictures,
            tags: view.tags,
            author: view.author,
            liked: view.liked,
        }
    }
}

/// Posts by one author that are not tombstones, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn by_author(
    db: &mut Db,
    reader: Reader,
    author: ActorId,
    before: PostId,
    limit: i64,
) -> Outcome<Vec<PostItem>> {
    let posts = store::post::by_author(db, reader, author, before, limit)?;
    let people = shared(store::actor::by_ids(db, reader, &[author])?);
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let liked = match reader.viewer.person() {
        Some(me) => store::post::liked(db, me, &ids)?,
        None => Vec::new(),
    };
    let mut details = details(db, &posts)?;
    let mut polls = poll::views(db, reader, None, &posts, polls_of(&details))?;
    let mut pictures = store::post::pictures(db, &ids)?;
    let mut tags = store::tag::of_posts(db, &ids)?;
    let item = |post: Post| {
        Some(PostItem {
            details: details.remove(&post.id),
            poll: polls.remove(&post.id),
            pictures: pictures.remove(&post.id).unwrap_or_default(),
            tags: tags.remove(&post.id).unwrap_or_default(),
            author: Arc::clone(people.get(&author)?),
            liked: liked.contains(&post.id),
            post,
        })
    };
    Ok(posts.into_iter().filter_map(item).collect())
}

/// A picture of a post, and who may see it.
#[derive(Debug, Clone)]
pub struct VisiblePicture {
    pub picture: PostPicture,
    /// Everybody may see it.
    pub public: bool,
}

/// A picture of a post that the reader may see.
///
/// # Errors
/// `NotFound`, the same for a post that does not exist.
pub fn picture(db: &mut Db, reader: Reader, post: PostId, number: i32) -> Outcome<VisiblePicture> {
    let picture = store::post::picture(db, reader, post, number)?;
    let guest = Reader {
        viewer: Viewer::Guest,
        now: reader.now,
    };
    Ok(VisiblePicture {
        picture: picture.ok_or(Error::not_found("picture"))?,
        public: store::post::is_visible(db, guest, post)?,
    })
}

/// The post with an ActivityPub id.
///
/// # Errors
/// Faults.
pub fn by_ap_id(db: &mut Db, reader: Reader, ap_id: &str) -> Outcome<Option<PostId>> {
    let Some(id) = store::raw::post::id_of(db, ap_id)? else {
        return Ok(None);
    };
    Ok(is_visible(db, reader, id)?.then_some(id))
}

/// The texts a post had before, newest first, below a cursor.
///
/// # Errors
/// `NotFound`.
pub fn revisions(
    db: &mut Db,
    reader: Reader,
    id: PostId,
    before: RevisionId,
    limit: i64,
) -> Outcome<Vec<Revision>> {
    let revisions = store::post::revisions(db, reader, id, before, limit)?;
    revisions.ok_or(Error::not_found("post"))
}

/// The first post of the thread a visible post is in; a reply of the reader's own stands alone where
/// that is withheld from them.
pub(crate) fn root_of(db: &mut Db, reader: Reader, post: &Post) -> Outcome<Post> {
    if post.parent_id.is_none() {
        return Ok(post.clone());
    }
    match store::post::by_id(db, reader, post.root_id)? {
        Some(root) => Ok(root),
        None if reader.viewer.person() == Some(post.author_id) => Ok(post.clone()),
        None => Err(Error::not_found("post")),
    }
}
