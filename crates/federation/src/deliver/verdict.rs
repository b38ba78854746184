//! How one delivery ended, and what that means for its row: pure.

use crate::client::PostError;
use model::peer::DELIVERY_TRIES;
use model::{PeerId, Time};
use std::hash::{BuildHasher, RandomState};
use store::row;

/// One row's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which row.
    pub(super) row: row::Delivery,
    /// How it ended.
    pub(super) verdict: Verdict,
}

impl Report {
    /// Its peer.
    pub(super) const fn peer(&self) -> PeerId {
        self.row.peer_id
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The peer has it: the row goes.
    Arrived,
    /// The peer did not like it: once more in so many seconds.
    Again {
        /// In its words.
        why: String,
        /// How long to wait.
        seconds: i64,
    },
    /// It will not be taken: kept for an admin to see, with the reason.
    SetAside(String),
    /// The peer takes nothing now: the row waits with its lane.
    PeerFailed {
        /// What happened.
        why: String,
        /// Seconds it asks us to wait.
        retry_after: Option<i64>,
    },
    /// The inbox is gone.
    Gone,
    /// Nothing was tried, for a fault of ours: the row waits as it is.
    Kept,
}

impl Verdict {
    /// `attempts`: refusals this row had before.
    pub(super) fn of(posted: Result<(), PostError>, attempts: i32) -> Self {
        match posted {
            Ok(()) => Self::Arrived,
            Err(PostError::Gone) => Self::Gone,
            Err(PostError::Blocked(why)) => Self::SetAside(why.to_string()),
            Err(PostError::Peer { why, .. }) if is_ours(&why) => {
                tracing::error!(why, "a delivery waits");
                Self::Kept
            }
            Err(PostError::Peer { why, retry_after }) => Self::PeerFailed {
                why,
                retry_after: retry_after.and_then(|wait| i64::try_from(wait.as_secs()).ok()),
            },
            Err(refused @ PostError::Activity { .. }) => {
                Self::refused(refused.to_string(), attempts)
            }
        }
    }

    /// A refusal of this activity; `attempts`: those before.
    fn refused(why: String, attempts: i32) -> Self {
        match again_seconds(attempts + 1) {
            Some(seconds) => Self::Again { why, seconds },
            None => Self::SetAside(why),
        }
    }

    /// Some activities end every request in a timeout or a 502, at a server that is well. Where
    /// the peer has taken something since this row failed last, and it fails again, that is the
    /// activity's own refusal. `took_at`: when the peer last took something.
    pub(super) fn in_light_of(self, row: &row::Delivery, took_at: Option<Time>) -> Self {
        match self {
            Self::PeerFailed { why, .. } if failed_at(row).is_some_and(|at| took_at > Some(at)) => {
                Self::refused(why, row.attempts)
            }
            other => other,
        }
    }
}

/// Seconds until a row refused so many times is tried again: half a minute, five minutes, never.
fn again_seconds(refusals: i32) -> Option<i64> {
    match refusals {
        DELIVERY_TRIES.. => None,
        2.. => Some(300),
        _ => Some(30),
    }
}

/// It is this machine that has no more open files to give (EMFILE, ENFILE), as the standard
/// library words it: no peer is to blame.
fn is_ours(why: &str) -> bool {
    ["(os error 24)", "(os error 23)"]
        .iter()
        .any(|code| why.ends_with(code))
}

/// When a row last failed; `None` where it never has.
fn failed_at(row: &row::Delivery) -> Option<Time> {
    row.last_error.as_ref()?;
    Some(row.next_at.plus_seconds(-pause_seconds(row.attempts)))
}

/// Seconds a row refused so many times waits after it has failed.
pub(super) fn pause_seconds(refusals: i32) -> i64 {
    match refusals {
        ..=0 => 0,
        some => again_seconds(some).unwrap_or(0),
    }
}

/// Some number, so that peers of one failing host are not all tried in the same second.
pub(super) fn jitter() -> u8 {
    let [byte, ..] = RandomState::new().hash_one(0_u8).to_le_bytes();
    byte
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn refused() -> Result<(), PostError> {
        Err(PostError::Activity {
            status: 400,
            why: "no".into(),
        })
    }

    fn row(attempts: i32, last_error: Option<&str>, next_at: Time) -> row::Delivery {
        row::Delivery {
            id: model::DeliveryId(1),
            activity_id: model::ActivityId(1),
            peer_id: PeerId(1),
            inbox: String::new(),
            order_key: String::new(),
            state: model::peer::DeliveryState::Waiting,
            attempts,
            next_at,
            last_error: last_error.map(str::to_owned),
            created_at: next_at,
        }
    }

    #[test]
    fn who_fails_while_others_arrive_is_to_blame() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let failed = || Verdict::PeerFailed {
            why: "504".into(),
            retry_after: None,
        };
        let seen =
            |row: &row::Delivery, took: i64| failed().in_light_of(row, Some(at.plus_seconds(took)));
        assert_eq!(seen(&row(0, None, at), 5), failed(), "never tried before");
        let again = row(0, Some("504"), at);
        assert_eq!(seen(&again, -5), failed(), "the others failed too");
        assert!(matches!(
            seen(&again, 5),
            Verdict::Again { seconds: 30, .. }
        ));
        let twice = row(1, Some("504"), at.plus_seconds(30));
        assert!(matches!(
            seen(&twice, 5),
            Verdict::Again { seconds: 300, .. }
        ));
        let thrice = row(2, Some("504"), at.plus_seconds(300));
        assert_eq!(seen(&thrice, 5), Verdict::SetAside("504".into()));
        assert_eq!(failed().in_light_of(&again, None), failed());
    }

    #[test]
    fn an_activity_is_tried_three_times() {
        let seconds = |attempts| match Verdict::of(refused(), attempts) {
            Verdict::Again { seconds, .. } => Some(seconds),
            Verdict::SetAside(_) => None,
            other => panic!("{other:?}"),
        };
        assert_eq!([0, 1, 2].map(seconds), [Some(30), Some(300), None]);
    }

    #[test]
    fn a_peer_in_trouble_is_not_the_activitys_fault() {
        let busy = PostError::Peer {
            why: "503".into(),
            retry_after: Some(Duration::from_secs(120)),
        };
        let verdict = Verdict::of(Err(busy), 2);
        assert!(matches!(
            verdict,
            Verdict::PeerFailed {
                retry_after: Some(120),
                ..
            }
        ));
        let exhausted = PostError::Peer {
            why: "the other server cannot be reached: Too many open files (os error 24)".into(),
            retry_after: None,
        };
        assert_eq!(Verdict::of(Err(exhausted), 0), Verdict::Kept);
        assert_eq!(Verdict::of(Ok(()), 2), Verdict::Arrived);
        assert_eq!(Verdict::of(Err(PostError::Gone), 0), Verdict::Gone);
    }
}
