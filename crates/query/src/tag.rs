//! The tags of a community, and the one that a list is filtered by.

use crate::row::{Post, Tag};
use domain::access::PlaceAccess;
use domain::{Error, Outcome};
use model::access::{Action, Reader};
use model::{ActorId, PostId, PostState, TagId};
use store::Db;

/// Threads of a tag are counted up to this.
pub const THREADS_MAX: i64 = 99;

/// A tag, and how many threads that the reader may see have it, up to [`THREADS_MAX`].
#[derive(Debug, Clone)]
pub struct TagCount {
    pub tag: Tag,
    pub threads: i64,
}

/// What a slug stands for in a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagBySlug {
    /// The tag that has it now.
    Current(Tag),
    /// The tag that had it before it was renamed.
    Former(Tag),
    Unknown,
}

impl TagBySlug {
    /// The tag, by whichever slug.
    #[must_use]
    pub const fn tag(&self) -> Option<&Tag> {
        match self {
            Self::Current(tag) | Self::Former(tag) => Some(tag),
            Self::Unknown => None,
        }
    }
}

/// The tags of a community that the reader was found to see.
///
/// # Errors
/// Faults.
pub fn of_community(db: &mut Db, community: ActorId) -> Outcome<Vec<Tag>> {
    Ok(store::tag::of_community(db, community)?)
}

/// The same, each with how many threads the reader may see that have it.
///
/// # Errors
/// Faults.
pub fn counted(db: &mut Db, reader: Reader, community: ActorId) -> Outcome<Vec<TagCount>> {
    let tags = store::tag::of_community(db, community)?;
    let count = |tag: Tag| {
        let threads = store::tag::count_threads(db, reader, tag.id, THREADS_MAX)?;
        Ok(TagCount { tag, threads })
    };
    tags.into_iter().map(count).collect()
}

/// What a slug stands for in a community.
///
/// # Errors
/// Faults.
pub fn by_slug(db: &mut Db, community: ActorId, slug: &str) -> Outcome<TagBySlug> {
    if let Some(tag) = store::tag::by_slug(db, community, slug)? {
        return Ok(TagBySlug::Current(tag));
    }
    let former = store::tag::by_former_slug(db, community, slug)?;
    Ok(former.map_or(TagBySlug::Unknown, TagBySlug::Former))
}

/// One tag of a community.
///
/// # Errors
/// `NotFound`, also for a tag of another community.
pub fn in_community(db: &mut Db, community: ActorId, id: TagId) -> Outcome<Tag> {
    let tag = store::tag::by_id(db, id)?.filter(|tag| tag.community_id == community);
    tag.ok_or(Error::not_found("tag"))
}

/// The same, with how many threads the reader may see that have it.
///
/// # Errors
/// `NotFound`, also for a tag of another community.
pub fn in_community_counted(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    id: TagId,
) -> Outcome<TagCount> {
    let tag = in_community(db, community, id)?;
    let threads = store::tag::count_threads(db, reader, tag.id, THREADS_MAX)?;
    Ok(TagCount { tag, threads })
}

/// Checks that the reader may change the tags of a thread.
///
/// # Errors
/// `NotFound`, also for a reply and where its community has no tags; `NotAllowed(Author)`.
pub fn require_choice(db: &mut Db, reader: Reader, id: PostId) -> Outcome<()> {
    let root = store::post::by_id(db, reader, id)?;
    let root = root.filter(|post| post.parent_id.is_none());
    let root = root.ok_or(Error::not_found("post"))?;
    let access = crate::post::access_to(db, reader, &root)?;
    if choices(db, &access, &root)?.is_some() {
        return Ok(());
    }
    match access.may_on(Action::Edit, &root) {
        Ok(()) => Err(Error::not_found("tag")),
        Err(denied) => Err(denied.refusal("post").into()),
    }
}

/// The tags of its community, where the reader may choose among them for a thread, see [`domain::tag::choose`].
pub(crate) fn choices(db: &mut Db, access: &PlaceAccess, root: &Post) -> Outcome<Option<Vec<Tag>>> {
    let Some(community) = root.community_id.filter(|_| root.parent_id.is_none()) else {
        return Ok(None);
    };
    let live = root.state != PostState::Tombstone;
    let edits = access.may_on(Action::Edit, root).is_ok();
    let moderates = access.may_on(Action::Moderate, root).is_ok();
    if !live || !(edits || moderates) {
        return Ok(None);
    }
    if !edits && !store::raw::actor::is_ours(db, community)? {
        return Ok(None);
    }
    let tags = store::tag::of_community(db, community)?;
    Ok((!tags.is_empty()).then_some(tags))
}
