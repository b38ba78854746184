//! The storage engine: a handle to one database that runs closures as reads and writes.
//!
//! Reads run on a bounded pool of threads whose connections cannot write. On SQLite one writer runs
//! all writes and commits them in groups. On PostgreSQL a pool runs each write in a transaction of
//! its own, SERIALIZABLE and retried after a conflict; two more writers commit received requests and
//! background writes in groups. The engine refuses nested transactions, and a closure that continues
//! after a failed statement.

mod backup;
mod error;
mod group_commit;
mod migrate;
mod request;
mod retry;
mod serve_lock;
mod session;
mod target;
#[cfg(test)]
mod tests;
mod thread_pool;
mod work_queue;
mod write_queue;
mod writers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use crate::connection::Db;
pub use backup::RestoreClaim;
pub use error::{StoreError, WriteError};
use migrate::Action;
use request::{PendingWrite, panic_message};
pub use serve_lock::ServeLock;
use session::{ErrorClass, SessionSlot};
pub use target::{Backend, Synchronous};
use target::{Role, Target};
use thread_pool::ThreadPool;
use writers::{WriteMode, Writers};

/// Options of [`Store::open`].
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Number of reader threads, each with a connection; on PostgreSQL as many more write.
    pub readers: usize,
    /// Whether a commit waits until it is on disk.
    pub synchronous: Synchronous,
    /// Whether a missing SQLite file and its folders are created, or else refused.
    pub create: bool,
}

impl Default for OpenOptions {
    /// One reader for each processor, between 2 and 8.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            readers: processors.clamp(2, 8),
            synchronous: Synchronous::Full,
            create: true,
        }
    }
}

/// A queued read; it answers its caller itself.
type QueuedRead = Box<dyn FnOnce(&mut SessionSlot) + Send>;

/// A database handle, shared by cloning. When the last clone is dropped, its threads finish the
/// queued work and end.
#[derive(Clone)]
pub struct Store {
    inner: Arc<StoreState>,
}

struct StoreState {
    target: Arc<Target>,
    readers: ThreadPool<QueuedRead>,
    writers: Writers,
    /// Counts the writes that failed by a database error.
    failed_writes: Arc<AtomicU64>,
}

impl Store {
    /// Opens the database at `url`: `postgres://…`, `postgresql://…`, `sqlite:PATH` or a plain
    /// path. Blocks for one connection; runs no migration. Errors: `Connect`, with the database's
    /// message.
    pub fn open(url: &str, options: OpenOptions) -> Result<Self, StoreError> {
        let target = Arc::new(Target::parse(url, options.synchronous)?);
        target.prepare(options.create)?;
        let mut first = SessionSlot::new(target.clone(), Role::Writer);
        first.session()?;
        let writers = Writers::start(first, &target, options.readers)?;
        let serve: fn(&mut SessionSlot, QueuedRead) = |slot, read| read(slot);
        let readers = ThreadPool::start(
            "store-reader",
            options.readers,
            &target,
            Role::Reader,
            serve,
        )?;
        let inner = Arc::new(StoreState {
            target,
            readers,
            writers,
            failed_writes: Arc::default(),
        });
        Ok(Self { inner })
    }

    /// Locks an SQLite file for one server, until the lock is dropped; nothing on PostgreSQL, which
    /// several servers may use. Errors: `Connect` where another server holds it.
    pub fn lock_for_serving(&self) -> Result<Option<ServeLock>, StoreError> {
        self.inner.target.file().map(ServeLock::acquire).transpose()
    }

