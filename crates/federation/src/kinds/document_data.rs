//! What a document needs, read in one go: an actor with its key and picture, a post with
//! everybody it names.

use domain::{Error, Outcome};
use model::access::Reader;
use model::actor::KeyKind;
use model::{ActorId, LangText, PostId};
use store::{Db, row};

/// A local actor with what its document shows.
#[derive(Debug, Clone)]
pub struct ActorDocumentData {
    pub actor: row::Actor,
    /// Its public key, PEM.
    pub public_pem: String,
    /// Its Ed25519 key, PEM; one from before there were such keys has none yet.
    pub ed25519_pem: Option<String>,
    /// Its picture, where it has one.
    pub picture: Option<row::Blob>,
    /// What a community says of itself.
    pub community: Option<row::Community>,
    /// What it is called elsewhere, by the world's names.
    pub also_known_as: Vec<String>,
    /// What it is called where it has moved.
    pub moved_to: Option<String>,
}

/// A post with everybody its document names.
#[derive(Debug, Clone)]
pub struct PostDocumentData {
    pub post: row::Post,
    /// Who wrote it.
    pub author: row::Actor,
    /// The community it is in.
    pub community: Option<row::Actor>,
    /// What that is called.
    pub community_name: LangText,
    /// What it answers, and who wrote that.
    pub parent: Option<(row::Post, row::Actor)>,
    /// Those named in it.
    pub mentions: Vec<row::Actor>,
    /// The thread began here, so its conversation's collection is ours.
    pub root_here: bool,
    /// The conversation's collection elsewhere, where the thread began elsewhere and named one.
    pub conversation: Option<String>,
}

impl PostDocumentData {
    /// Its community, where that is ours.
    #[must_use]
    pub fn local_community(&self) -> Option<&row::Actor> {
        self.community.as_ref().filter(|c| c.peer_id.is_none())
    }

    /// Whoever is addressed in person: the author of what it answers, and those named.
    pub fn addressed(&self) -> impl Iterator<Item = &row::Actor> {
        let parent = self.parent.iter().map(|(_, author)| author);
        parent
            .chain(&self.mentions)
            .filter(|actor| actor.id != self.author.id)
    }
}

/// Reads an actor of ours.
///
/// # Errors
/// `NotFound`, also for a remote actor: we have no key of it to show.
pub(crate) fn actor_data(db: &mut Db, id: ActorId) -> Outcome<ActorDocumentData> {
    let actor = actor(db, id)?;
    let key = store::raw::actor::key(db, id, KeyKind::Rsa)?.ok_or(Error::not_found("key"))?;
    let ed25519 = store::raw::actor::key(db, id, KeyKind::Ed25519)?;
    let picture = match actor.picture_id {
        Some(picture) => store::media::by_id(db, picture)?,
        None => None,
    };
    let community = store::raw::community::by_id(db, id)?.map(|place| place.community);
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
    })
}

/// Reads a post, ours or a peer's, in any state, whoever may see it: for what is sent. `None` where
/// there is none.
///
/// # Errors
/// Faults.
pub(crate) fn post_data(db: &mut Db, id: PostId) -> Outcome<Option<PostDocumentData>> {
    match store::raw::post::by_id(db, id)? {
        Some(post) => around(db, post).map(Some),
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
        Some(post) => around(db, post).map(Some),
        None => Ok(None),
    }
}

/// Reads everybody a post's document names.
fn around(db: &mut Db, post: row::Post) -> Outcome<PostDocumentData> {
    let author = actor(db, post.author_id)?;
    let (community, community_name) = match post.community_id {
        Some(id) => {
            let place = store::raw::community::by_id(db, id)?;
            match place {
                Some(place) => (Some(place.actor), place.community.name),
                None => (Some(actor(db, id)?), LangText::default()),
            }
        }
        None => (None, LangText::default()),
    };
    let parent = match post.parent_id {
        Some(id) => {
            let parent = store::raw::post::by_id(db, id)?.ok_or(Error::not_found("post"))?;
            let author = actor(db, parent.author_id)?;
            Some((parent, author))
        }
        None => None,
    };
    let begun = |root: &row::Post| (root.peer_id.is_none(), root.context.clone());
    let (root_here, conversation) = match (&parent, post.root_id) {
        (None, _) => begun(&post),
        (Some((parent, _)), root) if parent.id == root => begun(parent),
        (Some(_), root) => store::raw::post::by_id(db, root)?
            .as_ref()
            .map_or((false, None), begun),
    };
    let mentions = store::raw::post::mentions(db, post.id)?;
    Ok(PostDocumentData {
        post,
        author,
        community,
        community_name,
        parent,
        mentions,
        root_here,
        conversation,
    })
}

fn actor(db: &mut Db, id: ActorId) -> Outcome<row::Actor> {
    store::raw::actor::by_id(db, id)?.ok_or(Error::not_found("actor"))
}
