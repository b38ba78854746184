//! How one delivery ended, and what that means for its row: pure.

use client::PostError;
use model::peer::{DELIVERY_TRIES, PARK_AFTER_SECONDS};
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
    /// The peer lets nobody in here: 401, 403, 404, 405, and 410 of an inbox that many share. What
    /// that speaks of, its light tells.
    Shut {
        /// In its words.
        why: String,
        /// Refusals this row had before.
        refusals: i32,
    },
    /// The peer takes nothing now: the row waits with its lane. What happened.
    PeerFailed(String),
    /// The peer asks for time: the row waits with its lane.
    Busy {
        /// In its words.
        why: String,
        /// Seconds it asks us to wait.
        seconds: Option<i64>,
    },
    /// The inbox is gone.
    Gone,
    /// Nothing was tried, for a fault of ours: the row waits as it is.
    Kept,
}

/// What is known of a peer when one of its rows ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    /// The present moment.
    pub now: Time,
    /// When it last took something.
    pub took_at: Option<Time>,
    /// It did not fail last.
    pub well: bool,
    /// So many times in a row it has let nothing in.
    pub shut: u32,
}

impl Light {
    /// It has taken something since this row failed last.
    fn takes_others(&self, row: &row::Delivery) -> bool {
        failed_at(row).is_some_and(|at| self.took_at > Some(at))
    }
}

impl Verdict {
    /// `attempts`: refusals this row had before. `again`: the peer may have it already, and says so
    /// with 400.
    pub(super) fn of(posted: Result<(), PostError>, attempts: i32, again: bool) -> Self {
        match posted {
            Ok(()) => Self::Arrived,
            Err(PostError::Gone) => Self::Gone,
            Err(PostError::Blocked(why)) => Self::SetAside(why.to_string()),
            Err(PostError::Peer(why)) if is_ours(&why) => {
                tracing::error!(why, "a delivery waits");
                Self::Kept
            }
            Err(PostError::Peer(why)) => Self::PeerFailed(why),
            Err(PostError::Busy { why, retry_after }) => Self::Busy {
                why,
                seconds: retry_after.and_then(|wait| i64::try_from(wait.as_secs()).ok()),
            },
            Err(PostError::Activity { status: 400, why }) if again => {
                tracing::info!(why, "a repeat is refused: it had arrived");
                Self::Arrived
            }
            Err(refused @ PostError::Activity { .. }) if is_shut(&refused) => Self::Shut {
                why: refused.to_string(),
                refusals: attempts,
            },
            Err(refused @ PostError::Activity { .. }) => {
                Self::refused(refused.to_string(), attempts)
            }
        }
    }

    /// An inbox that many share is gone: there is no use in asking again for this row.
    pub(super) fn shared_inbox_gone() -> Self {
        Self::Shut {
            why: PostError::Gone.to_string(),
            refusals: DELIVERY_TRIES,
        }
    }

    /// A refusal of this activity; `attempts`: those before.
    fn refused(why: String, attempts: i32) -> Self {
        match again_seconds(attempts + 1) {
            Some(seconds) => Self::Again { why, seconds },
            None => Self::SetAside(why),
        }
    }

    /// Some activities end every request in a timeout or a 500, at a server that is well. Where
    /// the peer has taken something since this row failed last, and it fails again, that is the
    /// activity's own refusal. Who asks for time means no activity; only one that has been put off
    /// for a week while others were taken is not put off for ever. And who lets nothing in, time
    /// after time, means no activity either.
    pub(super) fn in_light_of(self, row: &row::Delivery, light: Light) -> Self {
        let others = light.takes_others(row);
        match self {
            Self::PeerFailed(why) if others => Self::refused(why, row.attempts),
            Self::Busy { why, .. } if others && is_old(row, light.now) => {
                Self::refused(why, row.attempts)
            }
            Self::Shut { why, refusals } if others || (light.well && light.shut < SHUT_TRIES) => {
                Self::refused(why, refusals)
            }
            Self::Shut { why, .. } => Self::PeerFailed(why),
            other => other,
        }
    }

    /// The peer takes nothing now.
    pub(super) const fn is_a_strike(&self) -> bool {
        matches!(self, Self::PeerFailed(_) | Self::Busy { .. })
    }
}

/// Refusals in a row to let anything in that are put down to the activities.
const SHUT_TRIES: u32 = 5;

