//! Limits the concurrent requests to each host, so that no host delays the others and none is
//! overloaded by us.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The number of concurrent requests to one host.
pub(super) const MAX_CONCURRENT: usize = 4;

/// The number of hosts beyond which unused entries are removed.
const CLEANUP_SIZE: usize = 512;

/// One semaphore for each host, created on first use.
#[derive(Debug, Default)]
pub(super) struct HostLimits(Mutex<HashMap<String, Arc<Semaphore>>>);

impl HostLimits {
    /// Waits for a permit, which is returned when it is dropped. `None` cannot happen: the semaphores
    /// are never closed.
    pub(super) async fn acquire(&self, authority: &str) -> Option<OwnedSemaphorePermit> {
        let semaphore = self.semaphore(authority);
        semaphore.acquire_owned().await.ok()
    }

    fn semaphore(&self, authority: &str) -> Arc<Semaphore> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= CLEANUP_SIZE {
            hosts.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        let entry = hosts.entry(authority.to_owned());
        Arc::clone(entry.or_insert_with(|| Arc::new(Semaphore::new(MAX_CONCURRENT))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fifth_request_to_a_host_waits() {
        let limits = HostLimits::default();
        let mut permits = Vec::new();
        for _ in 0..MAX_CONCURRENT {
            permits.push(limits.acquire("a.test").await.unwrap());
        }
        let semaphore = limits.semaphore("a.test");
        assert_eq!(semaphore.available_permits(), 0);
        assert!(
            limits.acquire("b.test").await.is_some(),
            "another host is not delayed"
        );
        permits.pop();
        assert_eq!(semaphore.available_permits(), 1);
    }

    #[tokio::test]
    async fn unused_entries_are_removed() {
        let limits = HostLimits::default();
        let held = limits.acquire("held.test").await;
        for n in 0..CLEANUP_SIZE * 2 {
            limits.acquire(&format!("{n}.test")).await;
        }
        assert!(limits.0.lock().unwrap().len() <= CLEANUP_SIZE);
        assert!(held.is_some() && limits.0.lock().unwrap().contains_key("held.test"));
    }
}
