//! How one delivery ended, and what that means for its row: pure.

use crate::client::PostError;
use model::DeliveryId;
use model::peer::DELIVERY_TRIES;
use std::hash::{BuildHasher, RandomState};

/// One row's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// Which row.
    pub id: DeliveryId,
    /// Where it went.
    pub inbox: String,
    /// How it ended.
    pub verdict: Verdict,
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
}

impl Verdict {
    /// `attempts`: refusals this row had before.
    pub(super) fn of(posted: Result<(), PostError>, attempts: i32) -> Self {
        match posted {
            Ok(()) => Self::Arrived,
            Err(PostError::Gone) => Self::Gone,
            Err(PostError::Blocked(why)) => Self::SetAside(why.to_string()),
            Err(PostError::Peer { why, retry_after }) => Self::PeerFailed {
                why,
                retry_after: retry_after.and_then(|wait| i64::try_from(wait.as_secs()).ok()),
            },
            Err(refused @ PostError::Activity { .. }) => match again_seconds(attempts + 1) {
                Some(seconds) => Self::Again {
                    why: refused.to_string(),
                    seconds,
                },
                None => Self::SetAside(refused.to_string()),
            },
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
        assert_eq!(Verdict::of(Ok(()), 2), Verdict::Arrived);
        assert_eq!(Verdict::of(Err(PostError::Gone), 0), Verdict::Gone);
    }
}
