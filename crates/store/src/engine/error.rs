//! What can go wrong in the engine itself, and how a caller's error says that it is such a thing.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of storage, never of a rule of practice.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed, or a query that wanted a row found none.
    #[error("database: {0}")]
    Diesel(#[from] DieselError),
    /// The database could not be opened, reached, or locked in time.
    #[error("the database is not available: {0}")]
    Connect(String),
    /// The store was closed before the work began.
    #[error("the store is closed")]
    Closed,
    /// The closure panicked; its transaction was rolled back.
    #[error("a storage closure panicked: {0}")]
    Panic(String),
    /// The closure succeeded although one of its statements had failed. PostgreSQL would answer
    /// such a commit with a silent rollback, so it is refused on both databases.
    #[error("a statement failed and the transaction went on: {0}")]
    Unheeded(String),
    /// PostgreSQL refused to serialize the transaction again and again; holds the attempts made.
    #[error("the database is contended: gave up after {0} attempts")]
    Contended(u32),
    /// A migration could not be read, run or reverted.
    #[error("migration: {0}")]
    Migration(String),
}

/// Words in which the databases say that they cannot write now: a full disk, a file or a server
/// that is read-only, a disk or a server that is gone.
const UNAVAILABLE: &[&str] = &[
    "disk is full",
    "disk I/O error",
    "No space left",
    "readonly database",
    "read-only",
    "unable to open database file",
    "is locked",
    "terminating connection",
    "server closed the connection",
    "connection to server",
    "in recovery mode",
];

impl StoreError {
    /// Others wrote the same at the same time, again and again: the same may well go through at once.
    #[must_use]
    pub const fn is_contended(&self) -> bool {
        matches!(self, Self::Contended(_))
    }

    /// The database cannot be used now and may be later, once somebody has seen to it; nothing has
    /// been changed. Anything else is a defect of ours.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Closed | Self::Contended(_) => true,
            Self::Diesel(DieselError::DatabaseError(
                DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::SerializationFailure,
                _,
            )) => true,
            Self::Diesel(error) => {
                let words = error.to_string();
                UNAVAILABLE.iter().any(|known| words.contains(known))
            }
            Self::Panic(_) | Self::Unheeded(_) | Self::Migration(_) => false,
        }
    }
}

/// An error that a closure given to `Store::write` may return.
///
/// The engine rolls a refusal back to its savepoint and goes on with the others of its group; a
/// database error costs the whole group its transaction.
pub trait WriteError: From<StoreError> + Send + 'static {
    /// True for a failure of the database, false for a refusal.
    fn is_database(&self) -> bool;
}

impl WriteError for StoreError {
    /// A row not found, or a rollback asked for, leaves the transaction sound.
    fn is_database(&self) -> bool {
        !matches!(
            self,
            Self::Diesel(DieselError::NotFound | DieselError::RollbackTransaction)
        )
    }
}
