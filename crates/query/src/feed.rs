//! The newest of a community, a thread and a person, for feeds. What everybody reads, since a feed has no
//! signed-in reader.

use crate::post::shared;
use crate::row::{Actor, CommunityWithActor, Post, ThreadList, ThreadOrder, Within};
use crate::tag::TagBySlug;
use domain::{Error, Outcome};
use model::access::{Reader, Viewer};
use model::{ActorId, LangText, PostId, PostState, Time};
use std::collections::HashMap;
use std::sync::Arc;
use store::Db;

/// Entries of a feed.
const ENTRIES: i64 = 30;

/// A post in a feed.
#[derive(Debug, Clone)]
pub struct FeedEntry {
    pub post: Post,
    pub author: Arc<Actor>,
    /// The title of its thread.
    pub thread_title: LangText,
}

const fn guest(now: Time) -> Reader {
    Reader {
        viewer: Viewer::Guest,
        now,
    }
}

/// What the Atom feed of a community tells guests, newest first.
#[derive(Debug, Clone)]
pub struct CommunityFeed {
    pub place: CommunityWithActor,
    /// What the slug that was asked for stands for.
    pub tag: Option<TagBySlug>,
    pub entries: Vec<FeedEntry>,
}

/// A community of ours and the threads that were begun in it last, only those with a tag where its slug is given. Under
/// a former slug there are none, and neither under an unknown one.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn community(
    db: &mut Db,
    now: Time,
    handle: &str,
    slug: Option<&str>,
) -> Outcome<CommunityFeed> {
    let reader = guest(now);
    let place = crate::community::find(db, reader, handle, "")?;
    let tag = match slug {
        Some(slug) => Some(crate::tag::by_slug(db, place.id(), slug)?),
        None => None,
    };
    let list = ThreadList {
        order: ThreadOrder::Newest,
        tag: match &tag {
            Some(TagBySlug::Current(tag)) => Some(tag.id),
            Some(TagBySlug::Former(_) | TagBySlug::Unknown) | None => None,
        },
        ..ThreadList::new(Within::Community(place.id()), ENTRIES)
    };
    let heads = match tag {
        Some(TagBySlug::Former(_) | TagBySlug::Unknown) => Vec::new(),
        Some(TagBySlug::Current(_)) | None => store::post::threads(db, reader, &list)?,
    };
    let ids: Vec<PostId> = heads.iter().map(|head| head.id).collect();
    let mut posts = store::post::by_ids(db, reader, &ids)?;
    posts.sort_by_key(|post| ids.iter().position(|id| *id == post.id));
    Ok(CommunityFeed {
        place,
        tag,
        entries: entries(db, reader, posts)?,
    })
}

/// The first post of a thread, who wrote it, and the newest replies.
///
/// # Errors
/// `NotFound`, also for a reply; `Gone`.
pub fn thread(db: &mut Db, now: Time, id: PostId) -> Outcome<(FeedEntry, Vec<FeedEntry>)> {
    let reader = guest(now);
    let found = crate::post::in_thread(db, reader, id)?;
    if !found.is_thread() {
        return Err(Error::not_found("post"));
    }
    let replies = store::post::newest_replies(db, reader, id, ENTRIES)?;
    let root = FeedEntry {
        thread_title: found.root.title.clone(),
        author: found.view.author,
        post: found.root,
    };
    Ok((root, entries(db, reader, replies)?))
}

/// A person of ours and what they wrote last.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn person(db: &mut Db, now: Time, handle: &str) -> Outcome<(Actor, Vec<FeedEntry>)> {
    let reader = guest(now);
    let actor = crate::actor::person(db, reader, handle, "")?;
    let posts = store::post::by_author(db, reader, actor.id, PostId(i64::MAX), ENTRIES)?;
    let entries = entries(db, reader, posts)?;
    Ok((actor, entries))
}

/// Posts with their authors and the titles of their threads; without those that are not live.
fn entries(db: &mut Db, reader: Reader, posts: Vec<Post>) -> Outcome<Vec<FeedEntry>> {
    let authors: Vec<ActorId> = posts.iter().map(|post| post.author_id).collect();
    let roots: Vec<PostId> = posts.iter().map(|post| post.root_id).collect();
    let authors = shared(store::actor::by_ids(db, reader, &authors)?);
    let roots = store::post::by_ids(db, reader, &roots)?;
    let titles: HashMap<PostId, LangText> = roots
        .into_iter()
        .map(|root| (root.id, root.title))
        .collect();
    let entry = |post: Post| {
        Some(FeedEntry {
            author: Arc::clone(authors.get(&post.author_id)?),
            thread_title: titles.get(&post.root_id)?.clone(),
            post,
        })
    };
    let live = posts
        .into_iter()
        .filter(|post| post.state == PostState::Live);
    Ok(live.filter_map(entry).collect())
}
