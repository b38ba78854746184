//! Chooses how long an idle connection is kept after a POST: half a minute for the hosts in frequent
//! use, a fraction of a second for the thousands that a single activity goes to. So neither memory nor
//! the number of open files grows with the number of hosts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The number of hosts with long idle connections.
const MAX_HOSTS: usize = 128;
/// The idle timeout of their connections.
pub(super) const LONG_IDLE: Duration = Duration::from_secs(30);
/// The idle timeout of all others, long enough for the next activity of the same conversation.
pub(super) const SHORT_IDLE: Duration = Duration::from_millis(100);

/// The hosts whose connections are kept for [`LONG_IDLE`], with the time of the last POST.
#[derive(Debug, Default)]
pub(super) struct LongIdleHosts(Mutex<HashMap<String, Instant>>);

impl LongIdleHosts {
    /// Whether the connection of a POST to this host is kept for long; registers the host if there
    /// is room.
    pub(super) fn admit(&self, authority: &str, now: Instant) -> bool {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = hosts.get_mut(authority) {
            *last = now;
            return true;
        }
        if hosts.len() >= MAX_HOSTS {
            // The map is small, and scanned only while many hosts are posted to.
            hosts.retain(|_, last| now.saturating_duration_since(*last) < LONG_IDLE);
        }
        let has_room = hosts.len() < MAX_HOSTS;
        if has_room {
            hosts.insert(authority.to_owned(), now);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_idle_connections_are_limited_and_expire() {
        let (hosts, now) = (LongIdleHosts::default(), Instant::now());
        let host = |n: usize| format!("h{n}.test");
        let admitted = |at: Instant, range: std::ops::Range<usize>| {
            range.filter(|n| hosts.admit(&host(*n), at)).count()
        };
        assert_eq!(admitted(now, 0..MAX_HOSTS * 2), MAX_HOSTS);
        assert!(
            hosts.admit(&host(0), now),
            "one that stays may be used again"
        );
        let later = now + LONG_IDLE / 2;
        assert!(hosts.admit(&host(1), later));
        let much_later = now + LONG_IDLE;
        assert_eq!(
            admitted(much_later, 1_000..2_000),
            MAX_HOSTS - 1,
            "all but the one in use are closed"
        );
    }
}
