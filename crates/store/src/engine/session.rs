//! A thread's own connection: opened when first needed, monitored for errors, replaced when broken.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use diesel::QueryResult;
use diesel::connection::{
    AnsiTransactionManager, Connection, InstrumentationEvent, TransactionManager,
};
use diesel::r2d2::R2D2Connection;
use diesel::result::{DatabaseErrorKind, Error};

use super::StoreError;
use super::target::{Role, Target};
use crate::connection::Db;
use crate::each;

type Transactions = <Db as Connection>::TransactionManager;

/// What a failed statement means for its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorClass {
    /// PostgreSQL aborted this transaction for a concurrent one (40001, 40P01): retry it.
    Conflict,
    /// The connection is closed.
    ConnectionLost,
    /// Anything else: a constraint, a full disk, a mistake in the SQL.
    Other,
}

/// Records the first failed statement of a connection, whether or not the closure reports it.
#[derive(Clone, Default)]
pub(super) struct ErrorMonitor(Arc<AtomicU8>);

impl ErrorMonitor {
    fn install(db: &mut Db, #[cfg(any(test, feature = "testing"))] target: &Target) -> Self {
        let monitor = Self::default();
        let recorder = monitor.clone();
        #[cfg(any(test, feature = "testing"))]
        let url = target.url();
        db.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            #[cfg(any(test, feature = "testing"))]
            crate::testing::statements::record(&url, &event);
            if let InstrumentationEvent::FinishQuery { error: Some(e), .. } = event {
                recorder.record(e);
            }
        });
        monitor
    }

    /// Keeps the first error: on PostgreSQL every later statement only says that the transaction
    /// is aborted.
    fn record(&self, error: &Error) {
        let code = match error {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => 1,
            // diesel does not expose the code of a deadlock; most translations keep the word.
            Error::DatabaseError(DatabaseErrorKind::Unknown, why)
                if why.message().to_lowercase().contains("deadlock") =>
            {
                1
            }
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => 2,
            _ => 3,
        };
        let _ = self
            .0
            .compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The first error since [`ErrorMonitor::clear`].
    pub(super) fn error(&self) -> Option<ErrorClass> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(ErrorClass::Conflict),
            2 => Some(ErrorClass::ConnectionLost),
            _ => Some(ErrorClass::Other),
        }
    }

    pub(super) fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// How a write transaction is opened, and what it sees of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Isolation {
    /// SQLite: takes the write lock at once, because a lock asked for later, after a read, cannot
    /// be waited for.
    Immediate,
    /// PostgreSQL: each statement sees what was committed before it.
    ReadCommitted,
    /// PostgreSQL: sees what was committed before its first statement, and fails with a conflict
    /// where it cannot be put in an order with concurrent transactions.
    Serializable,
}

impl Isolation {
    /// The statement that opens a transaction.
    const fn begin(self) -> &'static str {
        match self {
            Self::Immediate => "BEGIN IMMEDIATE",
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        }
    }
}

/// An open connection with its error monitor.
pub(super) struct Session {
    pub(super) db: Db,
    pub(super) errors: ErrorMonitor,
}

impl Session {
    /// Opens a transaction.
    pub(super) fn begin(&mut self, isolation: Isolation) -> QueryResult<()> {
        each!(&mut self.db, c => AnsiTransactionManager::begin_transaction_sql(c, isolation.begin()))
    }

    /// Opens a savepoint inside the transaction; `commit` releases it, `rollback` returns to it.
    pub(super) fn savepoint(&mut self) -> QueryResult<()> {
        Transactions::begin_transaction(&mut self.db)
    }

    pub(super) fn commit(&mut self) -> QueryResult<()> {
        Transactions::commit_transaction(&mut self.db)
    }

    pub(super) fn rollback(&mut self) -> QueryResult<()> {
        Transactions::rollback_transaction(&mut self.db)
    }

    /// Rolls back the transaction and the savepoint in it, if one is open.
    pub(super) fn rollback_all(&mut self) -> QueryResult<()> {
        while self.depth().is_some() {
            self.rollback()?;
        }
        Ok(())
    }

    /// The number of open transactions and savepoints; `None` where none is open or it is unknown.
    fn depth(&mut self) -> Option<NonZeroU32> {
        let status = Transactions::transaction_manager_status_mut(&mut self.db);
        status.transaction_depth().ok().flatten()
    }

    /// True when a transaction was left open or its state is unknown.
    pub(super) fn is_broken(&mut self) -> bool {
        Transactions::is_broken_transaction_manager(&mut self.db)
    }
}

/// Holds a thread's session, and opens it on demand.
pub(super) struct SessionSlot {
    target: Arc<Target>,
    role: Role,
    session: Option<Session>,
}

impl SessionSlot {
    /// Creates an empty slot; no connection is opened yet.
    pub(super) fn new(target: Arc<Target>, role: Role) -> Self {
        Self {
            target,
            role,
            session: None,
        }
    }

    /// Returns the open session, or opens one. Errors: `Connect`.
    pub(super) fn session(&mut self) -> Result<&mut Session, StoreError> {
        let session = match self.session.take() {
            Some(open) => open,
            None => {
                let mut db = self.target.connect(self.role)?;
                let errors = ErrorMonitor::install(
                    &mut db,
                    #[cfg(any(test, feature = "testing"))]
                    &self.target,
                );
                Session { db, errors }
            }
        };
        Ok(self.session.insert(session))
    }

    /// Closes the connection; an open transaction is rolled back with it.
    pub(super) fn discard(&mut self) {
        self.session = None;
    }

    /// Discards a connection that the server has closed while it was idle.
    pub(super) fn drop_if_dead(&mut self) {
        if let Some(Session {
            db: db @ Db::Pg(_), ..
        }) = &mut self.session
            && db.ping().is_err()
        {
            self.discard();
        }
    }
}
