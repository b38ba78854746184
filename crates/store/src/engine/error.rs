//! The engine's errors, and the trait by which a caller's error tells them from a refusal.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of storage, never a refusal by a rule of the domain.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed, or a query that wanted a row found none.
    #[error("database: {0}")]
    Diesel(#[from] DieselError),
    /// The database could not be opened or reached, or its lock was not granted in time.
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
    #[error("a statement failed and the closure ignored it: {0}")]
    IgnoredError(String),
    /// A defect, or a limit of this process, that a caller reports as a failure of storage.
    #[error("internal: {0}")]
    Internal(String),
    /// PostgreSQL reported a serialization conflict at each attempt; holds the number of attempts.
    #[error("serialization conflicts: gave up after {0} attempts")]
    Contended(u32),
    /// A migration could not be read, run or reverted.
    #[error("migration: {0}")]
    Migration(String),
}

/// Parts of the messages with which the databases report that they cannot write now: a full disk, a
/// file or a server that is read-only, a disk or a server that is gone.
const UNAVAILABLE_MESSAGES: &[&str] = &[
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
    /// Returns true where concurrent transactions wrote the same rows at each attempt: the same write
    /// may succeed when it is tried again.
    #[must_use]
    pub const fn is_contended(&self) -> bool {
        matches!(self, Self::Contended(_))
    }

    /// Returns true where the database cannot be used now and may be later, once an operator has
    /// repaired it; nothing has been changed. Any other error is a defect of this program.
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
                let message = error.to_string();
                UNAVAILABLE_MESSAGES
                    .iter()
                    .any(|known| message.contains(known))
            }
            Self::Panic(_) | Self::IgnoredError(_) | Self::Internal(_) | Self::Migration(_) => {
                false
            }
        }
    }
}

/// An error that a closure given to `Store::write` may return.
///
/// The engine rolls a refusal back to its savepoint and continues with the rest of its group; a
/// database error rolls back the whole group.
pub trait WriteError: From<StoreError> + Send + 'static {
    /// Returns true for a failure of the database, false for a refusal.
    fn is_database(&self) -> bool;
}

impl WriteError for StoreError {
    /// A row that is not found, or an explicit rollback, leaves the transaction sound.
    fn is_database(&self) -> bool {
        !matches!(
            self,
            Self::Diesel(DieselError::NotFound | DieselError::RollbackTransaction)
        )
    }
}