/// As a server answers that lets nobody in: for the moment, or because it is none any more.
fn is_shut(refused: &PostError) -> bool {
    matches!(
        refused,
        PostError::Activity {
            status: 401 | 403 | 404 | 405,
            ..
        }
    )
}

fn is_old(row: &row::Delivery, now: Time) -> bool {
    row.created_at.plus_seconds(PARK_AFTER_SECONDS) < now
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

    /// It took something so many seconds after `at`.
    fn light(at: Time, took: i64) -> Light {
        Light {
            now: at,
            took_at: Some(at.plus_seconds(took)),
            well: true,
            shut: 0,
        }
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
        let failed = || Verdict::PeerFailed("504".into());
        let seen = |row: &row::Delivery, took: i64| failed().in_light_of(row, light(at, took));
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
        let never = Light {
            took_at: None,
            ..light(at, 0)
        };
        assert_eq!(failed().in_light_of(&again, never), failed());
    }

    #[test]
    fn who_asks_for_time_means_no_activity_for_a_week() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let busy = || Verdict::Busy {
            why: "429".into(),
            seconds: Some(10),
        };
        let again = row(0, Some("429"), at);
        assert_eq!(busy().in_light_of(&again, light(at, 5)), busy());
        let later = Light {
            now: at.plus_seconds(PARK_AFTER_SECONDS + 1),
            ..light(at, 5)
        };
        let verdict = busy().in_light_of(&again, later);
        assert!(matches!(verdict, Verdict::Again { seconds: 30, .. }));
    }

    #[test]
    fn who_lets_nothing_in_is_in_trouble_after_a_few_refusals() {
        let at = Time::from_unix_millis(1_800_000_000_000);
        let forbidden = PostError::Activity {
            status: 403,
            why: "no".into(),
        };
        let fresh = row(0, None, at);
        let seen = |light: Light| {
            let verdict = Verdict::of(Err(forbidden.clone()), 0, false);
            verdict.in_light_of(&fresh, light).is_a_strike()
        };
        let shut = |shut, well| Light {
            shut,
            well,
            ..light(at, -60)
        };
        assert!(!seen(shut(0, true)), "that activity");
        assert!(!seen(shut(SHUT_TRIES - 1, true)));
        assert!(seen(shut(SHUT_TRIES, true)), "everything");
        assert!(seen(shut(0, false)), "as before");
        let one = row(1, Some("403"), at.plus_seconds(30));
        let verdict = Verdict::of(Err(forbidden.clone()), 1, false);
        let took = Light {
            took_at: Some(at.plus_seconds(1)),
            ..shut(9, false)
        };
        assert!(matches!(
            verdict.in_light_of(&one, took),
            Verdict::Again { seconds: 300, .. }
        ));
    }

    #[test]
    fn an_activity_is_tried_three_times() {
        let seconds = |attempts| match Verdict::of(refused(), attempts, false) {
            Verdict::Again { seconds, .. } => Some(seconds),
            Verdict::SetAside(_) => None,
            other => panic!("{other:?}"),
        };
        assert_eq!([0, 1, 2].map(seconds), [Some(30), Some(300), None]);
    }

    #[test]
    fn a_peer_in_trouble_is_not_the_activitys_fault() {
        let of = |posted| Verdict::of(posted, 2, false);
        let busy = PostError::Busy {
            why: "503".into(),
            retry_after: Some(Duration::from_secs(120)),
        };
        let waits = Verdict::Busy {
            why: "503".into(),
            seconds: Some(120),
        };
        assert_eq!(of(Err(busy)), waits);
        let sick = of(Err(PostError::Peer("500".into())));
        assert_eq!(sick, Verdict::PeerFailed("500".into()));
        let exhausted = "the other server cannot be reached: Too many open files (os error 24)";
        assert_eq!(of(Err(PostError::Peer(exhausted.into()))), Verdict::Kept);
        assert_eq!(of(Ok(())), Verdict::Arrived);
        assert_eq!(of(Err(PostError::Gone)), Verdict::Gone);
    }

    #[test]
    fn a_refused_repeat_has_arrived() {
        assert_eq!(Verdict::of(refused(), 0, true), Verdict::Arrived);
        assert!(matches!(
            Verdict::of(refused(), 0, false),
            Verdict::Again { .. }
        ));
    }
}
