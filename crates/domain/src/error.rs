//! Two ways a verb ends badly: it refuses, or something underneath is broken.

use model::job::JobError;
use model::refusal::Rule;
use model::{Refusal, Why};
use store::{SqlError, StoreError, WriteError};

/// Why a verb did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule of the domain; shown to the caller.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A fault of the database; logged once at the boundary, shown as an internal error.
    #[error("fault: {0}")]
    Fault(StoreError),
}

/// What a verb answers.
pub type Outcome<T> = Result<T, Error>;

impl Error {
    /// A rule is in the way.
    #[must_use]
    pub const fn not_allowed(rule: Rule) -> Self {
        Self::Refused(Refusal::NotAllowed(rule))
    }

    /// There is no such thing.
    #[must_use]
    pub const fn not_found(what: &'static str) -> Self {
        Self::Refused(Refusal::NotFound(what))
    }

    /// That was too often: again in so many seconds.
    #[must_use]
    pub fn too_many(seconds: i64) -> Self {
        let retry_after = u64::try_from(seconds.max(1)).unwrap_or(1);
        Self::Refused(Refusal::TooMany { retry_after })
    }

    /// Something underneath broke that is not the database, such as a worker thread or a disk.
    #[must_use]
    pub fn fault(what: impl Into<String>) -> Self {
        Self::Fault(StoreError::Panic(what.into()))
    }

    /// One field is wrong.
    #[must_use]
    pub fn invalid(field: &'static str, why: Why) -> Self {
        Self::Refused(Refusal::invalid(field, why))
    }
}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Fault(error)
    }
}

/// How a job ends whose verb ends badly: a refusal stays one, however often it is asked; a fault may
/// pass.
impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            // The setup was committed, but this process has not read it yet.
            Error::Refused(Refusal::NotAllowed(Rule::Setup)) => Self::Later(1),
            Error::Refused(refusal) => Self::Dead(refusal.to_string()),
            Error::Fault(fault) if fault.is_contended() => Self::Later(1),
            Error::Fault(fault) if fault.is_unavailable() => Self::Unavailable(fault.to_string()),
            Error::Fault(fault) => Self::Failed(fault.to_string()),
        }
    }
}

impl WriteError for Error {
    fn is_database(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Fault(_) => true,
        }
    }
}
