//! The writer that commits many requests together: SQLite's only one, and on PostgreSQL the one
//! for what arrives.
//!
//! One wait for the disk serves the whole group, and all are answered after it. A group runs bare
//! first; where one of its requests is refused it is rolled back and run again with a savepoint
//! for each, and so are the next few groups: on SQLite a savepoint copies every page that is
//! changed, on PostgreSQL it costs two more round trips. Any failure of the database, or a panic,
//! gives the group up, and its requests run again one at a time on a new connection, because
//! SQLITE_FULL and IOERR may already have rolled back everything underneath.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::attempt::settle;
use super::error::StoreError;
use super::link::{Fault, Link, Session};
use super::request::{Request, Verdict};
use super::turns::{Turn, Turns};
use crate::connection::Db;

/// Requests in one transaction.
const GROUP: usize = 256;
/// So many groups run with savepoints after a refusal: where there is one there may be more.
const CAREFUL: u32 = 16;

/// SQLite takes the write lock at once: a lock asked for later, after a read, cannot be waited for.
pub(super) const IMMEDIATE: &str = "BEGIN IMMEDIATE";

type Waiting = Box<dyn Request>;

/// Why a group was not committed.
enum Trouble {
    /// The transaction could not even begin, for example because another process holds the lock.
    Begin(StoreError),
    /// One of it was refused, and has no savepoint to go back to.
    Refused,
    /// Something inside went wrong; alone, the others may be all right.
    Inside(String),
    /// Whether it was committed is not known.
    Lost(StoreError),
}

