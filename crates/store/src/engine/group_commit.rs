//! The writer that commits many requests together: SQLite's only one, and on PostgreSQL the one
//! for received requests.
//!
//! One wait for the disk serves the whole group, and all requests are answered after it. A group
//! runs without savepoints first; where one of its requests is refused it is rolled back and runs
//! again with a savepoint for each, and so do the next few groups: on SQLite a savepoint copies
//! every page that is changed, on PostgreSQL it costs two more round trips. After any failure of
//! the database, or a panic, the group is rolled back and its requests run again one at a time on
//! a new connection, because SQLITE_FULL and IOERR may already have rolled back everything
//! underneath.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::error::StoreError;
use super::request::{RunOutcome, WriteRequest};
use super::retry::run_with_retry;
use super::session::{ErrorClass, Session, SessionSlot};
use super::write_queue::{Priority, WriteQueue};
use crate::connection::Db;

/// Requests in one transaction.
const MAX_GROUP_SIZE: usize = 256;
/// How many groups use savepoints after a refusal: where there is one, there may be more.
const SAVEPOINT_GROUPS: u32 = 16;

/// SQLite takes the write lock at once: a lock asked for later, after a read, cannot be waited for.
pub(super) const BEGIN_IMMEDIATE: &str = "BEGIN IMMEDIATE";

type BoxedWrite = Box<dyn WriteRequest>;

/// Why a group was not committed.
enum GroupError {
    /// The transaction could not begin, for example because another process holds the lock.
    Begin(StoreError),
    /// A request was refused, and had no savepoint.
    Refused,
    /// A request or the commit failed; alone, the other requests may succeed.
    Failed(String),
    /// The connection was lost during the commit: it is unknown whether the group is committed.
    CommitUnknown(StoreError),
}

