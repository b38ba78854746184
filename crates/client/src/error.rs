//! The errors of requests.

use super::guard::Blocked;
use std::error::Error;
use std::time::Duration;

/// Why something could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The guard or the host policy does not allow the address.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// 410.
    #[error("it is gone for good")]
    Gone,
    /// 404.
    #[error("there is nothing at that address")]
    NotFound,
    /// 401 or 403.
    #[error("the other server does not show it to us")]
    Unauthorized,
    /// Any other status that is not a success.
    #[error("the other server answered {0}")]
    Status(u16),
    /// The body, after decompression, is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The body has another media type than requested, is no JSON, or is nested too deep.
    #[error("the answer is not what was asked for")]
    NotJson,
    /// The document names another id, and the document at that id is not it either.
    #[error("the document's id is not where it was found")]
    WrongId,
    /// The request took longer than allowed.
    #[error("the other server did not answer in time")]
    Timeout,
    /// DNS, connecting or TLS failed, or the connection broke.
    #[error("the other server cannot be reached: {0}")]
    Unreachable(String),
    /// A second redirect, or one without a valid target.
    #[error("the other server redirects too often")]
    TooManyRedirects,
    /// The limit of [`Client::with_document_limit`](super::Client::with_document_limit) is reached.
    #[error("too many documents would have to be fetched")]
    LimitReached,
}

impl FetchError {
    /// Returns a stable code for logs and records.
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
            Self::LimitReached => "limit_reached",
        }
    }

    /// Whether the same request may succeed later.
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
            | Self::TooManyRedirects
            | Self::LimitReached => false,
        }
    }

    /// Returns the error for a status that is no success.
    pub(super) const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Unauthorized,
            404 => Self::NotFound,
            410 => Self::Gone,
            other => Self::Status(other),
        }
    }

    /// Converts an error of reqwest; a refusal by our own resolver is found among its causes.
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

/// Why a POST was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The guard or the host policy does not allow the address; a retry would not help.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// The server as a whole failed, so that no other request would succeed now: connection, timeout,
    /// TLS, 5xx, 408 and 425; the description.
    #[error("the server does not take anything now: {0}")]
    Peer(String),
    /// The server asks us to wait: 429, or 503 with `Retry-After`.
    #[error("the server asks us to wait: {why}")]
    Busy {
        /// The status and the start of the body.
        why: String,
        /// The requested wait.
        retry_after: Option<Duration>,
    },
    /// The server refuses this content: other 4xx, and redirects, which are not followed.
    #[error("the server refuses this activity with {status}: {why}")]
    Activity {
        /// The status, 0 where the request could not be signed.
        status: u16,
        /// The start of the response's body.
        why: String,
    },
    /// 410: the inbox is gone permanently.
    #[error("the inbox is gone")]
    Gone,
}

impl PostError {
    /// Converts an error of reqwest.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        match FetchError::of(error) {
            FetchError::Blocked(blocked) => Self::Blocked(blocked),
            other => Self::Peer(other.to_string()),
        }
    }
}

/// Returns the guard's refusal among the causes of an error.
fn blocked_within(error: &reqwest::Error) -> Option<&Blocked> {
    causes(error).find_map(|cause| cause.downcast_ref::<Blocked>())
}

/// Returns the text of the last cause, which is the specific one (`Connection refused`).
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
