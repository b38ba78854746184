//! Reads the data of a document: an actor with its key and picture, a post with the actors it names.

use domain::{Error, Outcome};
use model::access::{Reader, SpaceAccess};
use model::actor::KeyKind;
use model::{ActorId, PollDetails, PollTally, PostId, PostKind, PostState, Time};
use store::{Db, row};

/// The data of a local actor's document.
#[derive(Debug, Clone)]
pub struct ActorDocumentData {
    pub actor: row::Actor,
    /// Its public key, PEM.
    pub public_pem: String,
    /// Its Ed25519 key, PEM; older actors have none.
    pub ed25519_pem: Option<String>,
    pub picture: Option<row::Blob>,
    pub community: Option<row::Community>,
    /// The tags of a community.
    pub tags: Vec<row::Tag>,
    /// Its other ids.
    pub also_known_as: Vec<String>,
    /// The id of the actor that it has moved to.
    pub moved_to: Option<String>,
}

/// What a poll asks, and its counts.
#[derive(Debug, Clone)]
pub struct PollData {
    pub details: PollDetails,
    pub tally: PollTally,
}

/// The data of a post's document.
#[derive(Debug, Clone)]
pub struct PostDocumentData {
    pub post: row::Post,
    pub author: row::Actor,
    pub community: Option<row::Actor>,
    /// The post it replies to, and its author.
    pub parent: Option<(row::Post, row::Actor)>,
    pub mentions: Vec<row::Actor>,
    /// Its pictures, where everybody may fetch them: other servers do so without a signature.
    pub pictures: Vec<row::PostPicture>,
    /// The tags of a thread.
    pub tags: Vec<row::Tag>,
    /// When they were changed after it was published.
    pub tagged_at: Option<Time>,
    /// What only a poll of ours has.
    pub poll: Option<PollData>,
    /// The thread waits for a moderator or is hidden: nobody else is told of what is in it.
    pub thread_is_withheld: bool,
    /// Whether the thread began here: then its conversation is a collection of ours.
    pub root_here: bool,
    /// The id of the conversation, where the thread began elsewhere and names one.
    pub conversation: Option<String>,
}

impl PostDocumentData {
    /// Returns its community, if that is local.
    #[must_use]
    pub fn local_community(&self) -> Option<&row::Actor> {
        self.community.as_ref().filter(|c| c.peer_id.is_none())
    }

    /// Returns the actors that are addressed individually: the author of its parent, and those mentioned.
    pub fn addressed(&self) -> impl Iterator<Item = &row::Actor> {
        let parent = self.parent.iter().map(|(_, author)| author);
        parent
            .chain(&self.mentions)
            .filter(|actor| actor.id != self.author.id)
    }
}

/// Reads a local actor.
///
/// # Errors
/// `NotFound`, also for a remote actor.
pub(crate) fn actor_data(db: &mut Db, id: ActorId) -> Outcome<ActorDocumentData> {
    let actor = actor(db, id)?;
    let key = store::raw::actor::key(db, id, KeyKind::Rsa)?.ok_or(Error::not_found("key"))?;
    let ed25519 = store::raw::actor::key(db, id, KeyKind::Ed25519)?;
    let picture = match actor.picture_id {
        Some(picture) => store::media::by_id(db, picture)?,
        None => None,
    };
    let community = store::raw::community::by_id(db, id)?.map(|place| place.community);
    let tags = match community {
        Some(_) => store::tag::of_community(db, id)?,
        None => Vec::new(),
    };
    let others = store::actor::alias::of(db, id)?;
    let moved_to = match actor.moved_to {
        Some(to) => store::raw::actor::by_id(db, to)?.map(|to| to.ap_id),
        None => None,
    };
    Ok(ActorDocumentData {
        also_known_as: others.into_iter().map(|other| other.ap_id).collect(),
        moved_to,
        actor,
        public_pem: key.public_pem,
        ed25519_pem: ed25519.map(|key| key.public_pem),
        picture,
        community,
        tags,
    })
}

