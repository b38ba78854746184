//! Peers (remote servers): their states, and the back-off and parking of those that do not respond.

pub mod list;
pub mod policy;

use crate::{Time, text_enum};

text_enum! {
    /// Whether deliveries to a peer are queued.
    PeerState {
        /// Deliveries are queued and sent.
        Active = "active",
        /// Unreachable for a week; nothing is queued until the peer contacts us.
        Parked = "parked",
    }
}

text_enum! {
    /// The state of a delivery. A successful one is deleted.
    DeliveryState {
        /// Queued.
        Waiting = "waiting",
        /// Given up after three refusals, with the reason; later deliveries of the conversation go on.
        Failed = "failed",
    }
}

text_enum! {
    /// The state of a received activity.
    InboundState {
        /// Queued.
        Waiting = "waiting",
        /// Applied.
        Done = "done",
        /// Valid but without effect here, with the reason.
        Ignored = "ignored",
        /// Invalid or not permitted, with the reason.
        Rejected = "rejected",
    }
}

text_enum! {
    /// The format of HTTP signatures that a peer accepts.
    SignatureForm {
        /// draft-cavage-http-signatures-12, which every server accepts today.
        Draft = "draft",
        /// RFC 9421, its successor.
        Rfc9421 = "rfc9421",
    }
}

/// Refusals of a delivery after which it has failed.
pub const DELIVERY_TRIES: i32 = 3;
/// Seconds without contact after which a peer is parked: seven days.
pub const PARK_AFTER_SECONDS: i64 = 7 * 86_400;
/// Failures in a row before a peer is parked: seven days of [`backoff_seconds`].
pub const PARK_AFTER_FAILURES: i32 = 42;

/// Seconds without contact after which a request from the peer triggers the next attempt at once. A peer
/// that sends all the time but accepts nothing is tried at its back-off steps only.
pub const SILENT_SECONDS: i64 = 600;

/// Returns the back-off in seconds after `failures` failures in a row. It doubles from 5 s to 6 h; `jitter`
/// in 0..=255 adds up to a quarter.
#[must_use]
pub fn backoff_seconds(failures: i32, jitter: u8) -> i64 {
    let step = u32::try_from(failures.clamp(1, 13)).unwrap_or(1) - 1;
    let base = (5_i64 << step).min(6 * 3_600);
    base + base * i64::from(jitter) / 1_020
}

/// Returns whether a peer has failed often enough and been silent long enough to stop queueing. A peer to
/// which nothing was sent for a week is not parked by one failure.
#[must_use]
pub fn should_park(failures: i32, last_seen: Time, now: Time) -> bool {
    failures >= PARK_AFTER_FAILURES && now > last_seen.plus_seconds(PARK_AFTER_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_parked_after_a_week_of_attempts() {
        let waited: i64 = (1..PARK_AFTER_FAILURES)
            .map(|n| backoff_seconds(n, 0))
            .sum();
        assert!(waited >= PARK_AFTER_SECONDS);
        let now = Time::from_unix_millis(1_800_000_000_000);
        let quiet = now.plus_seconds(-PARK_AFTER_SECONDS - 1);
        assert!(!should_park(1, quiet, now));
        assert!(should_park(PARK_AFTER_FAILURES, quiet, now));
        assert!(!should_park(PARK_AFTER_FAILURES, now, now));
    }

    #[test]
    fn backoff_doubles_to_six_hours() {
        assert_eq!(backoff_seconds(1, 0), 5);
        assert_eq!(backoff_seconds(4, 0), 40);
        assert_eq!(backoff_seconds(60, 0), 5 << 12);
        assert!(backoff_seconds(60, 255) <= 6 * 3_600 * 5 / 4);
    }
}
