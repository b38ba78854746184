//! How an activity ends: taken in, left alone, refused, or put off. The policy is pure.

use crate::failure::FetchFailure;
use crate::text::one_line;
use client::{Blocked, FetchError};
use delivery::inbound::Failure;
use domain::Error;
use model::{Refusal, Time};
use std::borrow::Cow;

/// Tries of a row at which something of ours breaks: a defect, or the database refuses what we ask.
const FAULTS: i32 = 5;

/// Why an activity was not taken in, before it is decided what becomes of it.
#[derive(Debug)]
pub(crate) enum ReceiveError {
    /// It is in order, but nothing for us.
    Ignored(Cow<'static, str>),
    /// It is not in order.
    Rejected(Cow<'static, str>),
    /// Something it needs did not come, or a verb refused.
    Failed(FetchFailure),
}

impl ReceiveError {
    pub(crate) const fn ignored(why: &'static str) -> Self {
        Self::Ignored(Cow::Borrowed(why))
    }

    pub(crate) const fn rejected(why: &'static str) -> Self {
        Self::Rejected(Cow::Borrowed(why))
    }

    /// A word of ActivityPub that we do not speak, or nobody does.
    pub(crate) fn not_supported(what: &str) -> Self {
        Self::Ignored(Cow::Owned(format!(
            "not spoken yet: {}",
            one_line(what, 60)
        )))
    }

    /// Another try may end otherwise.
    pub(crate) const fn may_pass(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.is_transient(),
            Self::Ignored(_) | Self::Rejected(_) => false,
        }
    }

    /// It comes from, or speaks of what is on, a server we exchange nothing with.
    pub(crate) const fn blocked() -> Self {
        Self::ignored("blocked")
    }

    /// Others wrote the same at the same time: nothing was tried yet.
    pub(crate) const fn is_contended(&self) -> bool {
        matches!(self, Self::Failed(FetchFailure::Domain(Error::Fault(fault))) if fault.is_contended())
    }

    /// The database cannot be used now, in its words: nothing was tried yet.
    pub(crate) fn unavailable(&self) -> Option<String> {
        match self {
            Self::Failed(FetchFailure::Domain(Error::Fault(fault))) if fault.is_unavailable() => {
                Some(fault.to_string())
            }
            Self::Ignored(_) | Self::Rejected(_) | Self::Failed(_) => None,
        }
    }

    /// What becomes of the row after so many `attempts` before this one.
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

fn of_failure(failure: FetchFailure, attempts: i32, now: Time) -> Failure {
    match failure {
        FetchFailure::Unwanted(why) => Failure::Ignored(why.to_owned()),
        FetchFailure::Missing => Failure::Ignored("unknown object".to_owned()),
        FetchFailure::Gone => Failure::Ignored("gone".to_owned()),
        FetchFailure::Unfit(why) => Failure::Rejected(why.to_owned()),
        FetchFailure::Spent => Failure::Rejected("the thread is too long to be fetched".to_owned()),
        FetchFailure::Client(FetchError::Blocked(Blocked::Policy(_))) => {
            Failure::Ignored("blocked".to_owned())
        }
        FetchFailure::Client(error) => {
            let why = format!("could not be fetched: {}", error.code());
            match later(attempts).filter(|_| error.is_transient()) {
                Some(seconds) => Failure::Retry(now.plus_seconds(seconds), why),
                None => Failure::Rejected(why),
            }
        }
        FetchFailure::Domain(Error::Refused(refusal)) => of_refusal(&refusal),
        FetchFailure::Domain(Error::Fault(fault)) => {
            tracing::error!(%fault, attempts, "taking in an activity failed");
            if attempts + 1 < FAULTS {
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

/// Seconds until something that could not be fetched is asked for again: a minute, ten, an hour.
const fn later(attempts: i32) -> Option<i64> {
    match attempts {
        ..=0 => Some(60),
        1 => Some(600),
        2 => Some(3_600),
        _ => None,
    }
}

/// What a verb refuses: what is not there any more is no fault of the sender's.
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
        assert_eq!(odd, Failure::Ignored("not spoken yet: Bite".to_owned()));
    }
}
