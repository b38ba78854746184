//! Why a received activity was not applied, and whether it is retried. Pure.

use crate::failure::FetchFailure;
use crate::text::one_line;
use client::{Blocked, FetchError};
use delivery::inbound::Failure;
use domain::Error;
use model::{Refusal, Time};
use std::borrow::Cow;

/// The most attempts that end in a fault of ours: a defect, or a statement that the database refuses.
const MAX_FAULTS: i32 = 5;

/// Why an activity was not applied.
#[derive(Debug)]
pub(crate) enum ReceiveError {
    /// It is valid, but of no use here.
    Ignored(Cow<'static, str>),
    /// It is not valid.
    Rejected(Cow<'static, str>),
    /// Something it needs could not be fetched, or a verb refused it.
    Failed(FetchFailure),
}

impl ReceiveError {
    pub(crate) const fn ignored(why: &'static str) -> Self {
        Self::Ignored(Cow::Borrowed(why))
    }

    pub(crate) const fn rejected(why: &'static str) -> Self {
        Self::Rejected(Cow::Borrowed(why))
    }

    /// An activity type that is not supported.
    pub(crate) fn not_supported(what: &str) -> Self {
        Self::Ignored(Cow::Owned(format!("not supported: {}", one_line(what, 60))))
    }

    /// Whether a retry may succeed.
    pub(crate) const fn is_transient(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.is_transient(),
            Self::Ignored(_) | Self::Rejected(_) => false,
        }
    }

    /// It comes from, or refers to, a blocked server.
    pub(crate) const fn blocked() -> Self {
        Self::ignored("blocked")
    }

    /// Whether the transaction conflicted with another one: this does not count as an attempt.
    pub(crate) const fn is_contended(&self) -> bool {
        matches!(self, Self::Failed(FetchFailure::Domain(Error::Fault(fault))) if fault.is_contended())
    }

    /// Returns the error of a database that cannot be used now: this does not count as an attempt.
    pub(crate) fn unavailable(&self) -> Option<String> {
        match self {
            Self::Failed(FetchFailure::Domain(Error::Fault(fault))) if fault.is_unavailable() => {
                Some(fault.to_string())
            }
            Self::Ignored(_) | Self::Rejected(_) | Self::Failed(_) => None,
        }
    }

    /// Decides what happens to the row, after this many earlier attempts.
    pub(crate) fn outcome(self, attempts: i32, now: Time) -> Failure {
        match self {
            Self::Ignored(why) => Failure::Ignored(why.into_owned()),
            Self::Rejected(why) => Failure::Rejected(why.into_owned()),
            Self::Failed(failure) => of_failure(failure, attempts, now),
        }
    }
}

impl From<FetchFailure> for ReceiveError {
    fn from(failure: FetchFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for ReceiveError {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The longest time in seconds until a rate limit allows more, for which an activity waits: that of edits, of which
/// the newest must be applied in the end (earlier ones are then ignored as older).
const WAIT_MAX: u64 = 600;
/// How often an activity waits for a rate limit.
const MAX_WAITS: i32 = 30;

fn of_failure(failure: FetchFailure, attempts: i32, now: Time) -> Failure {
    match failure {
        FetchFailure::Unwanted(why) => Failure::Ignored(why.to_owned()),
        FetchFailure::Missing => Failure::Ignored("unknown object".to_owned()),
        FetchFailure::Gone => Failure::Ignored("gone".to_owned()),
        FetchFailure::Unfit(why) => Failure::Rejected(why.to_owned()),
        asked @ FetchFailure::AskedJustNow => match retry_seconds(attempts) {
            Some(seconds) => Failure::Retry(now.plus_seconds(seconds), asked.to_string()),
            None => Failure::Ignored(asked.to_string()),
        },
        spent @ FetchFailure::Spent => Failure::Rejected(spent.to_string()),
        FetchFailure::Client(FetchError::Blocked(Blocked::Policy(_))) => {
            Failure::Ignored("blocked".to_owned())
        }
        FetchFailure::Client(error) => {
            let why = format!("could not be fetched: {}", error.code());
            match retry_seconds(attempts).filter(|_| error.is_transient()) {
                Some(seconds) => Failure::Retry(now.plus_seconds(seconds), why),
                None => Failure::Rejected(why),
            }
        }
        FetchFailure::Domain(Error::Refused(Refusal::TooMany { retry_after }))
            if attempts < MAX_WAITS && retry_after <= WAIT_MAX =>
        {
            let seconds = i64::try_from(retry_after).unwrap_or(1);
            Failure::Retry(now.plus_seconds(seconds), "too many".to_owned())
        }
        FetchFailure::Domain(Error::Refused(refusal)) => of_refusal(&refusal),
        FetchFailure::Domain(Error::Fault(fault)) => {
            tracing::error!(%fault, attempts, "received activity failed");
            if attempts + 1 < MAX_FAULTS {
                Failure::Retry(
                    now.plus_seconds(1 << attempts.clamp(0, 10)),
                    "fault".to_owned(),
                )
            } else {
                Failure::Rejected("fault".to_owned())
            }
        }
    }
}

/// Returns the seconds until the next attempt to fetch: a minute, ten minutes, an hour.
const fn retry_seconds(attempts: i32) -> Option<i64> {
    match attempts {
        ..=0 => Some(60),
        1 => Some(600),
        2 => Some(3_600),
        _ => None,
    }
}

/// Maps the refusal of a verb: what no longer exists is not the sender's mistake.
fn of_refusal(refusal: &Refusal) -> Failure {
    match refusal {
        Refusal::NotFound(_) | Refusal::Gone(_) => Failure::Ignored(refusal.code().to_owned()),
        Refusal::NotAllowed(_)
        | Refusal::Invalid(_)
        | Refusal::TooMany { .. }
        | Refusal::Unreachable { .. }
        | Refusal::TooLarge => Failure::Rejected(refusal.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::refusal::Rule;

    fn now() -> Time {
        Time::from_unix_millis(1_800_000_000_000)
    }

    #[test]
    fn what_does_not_answer_is_asked_three_times_more() {
        let after = |attempts| {
            ReceiveError::from(FetchFailure::Client(FetchError::Timeout)).outcome(attempts, now())
        };
        let why = "could not be fetched: timeout".to_owned();
        assert_eq!(
            after(0),
            Failure::Retry(now().plus_seconds(60), why.clone())
        );
        assert_eq!(
            after(1),
            Failure::Retry(now().plus_seconds(600), why.clone())
        );
        assert_eq!(
            after(2),
            Failure::Retry(now().plus_seconds(3_600), why.clone())
        );
        assert_eq!(after(3), Failure::Rejected(why));
        let refused =
            ReceiveError::from(FetchFailure::Client(FetchError::Unauthorized)).outcome(0, now());
        assert_eq!(
            refused,
            Failure::Rejected("could not be fetched: unauthorized".to_owned())
        );
    }

    #[test]
    fn a_defect_is_tried_five_times_and_an_outage_is_no_try() {
        let outage = ReceiveError::from(Error::Fault(store::StoreError::Closed));
        assert!(outage.unavailable().is_some());
        let fault = || ReceiveError::from(Error::Fault(store::StoreError::Panic("oh".to_owned())));
        assert_eq!(fault().unavailable(), None);
        assert!(matches!(fault().outcome(0, now()), Failure::Retry(..)));
        assert!(matches!(fault().outcome(3, now()), Failure::Retry(..)));
        assert_eq!(
            fault().outcome(4, now()),
            Failure::Rejected("fault".to_owned())
        );
    }

    #[test]
    fn an_edit_waits_for_its_limit_and_a_post_over_its_own_is_refused() {
        let of = |retry_after, attempts| {
            let refusal = Refusal::TooMany { retry_after };
            ReceiveError::from(Error::from(refusal)).outcome(attempts, now())
        };
        let waits = Failure::Retry(now().plus_seconds(120), "too many".to_owned());
        assert_eq!(of(120, 0), waits);
        assert_eq!(of(120, 29), waits);
        assert!(matches!(of(120, 30), Failure::Rejected(_)));
        assert!(matches!(of(3_600, 0), Failure::Rejected(_)));
    }

    #[test]
    fn refusals_say_which() {
        let of = |error: Error| ReceiveError::from(error).outcome(0, now());
        assert_eq!(
            of(Refusal::Gone("post").into()),
            Failure::Ignored("gone".to_owned())
        );
        assert_eq!(
            of(Error::not_allowed(Rule::Author)),
            Failure::Rejected("not allowed: author".to_owned())
        );
        let odd = ReceiveError::not_supported("Bite").outcome(0, now());
        assert_eq!(odd, Failure::Ignored("not supported: Bite".to_owned()));
    }
}
