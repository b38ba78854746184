//! Decides what a failed delivery means for its row and its peer. Pure.

use client::PostError;
use model::peer::{DELIVERY_TRIES, FailureKind, PARK_AFTER_SECONDS, REFUSAL_TRIES};
use model::{PeerId, Time};
use std::hash::{BuildHasher, RandomState};
use store::row;

/// A delivery that has ended, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryResult {
    pub(super) row: row::Delivery,
    pub(super) outcome: DeliveryOutcome,
}

impl DeliveryResult {
    pub(super) const fn peer(&self) -> PeerId {
        self.row.peer_id
    }
}

/// How a delivery ended, and what becomes of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DeliveryOutcome {
    /// The peer has it; the row is deleted.
    Delivered,
    /// The peer refused it; retried after so many seconds.
    Retry { why: String, seconds: i64 },
    /// It cannot be delivered; kept for an admin, with the reason.
    SetAside(String),
    /// The inbox is closed: 401, 403, 404, 405, or 410 of a shared inbox. [`PeerHealth`] decides
    /// whether that is about this activity or the peer.
    InboxClosed {
        why: String,
        /// Earlier refusals of this row.
        refusals: i32,
        /// The tries that a refusal leaves it.
        tries: i32,
    },
    /// The peer failed; the row waits with its lane. The description.
    PeerFailed(String),
    /// The peer asks us to wait; the row waits with its lane.
    Busy {
        why: String,
        /// The requested wait, in seconds.
        seconds: Option<i64>,
    },
    /// The inbox is gone.
    InboxGone,
    /// Nothing was sent because of a fault of this instance; the row stays as it is.
    NotAttempted,
}

impl DeliveryOutcome {
    /// The name of the outcome in the metrics.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry { .. } => "retry",
            Self::SetAside(_) => "set_aside",
            Self::InboxClosed { .. } => "inbox_closed",
            Self::PeerFailed(_) => "peer_failed",
            Self::Busy { .. } => "busy",
            Self::InboxGone => "inbox_gone",
            Self::NotAttempted => "not_attempted",
        }
    }
}

/// What a peer's refusal of a delivery means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RefusalMeaning {
    /// The peer may have it already and answer 400 to it.
    pub may_repeat: bool,
    /// The peer answers the same to a repeat, whatever the reason was (Lemmy 1.0-beta).
    pub is_final: bool,
}

impl RefusalMeaning {
    /// Returns how often an activity is tried that is refused with a status. 401 may be about our key,
    /// which the peer fetches again.
    const fn tries(self, status: u16) -> i32 {
        match status {
            401 => DELIVERY_TRIES,
            _ if self.is_final => 1,
            _ => REFUSAL_TRIES,
        }
    }
}

/// The state of a peer when one of its deliveries ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeerHealth {
    pub now: Time,
    /// When it last accepted a delivery.
    pub accepted_at: Option<Time>,
    /// Its last answer was no failure.
    pub is_healthy: bool,
    /// How many of its last answers in a row were [`DeliveryOutcome::InboxClosed`].
    pub closed_answers: u32,
    /// How many deliveries in a row it has left without an answer, or answered 500.
    pub broken_answers: u32,
}

impl PeerHealth {
    /// Whether the peer has accepted another delivery since this row failed last.
    fn accepts_others(&self, row: &row::Delivery) -> bool {
        failed_at(row).is_some_and(|at| self.accepted_at > Some(at))
    }

    /// Whether a failure is about that one activity: a healthy peer left it without an answer, or answered
    /// 500.
    fn is_one_broken_answer(&self, why: &str) -> bool {
        self.is_healthy && self.broken_answers < MAX_BROKEN_ANSWERS && is_broken(why)
    }
}

