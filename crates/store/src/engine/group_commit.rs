//! The writers that commit many requests together: SQLite's only one, and PostgreSQL's for received
//! requests and for background writes.
//!
//! One wait for the disk serves the whole group, and all requests are answered after it. A group
//! runs without savepoints first; where one of its requests is refused it is rolled back and runs
//! again with a savepoint for each, and so do the next few groups: on SQLite a savepoint copies
//! every page that is changed, on PostgreSQL it costs two more round trips. A group that conflicts
//! with a concurrent transaction is retried as a whole. After any other failure of the database, a
//! panic, or repeated conflicts, the group is rolled back and its requests run again one at a time
//! on a new connection, because SQLITE_FULL and IOERR may already have rolled back everything
//! underneath.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::error::StoreError;
use super::request::{RunOutcome, WriteRequest};
use super::retry::{retry_delay, run_with_retry};
use super::session::{ErrorClass, Isolation, Session, SessionSlot};
use super::write_queue::{Priority, WriteQueue};
use crate::connection::Db;

/// Requests in one transaction.
const MAX_GROUP_SIZE: usize = 256;
/// Requests in one SERIALIZABLE transaction: no more, because the longer it is, the more
/// transactions conflict with it, and because PostgreSQL keeps 64 open savepoints in memory.
const MAX_SERIALIZABLE_GROUP_SIZE: usize = 64;
/// How many groups use savepoints after a refusal: where there is one, there may be more.
const SAVEPOINT_GROUPS: u32 = 16;
/// How often a group is run that conflicts with concurrent transactions.
pub(super) const CONFLICT_ATTEMPTS: u32 = 3;

type BoxedWrite = Box<dyn WriteRequest>;

