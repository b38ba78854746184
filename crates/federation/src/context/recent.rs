//! Caches rows for a few seconds, so that a busy conversation does not read the same ones again and
//! again.

use lru::LruCache;
use model::{ActorId, Audience, PostId, Time};
use std::borrow::Borrow;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use store::row;

/// The capacity of one cache, in entries.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// How long an entry is used, in milliseconds: another process may have changed the row.
const TTL_MS: i64 = 5_000;

/// The rows that received activities refer to.
#[derive(Default)]
pub(crate) struct RecentRows {
    /// By their ActivityPub ids.
    pub posts: RecentCache<String, row::Post>,
    /// By their ActivityPub ids.
    pub actors: RecentCache<String, row::Actor>,
    pub communities: RecentCache<ActorId, row::Actor>,
    /// The audience of a thread, by the id of its first post.
    pub threads: RecentCache<PostId, Audience>,
}

/// Values that were read within five seconds.
pub(crate) struct RecentCache<K: Hash + Eq, V>(Mutex<LruCache<K, (Arc<V>, Time)>>);

impl<K: Hash + Eq, V> Default for RecentCache<K, V> {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(CAPACITY)))
    }
}

impl<K: Hash + Eq, V> RecentCache<K, V> {
    /// Returns the value of a key, unless it is too old.
    pub(crate) fn get<Q>(&self, key: &Q, now: Time) -> Option<Arc<V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let mut entries = self.0.lock().ok()?;
        let (value, at) = entries.get(key)?;
        let age = now.unix_millis() - at.unix_millis();
        (0..TTL_MS).contains(&age).then(|| Arc::clone(value))
    }

    /// Stores the value of a key.
    pub(crate) fn put(&self, key: impl Into<K>, value: Arc<V>, now: Time) {
        if let Ok(mut entries) = self.0.lock() {
            entries.put(key.into(), (value, now));
        }
    }
}