impl DeliveryOutcome {
    /// Classifies the result of a POST. `attempts`: the earlier refusals of this row.
    pub(super) fn of(
        posted: Result<(), PostError>,
        attempts: i32,
        refusal: RefusalMeaning,
    ) -> Self {
        match posted {
            Ok(()) => Self::Delivered,
            Err(PostError::Gone) => Self::InboxGone,
            Err(PostError::Blocked(why)) => Self::SetAside(why.to_string()),
            Err(PostError::Peer(why)) if is_local_failure(&why) => {
                tracing::error!(why, "delivery not attempted");
                Self::NotAttempted
            }
            Err(PostError::Peer(why)) => Self::PeerFailed(why),
            Err(PostError::Busy { why, retry_after }) => Self::Busy {
                why,
                seconds: retry_after.and_then(|wait| i64::try_from(wait.as_secs()).ok()),
            },
            Err(PostError::Activity { status: 400, why }) if refusal.may_repeat => {
                tracing::info!(why, "repeated delivery refused: delivered before");
                Self::Delivered
            }
            Err(ref refused @ PostError::Activity { status, .. }) => {
                let (why, tries) = (refused.to_string(), refusal.tries(status));
                if matches!(status, 401 | 403 | 404 | 405) {
                    Self::InboxClosed {
                        why,
                        refusals: attempts,
                        tries,
                    }
                } else {
                    Self::refused(why, attempts, tries)
                }
            }
        }
    }

    /// Returns the outcome for a shared inbox that is gone, after which this row is not retried.
    pub(super) fn shared_inbox_gone() -> Self {
        Self::InboxClosed {
            why: PostError::Gone.to_string(),
            refusals: 0,
            tries: 1,
        }
    }

    /// Returns the outcome of a refusal after so many earlier `attempts`, of `tries`.
    fn refused(why: String, attempts: i32, tries: i32) -> Self {
        if attempts + 1 >= tries {
            return Self::SetAside(why);
        }
        let seconds = refusal_retry_seconds(attempts + 1);
        Self::Retry { why, seconds }
    }

    /// Decides between a failure of the peer and a refusal of the activity. Some activities make a
    /// healthy server time out or answer 500: until several in a row do, that is about the activity, and
    /// so is any second failure where the peer has accepted another delivery since this row failed last.
    /// A request to wait is never about the activity, unless the row has been postponed for a week while
    /// others were accepted. Neither is a closed inbox, once several answers in a row say so.
    pub(super) fn considering(self, row: &row::Delivery, health: PeerHealth) -> Self {
        let accepts_others = health.accepts_others(row);
        let is_open = health.is_healthy && health.closed_answers < MAX_CLOSED_ANSWERS;
        match self {
            Self::PeerFailed(why) if accepts_others || health.is_one_broken_answer(&why) => {
                Self::refused(why, row.attempts, DELIVERY_TRIES)
            }
            Self::Busy { why, .. } if accepts_others && is_old(row, health.now) => {
                Self::refused(why, row.attempts, DELIVERY_TRIES)
            }
            Self::InboxClosed {
                why,
                refusals,
                tries,
            } if accepts_others || is_open => Self::refused(why, refusals, tries),
            Self::InboxClosed { why, .. } => Self::PeerFailed(why),
            other => other,
        }
    }

    /// Whether the peer as a whole accepts nothing now.
    pub(super) const fn is_peer_failure(&self) -> bool {
        matches!(self, Self::PeerFailed(_) | Self::Busy { .. })
    }
}

/// The number of closed answers in a row that are taken as refusals of the activities.
const MAX_CLOSED_ANSWERS: u32 = 5;

/// The number of broken answers in a row that are taken as refusals of the activities.
const MAX_BROKEN_ANSWERS: u32 = 2;

/// Whether a failure may be that of one activity: no answer in time, or 500.
pub(super) fn is_broken(why: &str) -> bool {
    FailureKind::of(why) == FailureKind::Timeout || why.starts_with("500")
}

/// Whether a row is older than the time after which a silent peer is parked.
fn is_old(row: &row::Delivery, now: Time) -> bool {
    row.created_at.plus_seconds(PARK_AFTER_SECONDS) < now
}

