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
        /// Set aside after its last refusal, with the reason.
        Failed = "failed",
    }
}

text_enum! {
    /// A form of activity, mostly of Announce, that some software refuses. Whoever refuses it loses nothing that they
    /// show: what it is about reaches them in another activity as well, or they count no likes.
    AnnounceForm {
        /// Of a thread by its id, which Mastodon shows as a boost.
        ById = "by-id",
        /// The Undo of that.
        UndoById = "undo-by-id",
        /// Of an activity, to the server of its own actor.
        Echo = "echo",
        /// Of a Like, or of its Undo.
        Like = "like",
        /// Of a poll as a Question: a Create or Update, and the Announce of that.
        Poll = "poll",
        /// Of a poll as a Page, for who does not read a Question.
        PollAsPage = "poll-as-page",
    }
}

impl AnnounceForm {
    /// Whether software, where it is known, refuses this form: Lemmy (1.0-beta) answers 400 to each Announce, NodeBB
    /// (4.11) leaves one by id without an answer, and answers 424 to its own activities. Lemmy alone does not read a
    /// Question, and only it is sent a poll as a Page.
    #[must_use]
    pub fn is_refused_by(self, software: Option<&str>) -> bool {
        let is = |name: &str| software.is_some_and(|other| other.eq_ignore_ascii_case(name));
        match self {
            Self::ById | Self::UndoById | Self::Echo => is("lemmy") || is("nodebb"),
            Self::Poll => is("lemmy"),
            Self::PollAsPage => !is("lemmy"),
            Self::Like => false,
        }
    }
}

/// Refusals of a form of Announce after which it is no longer sent to a peer.
pub const FORM_REFUSALS: i32 = 3;

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

text_enum! {
    /// Why a request to another server failed, as people are told. The exact text is for operators.
    FailureKind {
        /// No connection: DNS, TCP or TLS.
        Unreachable = "unreachable",
        /// No response in time.
        Timeout = "timeout",
        /// 5xx, 408, 425.
        ServerError = "server-error",
        /// 429, or 503 with `Retry-After`.
        Busy = "busy",
        /// Another 4xx, or a redirect.
        Refused = "refused",
        /// 410.
        Gone = "gone",
        /// A rule or the address guard of this instance.
        Blocked = "blocked",
        /// The response is too large or not what was requested.
        Unreadable = "unreadable",
        /// Anything else.
        Other = "other",
    }
}

impl FailureKind {
    /// Classifies the text of an error of the client, which is what queues and peers store.
    #[must_use]
    pub fn of(text: &str) -> Self {
        // What quotes the peer comes first: its words must not decide.
        const PHRASES: &[(&str, FailureKind)] = &[
            ("refuses this activity", FailureKind::Refused),
            ("asks us to wait", FailureKind::Busy),
            ("cannot be reached", FailureKind::Unreachable),
            ("did not answer in time", FailureKind::Timeout),
            ("does not show it to us", FailureKind::Refused),
            ("nothing at that address", FailureKind::Refused),
            ("is gone", FailureKind::Gone),
            ("exchanges nothing with", FailureKind::Blocked),
            ("is not at a public address", FailureKind::Blocked),
            ("only https is allowed", FailureKind::Blocked),
            ("is not allowed", FailureKind::Blocked),
            ("a host must be named", FailureKind::Blocked),
            ("a user name is not followed", FailureKind::Blocked),
            ("the URL has no host", FailureKind::Blocked),
            ("the answer is", FailureKind::Unreadable),
            ("is not where it was found", FailureKind::Unreadable),
            ("redirects too often", FailureKind::Unreadable),
        ];
        Self::of_status(text).unwrap_or_else(|| {
            let known = PHRASES.iter().find(|(phrase, _)| text.contains(phrase));
            known.map_or(Self::Other, |(_, kind)| *kind)
        })
    }

    /// Classifies `503 Service Unavailable: …` and `the other server answered 503`.
    fn of_status(text: &str) -> Option<Self> {
        let text = text
            .strip_prefix("the server does not take anything now: ")
            .unwrap_or(text);
        let status = text
            .strip_prefix("the other server answered ")
            .unwrap_or(text);
        let digits: String = status.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<u16>() {
            Ok(429) => Some(Self::Busy),
            Ok(408 | 425 | 500..=599) => Some(Self::ServerError),
            Ok(410) => Some(Self::Gone),
            Ok(300..=499) => Some(Self::Refused),
            Ok(_) | Err(_) => None,
        }
    }
}

/// Tries of a delivery that a peer fails to process while it accepts others.
pub const DELIVERY_TRIES: i32 = 3;
/// Tries of a delivery that a peer refuses with a 4xx: one repeat. Nothing else in it will change.
pub const REFUSAL_TRIES: i32 = 2;
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
