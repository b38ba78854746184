//! The storage engine: a handle to one database, to which all reading and writing goes as closures.
//!
//! Reads run on a bounded crew of threads whose connections cannot write. Writes run in one
//! transaction each: on SQLite grouped by its only writer, on PostgreSQL SERIALIZABLE and tried
//! again after a lost race; what arrives is grouped there too. It refuses nested transactions, and going on after a failed statement.

mod attempt;
mod crew;
mod error;
mod group;
mod link;
mod migrate;
mod queue;
mod request;
mod target;
#[cfg(test)]
mod tests;
mod turns;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use crate::connection::Db;
use attempt::settle;
use crew::Crew;
pub use error::{StoreError, WriteError};
use group::{IMMEDIATE, Writer};
use link::{Fault, Link};
use migrate::Action;
use request::{Request, Ticket, words};
pub use target::{Backend, Synchronous};
use target::{Role, Target};
use turns::Turn;

/// How to open a store.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Threads that read, each with a connection; on PostgreSQL as many again write.
    pub readers: usize,
    /// Whether a commit waits for the disk.
    pub synchronous: Synchronous,
    /// Make the SQLite file and its folders where they are missing, rather than refuse.
    pub create: bool,
}

impl Default for OpenOptions {
    /// As many readers as processors, between 2 and 8.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            readers: processors.clamp(2, 8),
            synchronous: Synchronous::Full,
            create: true,
        }
    }
}

/// A read on its way; it answers its caller itself.
type Read = Box<dyn FnOnce(&mut Link) + Send>;

/// A write on its way to PostgreSQL, with the words that open its transaction.
type PgWrite = (&'static str, Box<dyn Request>);

const SERIALIZABLE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const RELAXED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// What a write asks for; see the methods of [`Store`].
#[derive(Clone, Copy)]
enum Way {
    Serializable,
    Relaxed,
    Kept,
    Submitted,
}

/// A database, shared by cloning. When the last clone goes, its threads finish what waits and end.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    target: Arc<Target>,
    readers: Crew<Read>,
    /// All writes on SQLite; on PostgreSQL what arrives.
    writer: Writer,
    /// PostgreSQL's, for all other writes.
    writers: Option<Crew<PgWrite>>,
    /// Writes that the database failed.
    failed: Arc<AtomicU64>,
}

impl Store {
    /// Opens the database at `url`: `postgres://…`, `postgresql://…`, `sqlite:PATH` or a plain
    /// path. Blocks for one connection; runs no migration. Errors: `Connect`, with the database's
    /// own words.
    pub fn open(url: &str, options: OpenOptions) -> Result<Self, StoreError> {
        let target = Arc::new(Target::parse(url, options.synchronous)?);
        target.prepare(options.create)?;
        let mut first = Link::new(target.clone(), Role::Writer);
        first.session()?;
        let (begin, writers) = match target.backend() {
            Backend::Sqlite => (IMMEDIATE, None),
            Backend::Postgres => (
                RELAXED,
                Some(Crew::start(
                    "store writer",
                    options.readers,
                    &target,
                    Role::Writer,
                    |link, (begin, request)| settle(link, begin, request),
                )?),
            ),
        };
        let writer = Writer::start(first, begin)?;
        let serve: fn(&mut Link, Read) = |link, read| read(link);
        let readers = Crew::start(
            "store reader",
            options.readers,
            &target,
            Role::Reader,
            serve,
        )?;
        let inner = Arc::new(Inner {
            target,
            readers,
            writer,
            writers,
            failed: Arc::default(),
        });
        Ok(Self { inner })
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.inner.target.backend()
    }

