//! What the inbox keeps in mind between requests: signers just looked up, keys just looked at
//! again, peers just greeted, hosts of which too much waits, which conversation a post belongs to,
//! and the posts and actors that others speak of now. Losing it costs nothing but a little work.

use super::budget::Budgets;
use super::known_signer::Signer;
use super::pace::Pace;
use lru::LruCache;
use model::{ActorId, Audience, PeerId, PostId, Time};
use std::borrow::Borrow;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use store::row;
use tokio::sync::Notify;

/// Entries of each sort.
const ENTRIES: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// For how long something is not looked up again, in milliseconds: another process may have
/// changed it.
const RECENT_MS: i64 = 5_000;
/// For how long it is known whether too much of a host waits.
const CROWD_MS: i64 = 1_000;
/// Milliseconds between two looks at one key, and between two greetings of one peer.
const MINUTE_MS: i64 = 60_000;
/// Milliseconds between two looks at who follows one actor.
const HOUR_MS: i64 = 3_600_000;
/// Longest id kept in mind, in bytes: thousands of them are.
pub(super) const ID_MAX: usize = 2_000;

/// The inbox's memory.
pub(crate) struct Memory {
    /// Posts, by what the world calls them.
    pub posts: Recent<String, row::Post>,
    /// Actors, by what the world calls them.
    pub actors: Recent<String, row::Actor>,
    /// Communities, by id.
    pub places: Recent<ActorId, row::Actor>,
    /// Who may find a thread, by the id of its first post.
    pub threads: Recent<PostId, Audience>,
    /// Rung after each activity kept.
    pub arrivals: Arc<Notify>,
    /// How much memory requests under way may take.
    pub(crate) budgets: Budgets,
    /// How often strangers may make us look up a key.
    pub(super) pace: Pace,
    signers: Recent<String, Signer>,
    crowds: Mutex<LruCache<String, (bool, Time)>>,
    looked: Mutex<LruCache<String, Time>>,
    greeted: Mutex<LruCache<PeerId, Time>>,
    synchronized: Mutex<LruCache<ActorId, Time>>,
    conversations: Mutex<LruCache<(String, String), String>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            posts: Recent::default(),
            actors: Recent::default(),
            places: Recent::default(),
            threads: Recent::default(),
            arrivals: Arc::default(),
            budgets: Budgets::default(),
            pace: Pace::default(),
            signers: Recent::default(),
            crowds: Mutex::new(LruCache::new(ENTRIES)),
            looked: Mutex::new(LruCache::new(ENTRIES)),
            greeted: Mutex::new(LruCache::new(ENTRIES)),
            synchronized: Mutex::new(LruCache::new(ENTRIES)),
            conversations: Mutex::new(LruCache::new(ENTRIES)),
        }
    }
}

impl Memory {
    /// The signer of a key id, if it was looked up within five seconds.
    pub(super) fn signer(&self, key_id: &str, now: Time) -> Option<Arc<Signer>> {
        self.signers.get(key_id, now)
    }

    pub(super) fn remember_signer(&self, key_id: &str, signer: &Arc<Signer>, now: Time) {
        self.signers.put(key_id, Arc::clone(signer), now);
    }

    /// Whether too much of a host waits; `None` where that was not looked at within a second.
    pub(super) fn is_crowded(&self, host: &str, now: Time) -> Option<bool> {
        let mut crowds = self.crowds.lock().ok()?;
        let (crowded, at) = crowds.get(host)?;
        let age = now.unix_millis() - at.unix_millis();
        (0..CROWD_MS).contains(&age).then_some(*crowded)
    }

    pub(super) fn remember_crowd(&self, host: &str, crowded: bool, now: Time) {
        if let Ok(mut crowds) = self.crowds.lock() {
            crowds.put(host.to_owned(), (crowded, now));
        }
    }

    /// Whether a key that did not fit may be fetched again: once a minute.
    pub(super) fn may_look_again(&self, key_id: &str, now: Time) -> bool {
        once_in(MINUTE_MS, &self.looked, key_id.to_owned(), now)
    }

    /// Whether a sign of life is worth writing down: once a minute.
    pub(super) fn may_greet(&self, peer: PeerId, now: Time) -> bool {
        once_in(MINUTE_MS, &self.greeted, peer, now)
    }

    /// Whether what a peer's actor says of its followers is worth a look: once an hour.
    pub(crate) fn may_synchronize(&self, actor: ActorId, now: Time) -> bool {
        once_in(HOUR_MS, &self.synchronized, actor, now)
    }

    /// The conversation of a post that its server sent us lately.
    pub(super) fn conversation(&self, origin: &str, object: &str) -> Option<String> {
        let mut known = self.conversations.lock().ok()?;
        known.get(&(origin.to_owned(), object.to_owned())).cloned()
    }

    pub(super) fn remember_conversation(&self, origin: &str, object: String, key: String) {
        if object.len() > ID_MAX {
            return;
        }
        if let Ok(mut known) = self.conversations.lock() {
            known.put((origin.to_owned(), object), key);
        }
    }
}

/// What was looked up within five seconds.
pub(crate) struct Recent<K: Hash + Eq, V>(Mutex<LruCache<K, (Arc<V>, Time)>>);

impl<K: Hash + Eq, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(ENTRIES)))
    }
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// What is known under this name.
    pub(crate) fn get<Q>(&self, key: &Q, now: Time) -> Option<Arc<V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let mut known = self.0.lock().ok()?;
        let (value, at) = known.get(key)?;
        let age = now.unix_millis() - at.unix_millis();
        (0..RECENT_MS).contains(&age).then(|| Arc::clone(value))
    }

    /// Keeps something in mind.
    pub(crate) fn put(&self, key: impl Into<K>, value: Arc<V>, now: Time) {
        if let Ok(mut known) = self.0.lock() {
            known.put(key.into(), (value, now));
        }
    }
}

fn once_in<K: Hash + Eq>(ms: i64, seen: &Mutex<LruCache<K, Time>>, key: K, now: Time) -> bool {
    let Ok(mut seen) = seen.lock() else {
        return false;
    };
    let lately = seen
        .get(&key)
        .is_some_and(|at| now.unix_millis() - at.unix_millis() < ms);
    if !lately {
        seen.put(key, now);
    }
    !lately
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_minute_and_no_more() {
        let (memory, now) = (Memory::default(), Time::from_unix_millis(1_800_000_000_000));
        assert!(memory.may_look_again("k", now));
        assert!(!memory.may_look_again("k", now.plus_seconds(59)));
        assert!(memory.may_look_again("other", now));
        assert!(memory.may_look_again("k", now.plus_seconds(60)));
        assert!(memory.may_greet(PeerId(1), now) && !memory.may_greet(PeerId(1), now));
        for (later, looks) in [(0, true), (3_599, false), (3_600, true)] {
            let then = now.plus_seconds(later);
            assert_eq!(memory.may_synchronize(ActorId(1), then), looks);
        }
    }

    #[test]
    fn a_conversation_is_its_own_servers_to_name() {
        let memory = Memory::default();
        let long = format!("https://a.test/{}", "x".repeat(ID_MAX));
        memory.remember_conversation("https://a.test", long.clone(), "c".to_owned());
        assert_eq!(memory.conversation("https://a.test", &long), None);
        memory.remember_conversation(
            "https://a.test",
            "https://a.test/1".to_owned(),
            "c".to_owned(),
        );
        assert_eq!(
            memory
                .conversation("https://a.test", "https://a.test/1")
                .as_deref(),
            Some("c")
        );
        assert_eq!(
            memory.conversation("https://evil.test", "https://a.test/1"),
            None
        );
    }
}
