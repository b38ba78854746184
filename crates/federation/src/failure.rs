//! Why something out there did not come in.

use client::{Blocked, FetchError};
use model::Refusal;
use model::job::JobError;
use model::refusal::Rule;

/// Why something out there did not come in. The reasons are short and stable: they stand in the
/// table of what was received.
#[derive(Debug, thiserror::Error)]
pub enum FetchFailure {
    /// It could not be fetched.
    #[error(transparent)]
    Client(FetchError),
    /// It was there, and its own server says that it is not any more.
    #[error("it is gone for good")]
    Gone,
    /// It would be ours, and we have no such thing.
    #[error("there is no such thing here")]
    Missing,
    /// It came, and does not hold what it should.
    #[error("{0}")]
    Unfit(&'static str),
    /// It came and is in order, but nobody here has a use for it.
    #[error("{0}")]
    Unwanted(&'static str),
    /// It would have cost more than it may.
    #[error("the thread is too long to be fetched")]
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

/// Returns how a job ends that fetches. What another server does not show is no failure of the job;
/// what it may show later is fetched again.
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
    /// The instance exchanges nothing with the server it would come from.
    #[must_use]
    pub(crate) fn refused(host: &str) -> Self {
        Self::Client(FetchError::Blocked(Blocked::Policy(host.to_owned())))
    }

    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Client(error) => error.code(),
            Self::Gone => "gone",
            Self::Missing => "missing",
            Self::Unfit(_) => "unfit",
            Self::Unwanted(_) => "unwanted",
            Self::Spent => "budget_spent",
            Self::Domain(domain::Error::Refused(refusal)) => refusal.code(),
            Self::Domain(domain::Error::Fault(_)) => "fault",
        }
    }

    /// Whether the same wish may well be granted later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Client(error) => error.is_transient(),
            Self::Domain(domain::Error::Fault(_)) => true,
            Self::Domain(domain::Error::Refused(_))
            | Self::Gone
            | Self::Missing
            | Self::Unfit(_)
            | Self::Unwanted(_)
            | Self::Spent => false,
        }
    }

    /// As a refusal of ours, for whoever asked; a fault stays a fault.
    #[must_use]
    pub fn into_error(self, host: &str) -> domain::Error {
        match self {
            Self::Domain(error) => error,
            Self::Gone => Refusal::Gone("remote").into(),
            Self::Missing | Self::Unfit(_) | Self::Unwanted(_) => {
                Refusal::NotFound("remote").into()
            }
            Self::Client(FetchError::Blocked(Blocked::Policy(_))) => {
                Refusal::NotAllowed(Rule::PeerRefused).into()
            }
            Self::Client(FetchError::NotFound) => Refusal::NotFound("remote").into(),
            Self::Client(_) | Self::Spent => Refusal::Unreachable {
                host: host.to_owned(),
            }
            .into(),
        }
    }
}
