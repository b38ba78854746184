//! A thread's own connection: opened when first needed, watched, replaced when it breaks.

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
pub(super) enum Fault {
    /// PostgreSQL chose this transaction as the victim of a race (40001, 40P01).
    Conflict,
    /// The connection is gone.
    Lost,
    /// Anything else: a constraint, a full disk, a mistake in the SQL.
    Other,
}

/// Sees every failed statement of one connection, however the closure reports it or keeps silent.
#[derive(Clone, Default)]
pub(super) struct Witness(Arc<AtomicU8>);

impl Witness {
    fn watch(db: &mut Db) -> Self {
        let witness = Self::default();
        let seen = witness.clone();
        db.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery { error: Some(e), .. } = event {
                seen.record(e);
            }
        });
        witness
    }

    /// The first failure counts: on PostgreSQL every later statement only says that the
    /// transaction is aborted.
    fn record(&self, error: &Error) {
        let code = match error {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => 1,
            // diesel does not tell the code of a deadlock, and most translations keep the word.
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

    /// The first failure since [`Witness::clear`].
    pub(super) fn fault(&self) -> Option<Fault> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Fault::Conflict),
            2 => Some(Fault::Lost),
            _ => Some(Fault::Other),
        }
    }

    pub(super) fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// An open connection with its witness.
pub(super) struct Session {
    pub(super) db: Db,
    pub(super) witness: Witness,
}

impl Session {
    /// Opens a transaction with the database's own words, so that SQLite takes the write lock at
    /// once and PostgreSQL the isolation level.
    pub(super) fn begin(&mut self, sql: &str) -> QueryResult<()> {
        each!(&mut self.db, c => AnsiTransactionManager::begin_transaction_sql(c, sql))
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

    /// True when a transaction was left open or its state is unknown.
    pub(super) fn is_broken(&mut self) -> bool {
        Transactions::is_broken_transaction_manager(&mut self.db)
    }
}

/// The place where a thread keeps its connection.
pub(super) struct Link {
    target: Arc<Target>,
    role: Role,
    session: Option<Session>,
}

impl Link {
    /// Nothing is opened yet.
    pub(super) fn new(target: Arc<Target>, role: Role) -> Self {
        Self {
            target,
            role,
            session: None,
        }
    }

    /// The open connection, or a new one.
    pub(super) fn session(&mut self) -> Result<&mut Session, StoreError> {
        let session = match self.session.take() {
            Some(open) => open,
            None => {
                let mut db = self.target.connect(self.role)?;
                let witness = Witness::watch(&mut db);
                Session { db, witness }
            }
        };
        Ok(self.session.insert(session))
    }

    /// Closes the connection; an open transaction is rolled back with it.
    pub(super) fn discard(&mut self) {
        self.session = None;
    }

    /// After a rest: drops a connection that the server has closed meanwhile.
    pub(super) fn refresh(&mut self) {
        if let Some(Session {
            db: db @ Db::Pg(_), ..
        }) = &mut self.session
            && db.ping().is_err()
        {
            self.discard();
        }
    }
}