/// The writer's thread and its queue. Dropping it closes the queue and does not wait for the thread.
pub(super) struct GroupCommitWriter {
    queue: Arc<WriteQueue<BoxedWrite>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl GroupCommitWriter {
    /// Starts the thread; `begin` is the statement that opens a transaction.
    pub(super) fn start(slot: SessionSlot, begin: &'static str) -> Result<Self, StoreError> {
        let queue = Arc::new(WriteQueue::new());
        let mut writer = WriterThread {
            queue: queue.clone(),
            slot,
            begin,
            savepoint_groups: 0,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|e| StoreError::Connect(format!("cannot start a thread: {e}")))?;
        Ok(Self {
            queue,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Adds a request to the queue. Errors: `Closed`.
    pub(super) fn send(&self, priority: Priority, request: BoxedWrite) -> Result<(), StoreError> {
        match self.queue.push(priority, request) {
            true => Ok(()),
            false => Err(StoreError::Closed),
        }
    }

    /// Refuses new requests; returns the thread, which ends when the queue is empty.
    pub(super) fn close(&self) -> Option<JoinHandle<()>> {
        self.queue.close();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.take()
    }
}

impl Drop for GroupCommitWriter {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// The state of the writer's thread.
struct WriterThread {
    queue: Arc<WriteQueue<BoxedWrite>>,
    slot: SessionSlot,
    begin: &'static str,
    /// How many more groups run with savepoints.
    savepoint_groups: u32,
}

impl WriterThread {
    fn run(&mut self) {
        while let Some(background_slice) = self.queue.wait() {
            self.run_group(background_slice);
        }
        if let Ok(session) = self.slot.session() {
            optimize(&mut session.db);
        }
    }

    /// Runs background requests for at most the slice, then foreground requests, in one
    /// transaction, and answers them.
    fn run_group(&mut self, background_slice: Duration) {
        let mut group = Vec::new();
        match self.first_attempt(background_slice, &mut group) {
            Ok(()) => answer(group, None),
            Err(GroupError::Refused) => {
                self.savepoint_groups = SAVEPOINT_GROUPS;
                self.retry_with_savepoints(group);
            }
            Err(error) => self.recover(group, error),
        }
    }

    fn first_attempt(
        &mut self,
        background_slice: Duration,
        group: &mut Vec<BoxedWrite>,
    ) -> Result<(), GroupError> {
        let with_savepoints = self.savepoint_groups > 0;
        self.savepoint_groups = self.savepoint_groups.saturating_sub(1);
        let session = self.slot.session().map_err(GroupError::Begin)?;
        begin(session, self.begin)?;
        let began = Instant::now();
        while began.elapsed() < background_slice
            && group.len() < MAX_GROUP_SIZE
            && let Some(request) = self.queue.pop_background()
        {
            run_next(session, group, request, with_savepoints)?;
        }
        if !group.is_empty() {
            self.queue.record_background_time(began.elapsed());
        }
        while group.len() < MAX_GROUP_SIZE
            && let Some(request) = self.queue.pop_foreground()
        {
            run_next(session, group, request, with_savepoints)?;
        }
        commit(session)
    }

    /// Runs a group again, with savepoints, after a refusal; its first attempt was rolled back.
    fn retry_with_savepoints(&mut self, mut group: Vec<BoxedWrite>) {
        if group.len() == 1 {
            // The refused request itself; nothing else was rolled back.
            return answer(group, None);
        }
        match self.second_attempt(&mut group) {
            Ok(()) => answer(group, None),
            Err(error) => self.recover(group, error),
        }
    }

    fn second_attempt(&mut self, group: &mut [BoxedWrite]) -> Result<(), GroupError> {
        let session = self.slot.session().map_err(GroupError::Begin)?;
        begin(session, self.begin)?;
        for request in group {
            run(session, &mut **request, true)?;
        }
        commit(session)
    }

    /// Answers a group that was not committed, or runs its requests one at a time.
    fn recover(&mut self, mut group: Vec<BoxedWrite>, error: GroupError) {
        self.slot.discard();
        match error {
            GroupError::Begin(error) => {
                let queued = std::iter::from_fn(|| {
                    let next = self.queue.pop_foreground();
                    next.or_else(|| self.queue.pop_background())
                });
                group.extend(queued.take(MAX_GROUP_SIZE));
                answer(group, Some(&error));
            }
            GroupError::CommitUnknown(error) => answer(group, Some(&error)),
            GroupError::Refused | GroupError::Failed(_) => {
                if let (GroupError::Failed(why), true) = (&error, group.len() > 1) {
                    tracing::warn!(%why, requests = group.len(), "group commit failed, running its requests one at a time");
                }
                for request in group {
                    run_with_retry(&mut self.slot, self.begin, request);
                }
            }
        }
    }
}

fn answer(group: Vec<BoxedWrite>, failure: Option<&StoreError>) {
    for request in group {
        request.answer(failure.map(|e| StoreError::Connect(e.to_string())));
    }
}

/// Begins the group's transaction. A connection that was lost while idle is replaced, and the group
/// runs on the new one.
fn begin(session: &mut Session, sql: &str) -> Result<(), GroupError> {
    session.errors.clear();
    session
        .begin(sql)
        .map_err(|e| match session.errors.error() {
            Some(ErrorClass::ConnectionLost) => GroupError::Failed(e.to_string()),
            Some(ErrorClass::Conflict | ErrorClass::Other) | None => GroupError::Begin(e.into()),
        })
}

fn run_next(
    session: &mut Session,
    group: &mut Vec<BoxedWrite>,
    mut request: BoxedWrite,
    with_savepoint: bool,
) -> Result<(), GroupError> {
    let ran = run(session, &mut *request, with_savepoint);
    group.push(request);
    ran
}

fn run(
    session: &mut Session,
    request: &mut dyn WriteRequest,
    with_savepoint: bool,
) -> Result<(), GroupError> {
    let failed = |e: diesel::result::Error| GroupError::Failed(e.to_string());
    if with_savepoint {
        session.savepoint().map_err(failed)?;
    }
    match (request.run(session), with_savepoint) {
        (RunOutcome::Completed, false) => Ok(()),
        // Fails where SQLite has rolled the outer transaction back by itself.
        (RunOutcome::Completed, true) => session.commit().map_err(failed),
        (RunOutcome::Refused, true) => session.rollback().map_err(failed),
        (RunOutcome::Refused, false) => {
            session.rollback().map_err(failed)?;
            Err(GroupError::Refused)
        }
        (RunOutcome::Failed, _) => Err(GroupError::Failed("a statement failed".to_owned())),
        (RunOutcome::Panicked, _) => Err(GroupError::Failed("a closure panicked".to_owned())),
    }
}

/// Commits the group. A commit that fails has changed nothing, unless the connection was lost: then
/// it is unknown, and never retried.
fn commit(session: &mut Session) -> Result<(), GroupError> {
    session.errors.clear();
    session.commit().map_err(|e| match session.errors.error() {
        Some(ErrorClass::ConnectionLost) => GroupError::CommitUnknown(e.into()),
        Some(ErrorClass::Conflict | ErrorClass::Other) | None => GroupError::Failed(e.to_string()),
    })
}

/// Updates the statistics of SQLite's planner; bounded, and a failure is harmless.
fn optimize(db: &mut Db) {
    if let Db::Sqlite(_) = db
        && let Err(e) = db.batch_execute("PRAGMA analysis_limit = 400; PRAGMA optimize;")
    {
        tracing::debug!(error = %e, "PRAGMA optimize failed");
    }
}
