//! What the inbox keeps in mind between requests: signers just looked up, keys just looked at
//! again, peers just greeted, and which conversation a post belongs to. Losing it costs nothing
//! but a little work.

use super::signer::Signer;
use lru::LruCache;
use model::{PeerId, Time};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// Entries of each sort.
const ENTRIES: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// For how long a signer is not looked up again, in milliseconds: another process may have seen a
/// new key.
const SIGNER_MS: i64 = 5_000;
/// Milliseconds between two looks at one key, and between two greetings of one peer.
const MINUTE_MS: i64 = 60_000;
/// Longest id kept in mind, in bytes: thousands of them are.
pub(super) const ID_MAX: usize = 2_000;

/// The inbox's memory.
pub(crate) struct Memory {
    signers: Mutex<LruCache<String, (Arc<Signer>, Time)>>,
    looked: Mutex<LruCache<String, Time>>,
    greeted: Mutex<LruCache<PeerId, Time>>,
    conversations: Mutex<LruCache<(String, String), String>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            signers: Mutex::new(LruCache::new(ENTRIES)),
            looked: Mutex::new(LruCache::new(ENTRIES)),
            greeted: Mutex::new(LruCache::new(ENTRIES)),
            conversations: Mutex::new(LruCache::new(ENTRIES)),
        }
    }
}

impl Memory {
    /// The signer of a key id, if it was looked up within five seconds.
    pub(super) fn signer(&self, key_id: &str, now: Time) -> Option<Arc<Signer>> {
        let mut signers = self.signers.lock().ok()?;
        let (signer, at) = signers.get(key_id)?;
        let age = now.unix_millis() - at.unix_millis();
        (0..SIGNER_MS).contains(&age).then(|| Arc::clone(signer))
    }

    pub(super) fn remember_signer(&self, key_id: &str, signer: &Arc<Signer>, now: Time) {
        if let Ok(mut signers) = self.signers.lock() {
            signers.put(key_id.to_owned(), (Arc::clone(signer), now));
        }
    }

    /// Whether a key that did not fit may be fetched again: once a minute.
    pub(super) fn may_look_again(&self, key_id: &str, now: Time) -> bool {
        once_a_minute(&self.looked, key_id.to_owned(), now)
    }

    /// Whether a sign of life is worth writing down: once a minute.
    pub(super) fn may_greet(&self, peer: PeerId, now: Time) -> bool {
        once_a_minute(&self.greeted, peer, now)
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

fn once_a_minute<K: Hash + Eq>(seen: &Mutex<LruCache<K, Time>>, key: K, now: Time) -> bool {
    let Ok(mut seen) = seen.lock() else {
        return false;
    };
    let lately = seen
        .get(&key)
        .is_some_and(|at| now.unix_millis() - at.unix_millis() < MINUTE_MS);
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