    /// Runs the migrations that are missing, all or none; blocks. Returns their versions, none
    /// where the database is up to date. Errors: `Migration`, `Connect`.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::Up)
    }

    /// The names of the migrations that are missing; blocks.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::Pending)
    }

    /// Reverts every migration, newest first, all or none; blocks. For the test that goes up, down
    /// and up again: it destroys all data.
    pub fn revert_all(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.inner.target, Action::Down)
    }

    /// Runs `f` on a connection that cannot write. Each statement sees what was committed before
    /// it; a read whose caller has left before its turn is skipped.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |link| {
            if !reply.is_closed() {
                let _ = reply.send(read_on(link, f));
            }
        });
        self.inner.readers.send(read)?;
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs `f` in a transaction and answers after its commit. `f` may run several times: after a
    /// lost race, or because another write of its group failed. An `Err` of `f` rolls back what it
    /// did and nothing else. Once it waits in the queue it is done, even if the caller leaves.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.line_up(Way::Serializable, f).await
    }

    /// Like [`Store::write`], but the write stands in the line when this returns: on SQLite writes
    /// that are submitted are run in this order, so that what depends on an earlier one need not
    /// wait for its commit. See [`Store::keeps_order`]. It is for what is safe already: while much
    /// arrives (see [`Store::keep`]) they have a quarter of the writer's time.
    pub fn submit<T, E, F>(&self, f: F) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.line_up(Way::Submitted, f)
    }

    /// Whether what is submitted is run in that order: one writer, not several.
    #[must_use]
    pub fn keeps_order(&self) -> bool {
        self.backend() == Backend::Sqlite
    }

    /// Like [`Store::write`], for what somebody has sent and waits to see kept: it goes before what
    /// is submitted, and many are committed together. READ COMMITTED on PostgreSQL.
    pub async fn keep<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.line_up(Way::Kept, f).await
    }

    /// Like [`Store::write`], but READ COMMITTED on PostgreSQL: for claiming work with
    /// `FOR UPDATE SKIP LOCKED`, where serializable transactions would only quarrel.
    pub async fn write_relaxed<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        self.line_up(Way::Relaxed, f).await
    }

    fn line_up<T, E, F>(
        &self,
        way: Way,
        f: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: WriteError,
        F: Fn(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let ticket: Box<dyn Request> =
            Box::new(Ticket::new(f, reply, Arc::clone(&self.inner.failed)));
        let inner = &self.inner;
        let sent = match (way, &inner.writers) {
            (Way::Kept, _) => inner.writer.send(Turn::Arrival, ticket),
            (Way::Submitted, None) => inner.writer.send(Turn::Patient, ticket),
            (Way::Serializable | Way::Relaxed, None) => inner.writer.send(Turn::Ordinary, ticket),
            (Way::Serializable | Way::Submitted, Some(crew)) => crew.send((SERIALIZABLE, ticket)),
            (Way::Relaxed, Some(crew)) => crew.send((RELAXED, ticket)),
        };
        async move {
            sent?;
            answer
                .await
                .unwrap_or_else(|_| Err(StoreError::Closed.into()))
        }
    }

    /// How many writes the database has failed since the store was opened. Of those submitted, one
    /// that fails is counted before the next is run: whoever depends on an earlier one, and sees
    /// this change, must look whether that was written.
    #[must_use]
    pub fn failed_writes(&self) -> u64 {
        self.inner.failed.load(Ordering::SeqCst)
    }

    /// Refuses new work, finishes what waits, and closes every connection. Later calls on any
    /// clone answer `StoreError::Closed`.
    pub async fn close(&self) {
        let inner = &self.inner;
        let mut threads = inner.readers.close();
        threads.extend(inner.writer.close());
        threads.extend(inner.writers.iter().flat_map(Crew::close));
        let (done, closed) = oneshot::channel();
        let join = move || {
            for thread in threads {
                // A thread that panicked has ended too, which is all that is asked here.
                let _ = thread.join();
            }
            let _ = done.send(());
        };
        if std::thread::Builder::new().spawn(join).is_ok() {
            let _ = closed.await;
        }
    }
}

/// Makes the database at `url` and runs the migrations without starting any thread: the template
/// that tests copy.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn migrate_new(url: &str, options: OpenOptions) -> Result<(), StoreError> {
    let target = Target::parse(url, options.synchronous)?;
    target.prepare(options.create)?;
    migrate::migrate(&target, Action::Up).map(|_| ())
}

/// One read on a reader's connection, which is replaced if the read leaves it broken.
fn read_on<T, E, F>(link: &mut Link, f: F) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&mut Db) -> Result<T, E>,
{
    let session = link.session()?;
    session.witness.clear();
    let result = catch_unwind(AssertUnwindSafe(|| f(&mut session.db)));
    if result.is_err() || session.is_broken() || session.witness.fault() == Some(Fault::Lost) {
        link.discard();
    }
    result.unwrap_or_else(|panic| Err(StoreError::Panic(words(&*panic)).into()))
}