/// The thread with its lines. Dropping it closes them and waits for nobody.
pub(super) struct Writer {
    turns: Arc<Turns<Waiting>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Begins, with the words that open a transaction.
    pub(super) fn start(link: Link, begin: &'static str) -> Result<Self, StoreError> {
        let turns = Arc::new(Turns::new());
        let mut desk = Desk {
            turns: turns.clone(),
            link,
            begin,
            careful: 0,
        };
        let thread = std::thread::Builder::new()
            .name("store writer".to_owned())
            .spawn(move || desk.work())
            .map_err(|e| StoreError::Connect(format!("cannot start a thread: {e}")))?;
        Ok(Self {
            turns,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Puts a request in its line; refused once the writer is closed.
    pub(super) fn send(&self, turn: Turn, request: Waiting) -> Result<(), StoreError> {
        match self.turns.push(turn, request) {
            true => Ok(()),
            false => Err(StoreError::Closed),
        }
    }

    /// Takes in nothing more; returns the thread, which ends when nobody waits.
    pub(super) fn close(&self) -> Option<JoinHandle<()>> {
        self.turns.close();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.take()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.turns.close();
    }
}

/// What the thread works with.
struct Desk {
    turns: Arc<Turns<Waiting>>,
    link: Link,
    begin: &'static str,
    /// How many more groups run with savepoints.
    careful: u32,
}

impl Desk {
    fn work(&mut self) {
        while let Some(for_patient) = self.turns.next_turn() {
            self.serve(for_patient);
        }
        if let Ok(session) = self.link.session() {
            tidy_up(&mut session.db);
        }
    }

    /// Serves the patient for so long, then those at the door, in one transaction.
    fn serve(&mut self, for_patient: Duration) {
        let mut group = Vec::new();
        match self.first_run(for_patient, &mut group) {
            Ok(()) => answer(group, None),
            Err(Trouble::Refused) => {
                self.careful = CAREFUL;
                self.run_again(group);
            }
            Err(trouble) => self.give_up(group, trouble),
        }
    }

    fn first_run(
        &mut self,
        for_patient: Duration,
        group: &mut Vec<Waiting>,
    ) -> Result<(), Trouble> {
        let with_savepoints = self.careful > 0;
        self.careful = self.careful.saturating_sub(1);
        let session = self.link.session().map_err(Trouble::Begin)?;
        begin(session, self.begin)?;
        let began = Instant::now();
        while began.elapsed() < for_patient
            && group.len() < GROUP
            && let Some(request) = self.turns.next_patient()
        {
            run_next(session, group, request, with_savepoints)?;
        }
        if !group.is_empty() {
            self.turns.served_patient(began.elapsed());
        }
        while group.len() < GROUP
            && let Some(request) = self.turns.next_prompt()
        {
            run_next(session, group, request, with_savepoints)?;
        }
        commit(session)
    }

    /// A second time, with savepoints, after a refusal; the group was rolled back.
    fn run_again(&mut self, mut group: Vec<Waiting>) {
        if group.len() == 1 {
            // The refusal itself, and nothing else was undone.
            return answer(group, None);
        }
        match self.second_run(&mut group) {
            Ok(()) => answer(group, None),
            Err(trouble) => self.give_up(group, trouble),
        }
    }

    fn second_run(&mut self, group: &mut [Waiting]) -> Result<(), Trouble> {
        let session = self.link.session().map_err(Trouble::Begin)?;
        begin(session, self.begin)?;
        for request in group {
            run(session, &mut **request, true)?;
        }
        commit(session)
    }

    /// What becomes of a group that was not committed.
    fn give_up(&mut self, mut group: Vec<Waiting>, trouble: Trouble) {
        self.link.discard();
        match trouble {
            Trouble::Begin(error) => {
                let waiting = std::iter::from_fn(|| {
                    let next = self.turns.next_prompt();
                    next.or_else(|| self.turns.next_patient())
                });
                group.extend(waiting.take(GROUP));
                answer(group, Some(&error));
            }
            Trouble::Lost(error) => answer(group, Some(&error)),
            Trouble::Refused | Trouble::Inside(_) => {
                if let (Trouble::Inside(why), true) = (&trouble, group.len() > 1) {
                    tracing::warn!(%why, requests = group.len(), "a group of writes is run one at a time");
                }
                for request in group {
                    settle(&mut self.link, self.begin, request);
                }
            }
        }
    }
}

fn answer(group: Vec<Waiting>, failure: Option<&StoreError>) {
    for request in group {
        request.answer(failure.map(|e| StoreError::Connect(e.to_string())));
    }
}

/// A connection that was lost meanwhile is replaced, and the next group begins on the new one.
fn begin(session: &mut Session, words: &str) -> Result<(), Trouble> {
    session.witness.clear();
    session
        .begin(words)
        .map_err(|e| match session.witness.fault() {
            Some(Fault::Lost) => Trouble::Inside(e.to_string()),
            Some(Fault::Conflict | Fault::Other) | None => Trouble::Begin(e.into()),
        })
}

fn run_next(
    session: &mut Session,
    group: &mut Vec<Waiting>,
    mut request: Waiting,
    with_savepoint: bool,
) -> Result<(), Trouble> {
    let ran = run(session, &mut *request, with_savepoint);
    group.push(request);
    ran
}

fn run(
    session: &mut Session,
    request: &mut dyn Request,
    with_savepoint: bool,
) -> Result<(), Trouble> {
    let inside = |e: diesel::result::Error| Trouble::Inside(e.to_string());
    if with_savepoint {
        session.savepoint().map_err(inside)?;
    }
    match (request.run(session), with_savepoint) {
        (Verdict::Done, false) => Ok(()),
        // Fails where SQLite has rolled the outer transaction back by itself.
        (Verdict::Done, true) => session.commit().map_err(inside),
        (Verdict::Refused, true) => session.rollback().map_err(inside),
        (Verdict::Refused, false) => {
            session.rollback().map_err(inside)?;
            Err(Trouble::Refused)
        }
        (Verdict::Failed, _) => Err(Trouble::Inside("a statement failed".to_owned())),
        (Verdict::Panicked, _) => Err(Trouble::Inside("a closure panicked".to_owned())),
    }
}

/// A commit that fails has changed nothing, unless the connection was lost over it: that leaves it
/// open, so it is never tried again.
fn commit(session: &mut Session) -> Result<(), Trouble> {
    session.witness.clear();
    session.commit().map_err(|e| match session.witness.fault() {
        Some(Fault::Lost) => Trouble::Lost(e.into()),
        Some(Fault::Conflict | Fault::Other) | None => Trouble::Inside(e.to_string()),
    })
}

/// Keeps SQLite's planner's statistics current; bounded, and a failure costs nothing.
fn tidy_up(db: &mut Db) {
    if let Db::Sqlite(_) = db
        && let Err(e) = db.batch_execute("PRAGMA analysis_limit = 400; PRAGMA optimize;")
    {
        tracing::debug!(error = %e, "PRAGMA optimize failed");
    }
}