/// Returns the seconds until a row refused so many times is retried.
const fn refusal_retry_seconds(refusals: i32) -> i64 {
    match refusals {
        2.. => 300,
        _ => 30,
    }
}

/// Whether this machine has run out of open files (EMFILE, ENFILE), in the standard library's words.
fn is_local_failure(why: &str) -> bool {
    ["(os error 24)", "(os error 23)"]
        .iter()
        .any(|code| why.ends_with(code))
}

/// Returns when a row last failed; `None` where it never has.
fn failed_at(row: &row::Delivery) -> Option<Time> {
    row.last_error.as_ref()?;
    Some(row.next_at.plus_seconds(-pause_seconds(row.attempts)))
}

/// Returns the seconds that a row refused so many times waits after a failure of its peer.
pub(super) fn pause_seconds(refusals: i32) -> i64 {
    match refusals {
        ..=0 => 0,
        some => refusal_retry_seconds(some),
    }
}

/// Returns a random byte, so that the peers on one failing host are not all retried in one second.
pub(super) fn jitter() -> u8 {
    let [byte, ..] = RandomState::new().hash_one(0_u8).to_le_bytes();
    byte
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::{Blocked, FetchError};
    use model::peer::FailureKind as Kind;
    use std::time::Duration;

    fn refused() -> Result<(), PostError> {
        Err(PostError::Activity {
            status: 400,
            why: "no".into(),
        })
    }

    /// A peer that accepted a delivery so many seconds after `at`.
    fn health(at: Time, accepted: i64) -> PeerHealth {
        PeerHealth {
            now: at,
            accepted_at: Some(at.plus_seconds(accepted)),
            is_healthy: true,
            closed_answers: 0,
            broken_answers: 0,
        }
    }

    fn row(attempts: i32, last_error: Option<&str>, next_at: Time) -> row::Delivery {
        row::Delivery {
            id: model::DeliveryId(1),
            activity_id: model::ActivityId(1),
            peer_id: PeerId(1),
            inbox: String::new(),
            order_key: String::new(),
            subject: String::new(),
            form: None,
            state: model::peer::DeliveryState::Waiting,
            attempts,
            next_at,
            last_error: last_error.map(str::to_owned),
            created_at: next_at,
        }
    }

    #[test]
    fn an_activity_that_fails_while_others_are_accepted_is_refused() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let failed = || DeliveryOutcome::PeerFailed("504".into());
        let seen =
            |row: &row::Delivery, accepted: i64| failed().considering(row, health(at, accepted));
        assert_eq!(seen(&row(0, None, at), 5), failed(), "never tried before");
        let again = row(0, Some("504"), at);
        assert_eq!(seen(&again, -5), failed(), "the others failed too");
        assert!(matches!(
            seen(&again, 5),
            DeliveryOutcome::Retry { seconds: 30, .. }
        ));
        let twice = row(1, Some("504"), at.plus_seconds(30));
        assert!(matches!(
            seen(&twice, 5),
            DeliveryOutcome::Retry { seconds: 300, .. }
        ));
        let thrice = row(2, Some("504"), at.plus_seconds(300));
        assert_eq!(seen(&thrice, 5), DeliveryOutcome::SetAside("504".into()));
        let never = PeerHealth {
            accepted_at: None,
            ..health(at, 0)
        };
        assert_eq!(failed().considering(&again, never), failed());
    }

    #[test]
    fn a_request_to_wait_is_not_about_the_activity_for_a_week() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let busy = || DeliveryOutcome::Busy {
            why: "429".into(),
            seconds: Some(10),
        };
        let again = row(0, Some("429"), at);
        assert_eq!(busy().considering(&again, health(at, 5)), busy());
        let later = PeerHealth {
            now: at.plus_seconds(PARK_AFTER_SECONDS + 1),
            ..health(at, 5)
        };
        let outcome = busy().considering(&again, later);
        assert!(matches!(
            outcome,
            DeliveryOutcome::Retry { seconds: 30, .. }
        ));
    }

    #[test]
    fn a_closed_inbox_is_a_peer_failure_after_a_few_answers() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let forbidden = PostError::Activity {
            status: 403,
            why: "no".into(),
        };
        let fresh = row(0, None, at);
        let seen = |health: PeerHealth| {
            let outcome = DeliveryOutcome::of(Err(forbidden.clone()), 0, RefusalMeaning::default());
            outcome.considering(&fresh, health).is_peer_failure()
        };
        let closed = |closed_answers, is_healthy| PeerHealth {
            closed_answers,
            is_healthy,
            ..health(at, -60)
        };
        assert!(!seen(closed(0, true)), "that activity");
        assert!(!seen(closed(MAX_CLOSED_ANSWERS - 1, true)));
        assert!(seen(closed(MAX_CLOSED_ANSWERS, true)), "everything");
        assert!(seen(closed(0, false)), "as before");
        let one = row(1, Some("403"), at.plus_seconds(30));
        let outcome = DeliveryOutcome::of(Err(forbidden.clone()), 1, RefusalMeaning::default());
        let accepted = PeerHealth {
            accepted_at: Some(at.plus_seconds(1)),
            ..closed(9, false)
        };
        assert!(matches!(
            outcome.considering(&one, accepted),
            DeliveryOutcome::SetAside(_)
        ));
    }

    #[test]
    fn a_refused_activity_is_repeated_once_and_a_final_refusal_is_not() {
        let seconds = |status, attempts, is_final| {
            let refusal = RefusalMeaning {
                is_final,
                may_repeat: false,
            };
            let refused = PostError::Activity {
                status,
                why: "no".into(),
            };
            let outcome = DeliveryOutcome::of(Err(refused), attempts, refusal);
            let at = Time::from_unix_millis(1_800_000_000_000);
            match outcome.considering(&row(attempts, None, at), health(at, 0)) {
                DeliveryOutcome::Retry { seconds, .. } => Some(seconds),
                DeliveryOutcome::SetAside(_) => None,
                other => panic!("{other:?}"),
            }
        };
        for status in [400, 403, 404, 413, 424] {
            let tries = [0, 1].map(|attempts| seconds(status, attempts, false));
            assert_eq!(tries, [Some(30), None], "{status}");
            assert_eq!(seconds(status, 0, true), None, "Lemmy's {status}");
        }
        let unsigned = [0, 1, 2].map(|attempts| seconds(401, attempts, true));
        assert_eq!(unsigned, [Some(30), Some(300), None]);
    }

    #[test]
    fn a_healthy_peer_that_breaks_at_one_activity_is_not_left_alone() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let after = |why: &str, broken_answers, is_healthy| {
            let health = PeerHealth {
                broken_answers,
                is_healthy,
                ..health(at, -60)
            };
            let outcome = DeliveryOutcome::PeerFailed(why.into());
            outcome
                .considering(&row(0, None, at), health)
                .is_peer_failure()
        };
        for why in [
            "500 Internal Server Error",
            &FetchError::Timeout.to_string(),
        ] {
            assert!(!after(why, 0, true), "{why}: that activity");
            assert!(!after(why, 1, true), "{why}: another one");
            assert!(after(why, 2, true), "{why}: everything");
            assert!(after(why, 0, false), "{why}: as before");
        }
        assert!(after("503 Service Unavailable", 0, true));
        let refused = FetchError::Unreachable("Connection refused".into());
        assert!(after(&refused.to_string(), 0, true));
    }

    #[test]
    fn a_peer_failure_is_not_about_the_activity() {
        let of = |posted| DeliveryOutcome::of(posted, 2, RefusalMeaning::default());
        let busy = PostError::Busy {
            why: "503".into(),
            retry_after: Some(Duration::from_secs(120)),
        };
        let waits = DeliveryOutcome::Busy {
            why: "503".into(),
            seconds: Some(120),
        };
        assert_eq!(of(Err(busy)), waits);
        let sick = of(Err(PostError::Peer("500".into())));
        assert_eq!(sick, DeliveryOutcome::PeerFailed("500".into()));
        let exhausted = "the other server cannot be reached: Too many open files (os error 24)";
        assert_eq!(
            of(Err(PostError::Peer(exhausted.into()))),
            DeliveryOutcome::NotAttempted
        );
        assert_eq!(of(Ok(())), DeliveryOutcome::Delivered);
        assert_eq!(of(Err(PostError::Gone)), DeliveryOutcome::InboxGone);
    }

    #[test]
    fn a_refused_repeat_was_delivered() {
        let of = |may_repeat| {
            let refusal = RefusalMeaning {
                may_repeat,
                is_final: false,
            };
            DeliveryOutcome::of(refused(), 0, refusal)
        };
        assert_eq!(of(true), DeliveryOutcome::Delivered);
        assert!(matches!(of(false), DeliveryOutcome::Retry { .. }));
    }

    /// The kind that each error should have. A new variant belongs into the list of the test, too.
    fn expected(error: &FetchError) -> Kind {
        match error {
            FetchError::Unreachable(_) => Kind::Unreachable,
            FetchError::Timeout => Kind::Timeout,
            FetchError::Status(429) => Kind::Busy,
            FetchError::Status(_) => Kind::ServerError,
            FetchError::Unauthorized | FetchError::NotFound => Kind::Refused,
            FetchError::Gone => Kind::Gone,
            FetchError::TooLarge
            | FetchError::NotJson
            | FetchError::WrongId
            | FetchError::TooManyRedirects => Kind::Unreadable,
            FetchError::Blocked(
                Blocked::Scheme
                | Blocked::Port(_)
                | Blocked::Literal
                | Blocked::UserInfo
                | Blocked::NoHost
                | Blocked::Policy(_)
                | Blocked::Private(_),
            ) => Kind::Blocked,
            FetchError::LimitReached => Kind::Other,
        }
    }

    #[test]
    fn every_error_has_a_sentence_for_people() {
        let blocked = [
            Blocked::Scheme,
            Blocked::Port(8080),
            Blocked::Literal,
            Blocked::UserInfo,
            Blocked::NoHost,
            Blocked::Policy("spam.example".into()),
            Blocked::Private("10.0.0.1".into()),
        ];
        let others = [
            FetchError::Unreachable("refused".into()),
            FetchError::Timeout,
            FetchError::Status(503),
            FetchError::Status(429),
            FetchError::Unauthorized,
            FetchError::NotFound,
            FetchError::Gone,
            FetchError::TooLarge,
            FetchError::NotJson,
            FetchError::WrongId,
            FetchError::TooManyRedirects,
            FetchError::LimitReached,
        ];
        for error in blocked.map(FetchError::Blocked).iter().chain(&others) {
            assert_eq!(Kind::of(&error.to_string()), expected(error), "{error}");
        }
    }

    #[test]
    fn the_words_of_a_peer_do_not_decide_what_its_failure_is() {
        let of = |text: &str| Kind::of(text);
        assert_eq!(
            of("503 Service Unavailable: the inbox is gone"),
            Kind::ServerError
        );
        let refused = PostError::Activity {
            status: 400,
            why: "it cannot be reached".into(),
        };
        assert_eq!(Kind::of(&refused.to_string()), Kind::Refused);
        let busy = PostError::Busy {
            why: "429: is gone".into(),
            retry_after: None,
        };
        assert_eq!(Kind::of(&busy.to_string()), Kind::Busy);
        assert_eq!(Kind::of(&PostError::Gone.to_string()), Kind::Gone);
        assert_eq!(of("a job's own error"), Kind::Other);
    }
}