/// Why a group was not committed.
enum GroupError {
    /// The transaction could not begin, for example because another process holds the lock.
    Begin(StoreError),
    /// A request was refused, and had no savepoint.
    Refused,
    /// PostgreSQL aborted the group for a concurrent transaction.
    Conflict,
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
    /// Starts the thread. Its name may have 15 bytes.
    pub(super) fn start(
        name: &str,
        slot: SessionSlot,
        isolation: Isolation,
    ) -> Result<Self, StoreError> {
        let queue = Arc::new(WriteQueue::new());
        let mut writer = WriterThread {
            queue: queue.clone(),
            slot,
            isolation,
            savepoint_groups: 0,
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
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
    isolation: Isolation,
    /// How many more groups run with savepoints.
    savepoint_groups: u32,
}

impl WriterThread {
    fn run(&mut self) {
        while let Some(background_slice) = self.queue.wait() {
            let (group, ran) = self.run_group(background_slice);
            self.finish(group, ran);
        }
        if let (Isolation::Immediate, Ok(session)) = (self.isolation, self.slot.session()) {
            optimize(&mut session.db);
        }
    }

    /// Takes the next group from the queue and runs it once.
    fn run_group(
        &mut self,
        background_slice: Duration,
    ) -> (Vec<BoxedWrite>, Result<(), GroupError>) {
        let with_savepoints = self.savepoint_groups > 0;
        self.savepoint_groups = self.savepoint_groups.saturating_sub(1);
        match self.isolation {
            // What a request relies on must be committed before the transaction's snapshot is
            // taken, so the group is complete before it begins.
            Isolation::Serializable => {
                let mut group = self.queue.pop_many(MAX_SERIALIZABLE_GROUP_SIZE);
                let ran = self.run_again(&mut group, with_savepoints);
                (group, ran)
            }
            Isolation::Immediate | Isolation::ReadCommitted => {
                let mut group = Vec::new();
                let ran = self.run_from_queue(background_slice, &mut group, with_savepoints);
                (group, ran)
            }
        }
    }

    /// Runs background requests for at most the slice, then foreground requests, in one
    /// transaction, while they come.
    fn run_from_queue(
        &mut self,
        background_slice: Duration,
        group: &mut Vec<BoxedWrite>,
        with_savepoints: bool,
    ) -> Result<(), GroupError> {
        let session = self.slot.session().map_err(GroupError::Begin)?;
        begin(session, self.isolation)?;
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

    /// Runs a given group in one transaction.
    fn run_again(
        &mut self,
        group: &mut [BoxedWrite],
        with_savepoints: bool,
    ) -> Result<(), GroupError> {
        let session = self.slot.session().map_err(GroupError::Begin)?;
        begin(session, self.isolation)?;
        for request in group {
            run(session, &mut **request, with_savepoints)?;
        }
        commit(session)
    }

    /// Answers a group that was committed, or else runs it again until it can be answered.
    fn finish(&mut self, mut group: Vec<BoxedWrite>, mut ran: Result<(), GroupError>) {
        let mut conflicts = 0;
        loop {
            match ran {
                Ok(()) => return answer(group, None),
                // The refused request itself; nothing else was rolled back.
                Err(GroupError::Refused) if group.len() == 1 => return answer(group, None),
                Err(GroupError::Refused) => {
                    self.savepoint_groups = SAVEPOINT_GROUPS;
                    ran = self.run_again(&mut group, true);
                }
                Err(GroupError::Conflict) if conflicts + 1 < CONFLICT_ATTEMPTS => {
                    std::thread::sleep(retry_delay(conflicts));
                    conflicts += 1;
                    ran = self.run_again(&mut group, self.savepoint_groups > 0);
                }
                Err(error) => return self.recover(group, error),
            }
        }
    }

    /// Answers a group that was not committed, or runs its requests one at a time.
    fn recover(&mut self, mut group: Vec<BoxedWrite>, error: GroupError) {
        match error {
            GroupError::Begin(error) => {
                self.slot.discard();
                group.extend(self.queue.pop_many(MAX_GROUP_SIZE));
                answer(group, Some(&error));
            }
            GroupError::CommitUnknown(error) => {
                self.slot.discard();
                answer(group, Some(&error));
            }
            GroupError::Refused => {
                self.slot.discard();
                self.run_one_by_one(group, "a request was refused on its own savepoint");
            }
            GroupError::Failed(why) => {
                self.slot.discard();
                self.run_one_by_one(group, &why);
            }
            GroupError::Conflict => self.run_one_by_one(group, "serialization conflicts"),
        }
    }

    fn run_one_by_one(&mut self, group: Vec<BoxedWrite>, why: &str) {
        if group.len() > 1 {
            tracing::warn!(
                why,
                requests = group.len(),
                "group commit failed, running its requests one at a time"
            );
        }
        for request in group {
            run_with_retry(&mut self.slot, self.isolation, request);
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
fn begin(session: &mut Session, isolation: Isolation) -> Result<(), GroupError> {
    session.errors.clear();
    session
        .begin(isolation)
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
        (RunOutcome::Failed, _) => Err(statement_failed(session)),
        (RunOutcome::Panicked, _) => Err(GroupError::Failed("a closure panicked".to_owned())),
    }
}

/// After a conflict the transaction is rolled back here, and the connection stays usable.
fn statement_failed(session: &mut Session) -> GroupError {
    match session.errors.error() {
        Some(ErrorClass::Conflict) if session.rollback_all().is_ok() => GroupError::Conflict,
        Some(_) | None => GroupError::Failed("a statement failed".to_owned()),
    }
}

/// Commits the group. A commit that fails has changed nothing, unless the connection was lost: then
/// it is unknown, and never retried.
fn commit(session: &mut Session) -> Result<(), GroupError> {
    session.errors.clear();
    session.commit().map_err(|e| match session.errors.error() {
        Some(ErrorClass::ConnectionLost) => GroupError::CommitUnknown(e.into()),
        Some(ErrorClass::Conflict) if session.rollback_all().is_ok() => GroupError::Conflict,
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