    /// The kind of database that this store uses.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.inner.target.backend()
    }

    /// Runs the pending migrations, all or none; blocks. Returns their versions; empty where the
    /// database is up to date. Errors: `Migration`, `Connect`.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::Up)
    }

    /// Returns the names of the migrations that have not run; blocks.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::Pending)
    }

    /// Reverts every migration, newest first, all or none; blocks. It destroys all data: for tests
    /// of the migrations.
    pub fn revert_all(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::Down)
    }

    /// Reverts the newest migration; blocks. It destroys what only that one knows: for tests of older databases.
    pub fn revert_newest(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::DownOne)
    }

    /// Runs `f` on a connection that cannot write. Each statement sees what was committed before
    /// it; a queued read whose caller has left is skipped.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: QueuedRead = Box::new(move |slot| {
            if !reply.is_closed() {
                let _ = reply.send(run_read(slot, f));
            }
        });
        self.inner.readers.send(read)?;
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs `f` in a transaction, SERIALIZABLE on PostgreSQL, and answers after its commit. `f` may
    /// run several times: after a conflict, or because another write of its group failed. An `Err`
    /// of `f` rolls back its own changes and no others. A queued write runs even if the caller
    /// leaves.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.enqueue(WriteMode::Serializable, f).await
    }

    /// Like [`Store::write`], but the write is queued when this returns: background writes run in
    /// the order of submission, many in one transaction, so that a write that depends on an earlier
    /// one need not wait for its commit. It is for work that is stored already and can wait: during
    /// a burst of [`Store::write_inbound`] background writes have a quarter of SQLite's writer.
    pub fn write_background<T, E, F>(
        &self,
        f: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.enqueue(WriteMode::Background, f)
    }

    /// Like [`Store::write`], for a received request that must be durable before it is answered:
    /// it goes before background writes, and many are committed together. READ COMMITTED on
    /// PostgreSQL.
    pub async fn write_inbound<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.enqueue(WriteMode::Inbound, f).await
    }

    /// Like [`Store::write`], but READ COMMITTED on PostgreSQL: for leases, queues and other
    /// bookkeeping whose rows are locked explicitly (`FOR UPDATE SKIP LOCKED`, an advisory lock) or
    /// written by one holder, where serializable transactions would only conflict.
    pub async fn write_read_committed<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.enqueue(WriteMode::ReadCommitted, f).await
    }

    fn enqueue<T, E, F>(
        &self,
        mode: WriteMode,
        f: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let failed_writes = Arc::clone(&self.inner.failed_writes);
        let request = Box::new(PendingWrite::new(f, reply, failed_writes));
        let sent = self.inner.writers.send(mode, request);
        async move {
            sent?;
            answer
                .await
                .unwrap_or_else(|_| Err(StoreError::Closed.into()))
        }
    }

    /// Returns how many writes have failed by a database error since the store was opened. A failed
    /// background write is counted before the next one runs: a write that depends on an earlier
    /// one, and sees this number change, must check whether that one was committed.
    #[must_use]
    pub fn failed_writes(&self) -> u64 {
        self.inner.failed_writes.load(Ordering::SeqCst)
    }

    /// Refuses new work, finishes the queued work, and closes every connection. Later calls on any
    /// clone return `StoreError::Closed`.
    pub async fn close(&self) {
        let inner = &self.inner;
        let mut threads = inner.readers.close();
        threads.extend(inner.writers.close());
        let (done, closed) = oneshot::channel();
        let join = move || {
            for thread in threads {
                // A thread that panicked has ended too.
                let _ = thread.join();
            }
            let _ = done.send(());
        };
        if std::thread::Builder::new().spawn(join).is_ok() {
            let _ = closed.await;
        }
    }
}

/// Creates the database at `url` and runs the migrations without starting a thread: the template
/// that tests copy.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn migrate_new(url: &str, options: OpenOptions) -> Result<(), StoreError> {
    let target = Target::parse(url, options.synchronous)?;
    target.prepare(options.create)?;
    migrate::migrate(&target, Action::Up).map(|_| ())
}

/// Runs a read; replaces the connection if the read leaves it broken.
fn run_read<T, E, F>(slot: &mut SessionSlot, f: F) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&mut Db) -> Result<T, E>,
{
    let session = slot.session()?;
    session.errors.clear();
    let result = catch_unwind(AssertUnwindSafe(|| f(&mut session.db)));
    let lost = session.errors.error() == Some(ErrorClass::ConnectionLost);
    if result.is_err() || session.is_broken() || lost {
        slot.discard();
    }
    result.unwrap_or_else(|panic| Err(StoreError::Panic(panic_message(&*panic)).into()))
}
