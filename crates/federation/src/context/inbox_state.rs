//! The inbox's state between requests: signers, backlogs, rate limits and the conversations of posts.
//! It is kept in memory only; losing it costs a little work.

use super::key_rate_limit::KeyRateLimit;
use super::memory_budget::InboxBudgets;
use super::recent::RecentCache;
use super::signer::Signer;
use crate::identity::ID_MAX;
use lru::LruCache;
use model::{ActorId, PeerId, Time};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// The capacity of each cache, in entries.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// How long the backlog of a host is not counted again, in milliseconds.
const BACKLOG_TTL_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// Seconds after which a key that could not be fetched is fetched again.
pub(crate) const KEY_RETRY_SECONDS: u32 = 10;

/// That a stored key was fetched again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyRefetch {
    pub at: Time,
    /// Its server could not be reached, or failed.
    pub failed: bool,
}

impl KeyRefetch {
    /// Seconds until it may be repeated: a minute after it, or a few seconds where it failed; `None` where
    /// it may be now.
    pub(crate) fn wait_seconds(self, now: Time) -> Option<u32> {
        let wait = if self.failed {
            i64::from(KEY_RETRY_SECONDS) * 1_000
        } else {
            MINUTE_MS
        };
        let left = wait - (now.unix_millis() - self.at.unix_millis());
        (left > 0).then(|| u32::try_from(left / 1_000 + 1).unwrap_or(KEY_RETRY_SECONDS))
    }
}

pub(crate) struct InboxState {
    /// Notified after each activity that was stored.
    pub arrivals: Arc<Notify>,
    /// The memory that requests in progress may use.
    pub budgets: InboxBudgets,
    /// How often unknown signers may cause a key to be fetched.
    pub key_rate_limit: KeyRateLimit,
    signers: RecentCache<String, Signer>,
    backlogs: Mutex<LruCache<String, (bool, Time)>>,
    key_refetches: Mutex<LruCache<String, Arc<tokio::sync::Mutex<Option<KeyRefetch>>>>>,
    recorded_contacts: Mutex<LruCache<PeerId, Time>>,
    synchronized: Mutex<LruCache<ActorId, Time>>,
    confirmed: Mutex<LruCache<String, Time>>,
    present: Mutex<LruCache<String, Time>>,
    conversations: Mutex<LruCache<(String, String), String>>,
}

impl Default for InboxState {
    fn default() -> Self {
        Self {
            arrivals: Arc::default(),
            budgets: InboxBudgets::default(),
            key_rate_limit: KeyRateLimit::default(),
            signers: RecentCache::default(),
            backlogs: Mutex::new(LruCache::new(CAPACITY)),
            key_refetches: Mutex::new(LruCache::new(CAPACITY)),
            recorded_contacts: Mutex::new(LruCache::new(CAPACITY)),
            synchronized: Mutex::new(LruCache::new(CAPACITY)),
            confirmed: Mutex::new(LruCache::new(CAPACITY)),
            present: Mutex::new(LruCache::new(CAPACITY)),
            conversations: Mutex::new(LruCache::new(CAPACITY)),
        }
    }
}

impl InboxState {
    /// Returns the signer of a key id, if it was read within five seconds.
    pub(crate) fn signer(&self, key_id: &str, now: Time) -> Option<Arc<Signer>> {
        self.signers.get(key_id, now)
    }

    pub(crate) fn remember_signer(&self, key_id: &str, signer: &Arc<Signer>, now: Time) {
        self.signers.put(key_id, Arc::clone(signer), now);
    }

    /// Whether the backlog of a host is full; `None` where that was not counted within a second. One
    /// caller counts: for the others the last count holds meanwhile, and an unknown backlog is not full.
    pub(crate) fn has_full_backlog(&self, host: &str, now: Time) -> Option<bool> {
        let mut backlogs = self.backlogs.lock().ok()?;
        let known = backlogs.get_mut(host);
        let Some((is_full, at)) = known else {
            backlogs.put(host.to_owned(), (false, now));
            return None;
        };
        let age = now.unix_millis() - at.unix_millis();
        if (0..BACKLOG_TTL_MS).contains(&age) {
            return Some(*is_full);
        }
        *at = now;
        None
    }

    pub(crate) fn remember_backlog(&self, host: &str, is_full: bool, now: Time) {
        if let Ok(mut backlogs) = self.backlogs.lock() {
            backlogs.put(host.to_owned(), (is_full, now));
        }
    }

