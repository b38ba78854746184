//! Caches the digests of an actor's followers on each peer, made with one read, and the followers collection that
//! an activity is addressed to. So a post that goes to ten thousand inboxes reads the database once.

use super::digest::FollowersDigest;
use lru::LruCache;
use model::{ActivityId, ActorId, PeerId, Time};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// The number of activities in delivery whose followers collection is cached.
const MAX_ACTIVITIES: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// The number of actors whose digests are cached.
const MAX_ACTORS: NonZeroUsize = NonZeroUsize::new(16).unwrap();
/// How long digests are cached, in milliseconds. An outdated one makes a peer fetch the list and find
/// that nothing differs.
const DIGESTS_TTL_MS: i64 = 60_000;

/// A followers collection of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Followers {
    /// The actor who is followed.
    pub actor: ActorId,
    /// The id of the collection.
    pub collection: String,
    /// Where the part of it that concerns a peer is listed.
    pub url: String,
}

/// The number of followers on each peer, and their digest.
pub(crate) type PeerDigests = HashMap<PeerId, (usize, FollowersDigest)>;
/// `None` where they are too many.
type DigestsCell = Arc<OnceCell<Option<PeerDigests>>>;

/// The digests of the actors whose activities are in delivery.
pub(crate) struct Digests(Mutex<LruCache<ActorId, (DigestsCell, Time)>>);

impl Default for Digests {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_ACTORS)))
    }
}

impl Digests {
    /// Removes the digests of an actor whose followers have changed.
    pub(crate) fn forget(&self, actor: ActorId) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.pop(&actor);
    }

    /// Returns the cell of an actor's digests; simultaneous calls share one read.
    pub(crate) fn cell(&self, actor: ActorId, now: Time) -> DigestsCell {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((cell, at)) = cached.get(&actor)
            && (0..DIGESTS_TTL_MS).contains(&(now.unix_millis() - at.unix_millis()))
        {
            return Arc::clone(cell);
        }
        let cell = DigestsCell::default();
        cached.put(actor, (Arc::clone(&cell), now));
        cell
    }
}

type FollowersCell = Arc<OnceCell<Option<Followers>>>;

/// The followers collections to which the activities in delivery are addressed.
pub(crate) struct AddressedFollowers(Mutex<LruCache<ActivityId, FollowersCell>>);

impl Default for AddressedFollowers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_ACTIVITIES)))
    }
}

impl AddressedFollowers {
    /// Returns the cell of an activity's collection; simultaneous calls share one read.
    pub(crate) fn cell(&self, id: ActivityId) -> FollowersCell {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cached.get_or_insert(id, FollowersCell::default))
    }
}
