//! Connections that are kept when a post is done: for half a minute to the servers we speak with all
//! the time, for a moment to the thousands that one activity goes to, so that neither memory nor
//! the number of open files grows with how many there are.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Servers whose connections are kept for long.
const KEPT: usize = 128;
/// For how long.
pub(super) const LONG: Duration = Duration::from_secs(30);
/// For how long the others' are: what comes next in the same conversation is sent by then.
pub(super) const MOMENT: Duration = Duration::from_millis(100);

/// When each of the servers whose connections are kept for long was last posted to.
#[derive(Debug, Default)]
pub(super) struct Idle(Mutex<HashMap<String, Instant>>);

impl Idle {
    /// Whether the connection of a post to this server may be kept for long.
    pub(super) fn may_stay(&self, authority: &str, now: Instant) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = kept.get_mut(authority) {
            *last = now;
            return true;
        }
        if kept.len() >= KEPT {
            // The whole map is small, and looked through only where many servers are posted to.
            kept.retain(|_, last| now.saturating_duration_since(*last) < LONG);
        }
        let room = kept.len() < KEPT;
        if room {
            kept.insert(authority.to_owned(), now);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_connections_stay_and_leave_their_places_when_they_end() {
        let (idle, now) = (Idle::default(), Instant::now());
        let host = |n: usize| format!("h{n}.test");
        let stay = |at: Instant, range: std::ops::Range<usize>| {
            range.filter(|n| idle.may_stay(&host(*n), at)).count()
        };
        assert_eq!(stay(now, 0..KEPT * 2), KEPT);
        assert!(
            idle.may_stay(&host(0), now),
            "one that stays may be used again"
        );
        let later = now + LONG / 2;
        assert!(idle.may_stay(&host(1), later));
        let much_later = now + LONG;
        assert_eq!(
            stay(much_later, 1_000..2_000),
            KEPT - 1,
            "all but the one in use are closed"
        );
    }
}