/// Reads a post, ours or a peer's, in any state, without an access check: for what is sent. `None` where there
/// is none.
///
/// # Errors
/// Faults.
pub(crate) fn post_data(db: &mut Db, id: PostId) -> Outcome<Option<PostDocumentData>> {
    match store::raw::post::by_id(db, id)? {
        Some(post) => with_related(db, post).map(Some),
        None => Ok(None),
    }
}

/// Reads a post that a reader may see, or the tombstone of one; `None` where there is none for them.
///
/// # Errors
/// Faults.
pub(crate) fn visible_post_data(
    db: &mut Db,
    reader: Reader,
    id: PostId,
) -> Outcome<Option<PostDocumentData>> {
    match store::post::by_id(db, reader, id)? {
        Some(post) => with_related(db, post).map(Some),
        None => Ok(None),
    }
}

/// Reads the actors and posts that a post's document names.
fn with_related(db: &mut Db, post: row::Post) -> Outcome<PostDocumentData> {
    let author = actor(db, post.author_id)?;
    let community = match post.community_id {
        Some(id) => Some(actor(db, id)?),
        None => None,
    };
    let parent = match post.parent_id {
        Some(id) => {
            let parent = store::raw::post::by_id(db, id)?.ok_or(Error::not_found("post"))?;
            let author = actor(db, parent.author_id)?;
            Some((parent, author))
        }
        None => None,
    };
    let begun = |root: &row::Post| {
        let withheld = !matches!(root.state, PostState::Live | PostState::Tombstone);
        (root.peer_id.is_none(), root.context.clone(), withheld)
    };
    let (root_here, conversation, thread_is_withheld) = match (&parent, post.root_id) {
        (None, _) => begun(&post),
        (Some((parent, _)), root) if parent.id == root => begun(parent),
        (Some(_), root) => store::raw::post::by_id(db, root)?
            .as_ref()
            .map_or((false, None, true), begun),
    };
    let mentions = store::raw::post::mentions(db, post.id)?;
    let pictures = public_pictures(db, &post)?;
    let (tags, tagged_at) = tags(db, &post)?;
    let poll = poll(db, &post)?;
    Ok(PostDocumentData {
        post,
        author,
        community,
        parent,
        mentions,
        pictures,
        tags,
        tagged_at,
        poll,
        thread_is_withheld,
        root_here,
        conversation,
    })
}

/// Reads what a poll asks, and its counts.
fn poll(db: &mut Db, post: &row::Post) -> Outcome<Option<PollData>> {
    if post.kind != PostKind::Poll {
        return Ok(None);
    }
    let Some(details) = store::poll::of_post(db, post.id)? else {
        return Ok(None);
    };
    let tally = store::poll::tally(db, post.id)?;
    Ok(Some(PollData { details, tally }))
}

/// Reads the tags of a thread of ours in a community, and when they were changed.
fn tags(db: &mut Db, post: &row::Post) -> Outcome<(Vec<row::Tag>, Option<Time>)> {
    if post.parent_id.is_some() || post.community_id.is_none() || post.peer_id.is_some() {
        return Ok((Vec::new(), None));
    }
    let mut tags = store::tag::of_posts(db, &[post.id])?;
    let tagging = store::tag::tagging(db, post.id)?;
    let changed_at = tagging.map(|tagging| tagging.changed_at);
    Ok((tags.remove(&post.id).unwrap_or_default(), changed_at))
}

/// Reads the pictures of a post of ours that is in the open.
fn public_pictures(db: &mut Db, post: &row::Post) -> Outcome<Vec<row::PostPicture>> {
    let open = match post.space_id {
        Some(space) => {
            store::space::by_id(db, space)?.is_some_and(|space| space.access == SpaceAccess::Open)
        }
        None => true,
    };
    if !open || post.peer_id.is_some() {
        return Ok(Vec::new());
    }
    let mut pictures = store::post::pictures(db, &[post.id])?;
    Ok(pictures.remove(&post.id).unwrap_or_default())
}

fn actor(db: &mut Db, id: ActorId) -> Outcome<row::Actor> {
    store::raw::actor::by_id(db, id)?.ok_or(Error::not_found("actor"))
}
