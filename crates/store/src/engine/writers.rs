//! The threads that write: which of them runs a write, at which isolation and priority.

use std::sync::Arc;
use std::thread::JoinHandle;

use super::StoreError;
use super::group_commit::GroupCommitWriter;
use super::request::WriteRequest;
use super::retry::run_with_retry;
use super::session::{Isolation, SessionSlot};
use super::target::{Backend, Role, Target};
use super::thread_pool::ThreadPool;
use super::write_queue::Priority;

/// The kind of a write; see the methods of [`Store`](super::Store).
#[derive(Clone, Copy)]
pub(super) enum WriteMode {
    Serializable,
    ReadCommitted,
    Inbound,
    Background,
}

/// A queued write to PostgreSQL that has a transaction of its own.
type SingleWrite = (Isolation, Box<dyn WriteRequest>);

/// The writers of a store.
pub(super) enum Writers {
    /// One writer, as SQLite has one write lock.
    Sqlite(GroupCommitWriter),
    /// One writer for each kind of write that is committed in groups, and a pool for the others.
    Postgres {
        inbound: GroupCommitWriter,
        background: GroupCommitWriter,
        pool: ThreadPool<SingleWrite>,
    },
}

impl Writers {
    /// Starts the threads, of which the first takes the open connection in `first`.
    pub(super) fn start(
        first: SessionSlot,
        target: &Arc<Target>,
        pool_size: usize,
    ) -> Result<Self, StoreError> {
        let start = GroupCommitWriter::start;
        if target.backend() == Backend::Sqlite {
            return start("store-writer", first, Isolation::Immediate).map(Self::Sqlite);
        }
        let second = SessionSlot::new(Arc::clone(target), Role::Writer);
        let serve: fn(&mut SessionSlot, SingleWrite) =
            |slot, (isolation, request)| run_with_retry(slot, isolation, request);
        Ok(Self::Postgres {
            inbound: start("store-inbound", first, Isolation::ReadCommitted)?,
            background: start("store-backgrnd", second, Isolation::Serializable)?,
            pool: ThreadPool::start("store-writer", pool_size, target, Role::Writer, serve)?,
        })
    }

    /// Queues a write. Errors: `Closed`.
    pub(super) fn send(
        &self,
        mode: WriteMode,
        request: Box<dyn WriteRequest>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(writer) => {
                let priority = match mode {
                    WriteMode::Inbound => Priority::Ingest,
                    WriteMode::Serializable | WriteMode::ReadCommitted => Priority::Normal,
                    WriteMode::Background => Priority::Background,
                };
                writer.send(priority, request)
            }
            Self::Postgres {
                inbound,
                background,
                pool,
            } => match mode {
                WriteMode::Inbound => inbound.send(Priority::Ingest, request),
                WriteMode::Background => background.send(Priority::Background, request),
                WriteMode::Serializable => pool.send((Isolation::Serializable, request)),
                WriteMode::ReadCommitted => pool.send((Isolation::ReadCommitted, request)),
            },
        }
    }

    /// Refuses new writes; returns the threads, which end when their queues are empty.
    pub(super) fn close(&self) -> Vec<JoinHandle<()>> {
        match self {
            Self::Sqlite(writer) => writer.close().into_iter().collect(),
            Self::Postgres {
                inbound,
                background,
                pool,
            } => {
                let mut threads = pool.close();
                threads.extend(inbound.close());
                threads.extend(background.close());
                threads
            }
        }
    }
}
