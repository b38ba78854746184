//! Why a document of another server was not fetched or not accepted.

use client::{Blocked, FetchError};
use model::Refusal;
use model::job::JobError;
use model::refusal::Rule;

/// Why a document was not fetched or not accepted. The reasons are short and stable: they are stored with
/// received activities.
#[derive(Debug, thiserror::Error)]
pub enum FetchFailure {
    /// It could not be fetched.
    #[error(transparent)]
    Client(FetchError),
    /// Its own server says that it is gone.
    #[error("it is gone for good")]
    Gone,
    /// It would be ours, and does not exist.
    #[error("there is no such thing here")]
    Missing,
    /// It was fetched, and is not valid.
    #[error("{0}")]
    Unfit(&'static str),
    /// It was fetched and is valid, but is of no use here.
    #[error("{0}")]
    Unwanted(&'static str),
    /// Its server was asked within the last minute. Asking it again waits, or strangers could have it asked
    /// again and again.
    #[error("its server was asked within the last minute")]
    AskedJustNow,
    /// The budget, or the limit of documents for one activity, was reached.
    #[error("it needs too many documents")]
    Spent,
    /// A verb refused it, or the database failed.
    #[error(transparent)]
    Domain(#[from] domain::Error),
}

impl From<FetchError> for FetchFailure {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Gone => Self::Gone,
            FetchError::LimitReached => Self::Spent,
            other => Self::Client(other),
        }
    }
}

/// Converts the result of a job that fetches. A permanent failure of another server is not the job's; after a
/// transient one the job is retried.
pub(crate) fn fetch_result(result: Result<(), FetchFailure>) -> Result<(), JobError> {
    match result {
        Ok(()) => Ok(()),
        Err(FetchFailure::Domain(error @ domain::Error::Fault(_))) => Err(error.into()),
        Err(failure) if failure.is_transient() => Err(JobError::Failed(failure.to_string())),
        Err(failure) => {
            tracing::debug!(error = %failure, "nothing fetched");
            Ok(())
        }
    }
}

impl FetchFailure {
    /// Its server is blocked.
    #[must_use]
    pub(crate) fn refused(host: &str) -> Self {
        Self::Client(FetchError::Blocked(Blocked::Policy(host.to_owned())))
    }

    /// Returns a stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Client(error) => error.code(),
            Self::Gone => "gone",
            Self::Missing => "missing",
            Self::Unfit(_) => "unfit",
            Self::Unwanted(_) => "unwanted",
            Self::AskedJustNow => "asked_just_now",
            Self::Spent => "budget_spent",
            Self::Domain(domain::Error::Refused(refusal)) => refusal.code(),
            Self::Domain(domain::Error::Fault(_)) => "fault",
        }
    }

    /// Whether a retry may succeed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Client(error) => error.is_transient(),
            Self::Domain(domain::Error::Fault(_)) | Self::AskedJustNow => true,
            Self::Domain(domain::Error::Refused(_))
            | Self::Gone
            | Self::Missing
            | Self::Unfit(_)
            | Self::Unwanted(_)
            | Self::Spent => false,
        }
    }

    /// Converts it to a refusal for the user who asked; a fault stays a fault.
    #[must_use]
    pub fn into_error(self, host: &str) -> domain::Error {
        match self {
            Self::Domain(error) => error,
            Self::Gone => Refusal::Gone("remote").into(),
            Self::Missing | Self::Unfit(_) | Self::Unwanted(_) | Self::AskedJustNow => {
                Refusal::NotFound("remote").into()
            }
            Self::Client(FetchError::Blocked(Blocked::Policy(_))) => {
                Refusal::NotAllowed(Rule::PeerRefused).into()
            }
            Self::Client(FetchError::TooLarge) => Refusal::TooLarge.into(),
            Self::Client(error) if is_an_answer(&error) => Refusal::NotFound("remote").into(),
            Self::Client(_) | Self::Spent => Refusal::Unreachable {
                host: host.to_owned(),
            }
            .into(),
        }
    }
}

/// Whether the other server has answered, without what it was asked for: with another status, a web page,
/// or an empty body (PieFed 1.6 of a name that nobody has).
const fn is_an_answer(error: &FetchError) -> bool {
    match error {
        FetchError::NotFound
        | FetchError::Gone
        | FetchError::NotJson
        | FetchError::WrongId
        | FetchError::Unauthorized => true,
        FetchError::Status(400..=499) => !error.is_transient(),
        FetchError::Status(_)
        | FetchError::Blocked(_)
        | FetchError::TooLarge
        | FetchError::Timeout
        | FetchError::Unreachable(_)
        | FetchError::TooManyRedirects
        | FetchError::LimitReached => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_answers_is_not_unreachable() {
        let said = |error: FetchError| match FetchFailure::from(error).into_error("beta.test") {
            domain::Error::Refused(refusal) => refusal.code(),
            domain::Error::Fault(_) => "fault",
        };
        for answered in [
            FetchError::NotFound,
            FetchError::NotJson,
            FetchError::WrongId,
            FetchError::Unauthorized,
            FetchError::Status(400),
        ] {
            assert_eq!(said(answered.clone()), "not-found", "{answered}");
        }
        for silent in [
            FetchError::Timeout,
            FetchError::Unreachable(String::new()),
            FetchError::Status(429),
            FetchError::Status(503),
        ] {
            assert_eq!(said(silent.clone()), "unreachable", "{silent}");
        }
        assert_eq!(said(FetchError::Gone), "gone");
        assert_eq!(said(FetchError::TooLarge), "too-large");
    }
}
