//! Peers: the other servers, and how we go on when one does not answer.

pub mod list;
pub mod policy;

use crate::{Time, text_enum};

text_enum! {
    /// How we stand with a peer.
    PeerState {
        /// We deliver.
        Active = "active",
        /// Silent for a week; nothing is queued until it shows a sign of life.
        Parked = "parked",
    }
}

text_enum! {
    /// Where a delivery stands. One that arrived is deleted.
    DeliveryState {
        /// Waits for its turn.
        Waiting = "waiting",
        /// Set aside after three refusals, with the reason; the conversation goes on.
        Failed = "failed",
    }
}

text_enum! {
    /// Where a received activity stands.
    InboundState {
        /// Waits for its turn.
        Waiting = "waiting",
        /// Taken in.
        Done = "done",
        /// Understood and left alone, with the reason.
        Ignored = "ignored",
        /// Refused, with the reason.
        Rejected = "rejected",
    }
}

text_enum! {
    /// In which form a peer takes our signatures.
    SignatureForm {
        /// draft-cavage-http-signatures-12, which every server speaks today.
        Draft = "draft",
        /// RFC 9421, which is to follow it.
        Rfc9421 = "rfc9421",
    }
}

/// Refusals of one delivery before it is set aside.
pub const DELIVERY_TRIES: i32 = 3;
/// Seconds of silence after which a peer is parked: seven days.
pub const PARK_AFTER_SECONDS: i64 = 7 * 86_400;
/// Failures in a row before a peer is parked: seven days of [`backoff_seconds`].
pub const PARK_AFTER_FAILURES: i32 = 42;

/// Seconds without a sign of life after which one brings the next try forward. One that speaks all
/// the time and takes nothing is tried by its steps.
pub const SILENT_SECONDS: i64 = 600;

/// How long to leave a peer alone after its `failures`th failure in a row, in seconds.
/// Doubles from 5 s to 6 h; `jitter` in 0..=255 adds up to a quarter.
#[must_use]
pub fn backoff_seconds(failures: i32, jitter: u8) -> i64 {
    let step = u32::try_from(failures.clamp(1, 13)).unwrap_or(1) - 1;
    let base = (5_i64 << step).min(6 * 3_600);
    base + base * i64::from(jitter) / 1_020
}

/// It was tried long enough, and has been silent for long enough, to stop queueing. A peer that
/// nobody had anything to say to for a week is not parked by one failure.
#[must_use]
pub fn should_park(failures: i32, last_seen: Time, now: Time) -> bool {
    failures >= PARK_AFTER_FAILURES && now > last_seen.plus_seconds(PARK_AFTER_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_parked_after_a_week_of_trying() {
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