    /// Returns when a stored key was last fetched again, whose signature did not verify. Whoever fetches it
    /// holds the lock meanwhile.
    pub(crate) fn key_refetch(&self, key_id: &str) -> Arc<tokio::sync::Mutex<Option<KeyRefetch>>> {
        let refetches = self.key_refetches.lock();
        let mut refetches = refetches.unwrap_or_else(PoisonError::into_inner);
        Arc::clone(refetches.get_or_insert(key_id.to_owned(), Arc::default))
    }

    /// Whether to record that a peer has sent something: once a minute.
    pub(crate) fn may_record_contact(&self, peer: PeerId, now: Time) -> bool {
        once_in(MINUTE_MS, &self.recorded_contacts, peer, now)
    }

    /// Whether to ask the server of an actor or object whether it is gone, where another server says so: once
    /// a minute.
    pub(crate) fn may_confirm(&self, id: &str, now: Time) -> bool {
        id.len() <= ID_MAX && once_in(MINUTE_MS, &self.confirmed, id.to_owned(), now)
    }

    /// Whether the server of a post said within the last minute that it is there.
    pub(crate) fn was_there(&self, id: &str, now: Time) -> bool {
        let present = self.present.lock().ok();
        let at = present.and_then(|mut present| present.get(id).copied());
        at.is_some_and(|at| (0..MINUTE_MS).contains(&(now.unix_millis() - at.unix_millis())))
    }

    pub(crate) fn remember_there(&self, id: &str, now: Time) {
        if let Ok(mut present) = self.present.lock() {
            present.put(id.to_owned(), now);
        }
    }

    /// Whether to compare the followers of a peer's actor: once an hour.
    pub(crate) fn may_synchronize(&self, actor: ActorId, now: Time) -> bool {
        once_in(HOUR_MS, &self.synchronized, actor, now)
    }

    /// Returns the conversation of a post that its server sent recently.
    pub(crate) fn conversation(&self, origin: &str, object: &str) -> Option<String> {
        let mut conversations = self.conversations.lock().ok()?;
        conversations
            .get(&(origin.to_owned(), object.to_owned()))
            .cloned()
    }

    pub(crate) fn remember_conversation(&self, origin: &str, object: String, key: String) {
        if object.len() > ID_MAX {
            return;
        }
        if let Ok(mut conversations) = self.conversations.lock() {
            conversations.put((origin.to_owned(), object), key);
        }
    }
}

/// Whether the last `true` for this key was given at least `ms` ago.
fn once_in<K: Hash + Eq>(ms: i64, last: &Mutex<LruCache<K, Time>>, key: K, now: Time) -> bool {
    let Ok(mut last) = last.lock() else {
        return false;
    };
    let is_recent = last
        .get(&key)
        .is_some_and(|at| now.unix_millis() - at.unix_millis() < ms);
    if !is_recent {
        last.put(key, now);
    }
    !is_recent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_once_a_minute_or_once_an_hour() {
        let now = Time::from_unix_millis(1_800_000_000_000);
        let state = InboxState::default();
        let refetch = |failed| KeyRefetch { at: now, failed };
        assert_eq!(refetch(false).wait_seconds(now.plus_seconds(20)), Some(41));
        assert_eq!(refetch(false).wait_seconds(now.plus_seconds(60)), None);
        assert_eq!(refetch(true).wait_seconds(now.plus_seconds(10)), None);
        assert!(state.may_record_contact(PeerId(1), now));
        assert!(!state.may_record_contact(PeerId(1), now));
        for (seconds, expected) in [(0, true), (3_599, false), (3_600, true)] {
            let later = now.plus_seconds(seconds);
            assert_eq!(state.may_synchronize(ActorId(1), later), expected);
        }
        assert!(state.may_confirm("a", now) && state.may_confirm("b", now));
        for (seconds, expected) in [(59, false), (60, true), (61, false)] {
            let later = now.plus_seconds(seconds);
            assert_eq!(state.may_confirm("a", later), expected);
        }
    }

    #[test]
    fn a_conversation_is_stored_for_the_server_that_named_it() {
        const ORIGIN: &str = "https://a.test";
        const POST: &str = "https://a.test/1";
        let state = InboxState::default();
        let long = format!("https://a.test/{}", "x".repeat(ID_MAX));
        state.remember_conversation(ORIGIN, long.clone(), "c".to_owned());
        assert_eq!(state.conversation(ORIGIN, &long), None);
        state.remember_conversation(ORIGIN, POST.to_owned(), "c".to_owned());
        assert_eq!(state.conversation(ORIGIN, POST).as_deref(), Some("c"));
        assert_eq!(state.conversation("https://evil.test", POST), None);
    }
}
