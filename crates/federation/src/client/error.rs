//! How a request can end other than well.

use super::guard::Blocked;
use std::error::Error;
use std::time::Duration;

/// Why something could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The guard did not let it out.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// 410: it was there and is not any more.
    #[error("it is gone for good")]
    Gone,
    /// 404.
    #[error("there is nothing at that address")]
    NotFound,
    /// 401 or 403: not for us, or not without a signature.
    #[error("the other server does not show it to us")]
    Unauthorized,
    /// Any other status than success.
    #[error("the other server answered {0}")]
    Status(u16),
    /// More bytes than allowed, unpacked.
    #[error("the answer is too large")]
    TooLarge,
    /// Another media type than asked for, or not JSON, or nested too deep.
    #[error("the answer is not what was asked for")]
    NotJson,
    /// The document says that it is another one, and that one does not agree either.
    #[error("the document's id is not where it was found")]
    WrongId,
    /// Not within the time allowed.
    #[error("the other server did not answer in time")]
    Timeout,
    /// No name, no connection, no TLS, or one that broke.
    #[error("the other server cannot be reached: {0}")]
    Unreachable(String),
    /// A redirect after the one that is followed, or one that leads nowhere.
    #[error("the other server redirects too often")]
    TooManyRedirects,
}

impl FetchError {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Blocked(blocked) => blocked.code(),
            Self::Gone => "gone",
            Self::NotFound => "not_found",
            Self::Unauthorized => "unauthorized",
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::WrongId => "wrong_id",
            Self::Timeout => "timeout",
            Self::Unreachable(_) => "unreachable",
            Self::TooManyRedirects => "too_many_redirects",
        }
    }

    /// Whether the same request may well succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Unreachable(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Blocked(_)
            | Self::Gone
            | Self::NotFound
            | Self::Unauthorized
            | Self::TooLarge
            | Self::NotJson
            | Self::WrongId
            | Self::TooManyRedirects => false,
        }
    }

    pub(super) const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Unauthorized,
            404 => Self::NotFound,
            410 => Self::Gone,
            other => Self::Status(other),
        }
    }

    /// From what reqwest reports; a refusal of our own resolver is found in its causes.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if let Some(blocked) = blocked_within(error) {
            return Self::Blocked(blocked.clone());
        }
        if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Unreachable(innermost(error))
        }
    }
}

/// Why an activity was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The guard did not let it out; it never will.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// The whole server is in trouble: nothing for it will fare better now. Connection,
    /// timeout, TLS, 5xx, 408 and 425. What happened.
    #[error("the server does not take anything now: {0}")]
    Peer(String),
    /// The server asks for time: 429, or any refusal with `Retry-After`.
    #[error("the server asks us to wait: {why}")]
    Busy {
        /// What it said.
        why: String,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// This activity was not liked: other 4xx, and redirects, which are not followed.
    #[error("the server refuses this activity with {status}: {why}")]
    Activity {
        /// The status.
        status: u16,
        /// The first words of its answer.
        why: String,
    },
    /// 410: the inbox is gone for good.
    #[error("the inbox is gone")]
    Gone,
}

impl PostError {
    /// From what reqwest reports.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        match FetchError::of(error) {
            FetchError::Blocked(blocked) => Self::Blocked(blocked),
            other => Self::Peer(other.to_string()),
        }
    }
}

/// The guard's refusal among the causes of an error.
fn blocked_within(error: &reqwest::Error) -> Option<&Blocked> {
    causes(error).find_map(|cause| cause.downcast_ref::<Blocked>())
}

/// The last cause in words, which is the one that tells (`Connection refused`).
fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| {
        (*cause).source()
    })
}
