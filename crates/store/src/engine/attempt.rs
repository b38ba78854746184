//! One write in a transaction of its own, tried again where PostgreSQL calls it the victim of a
//! race. Both engines end here: PostgreSQL always, SQLite for a request alone.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use super::error::StoreError;
use super::link::{Fault, Link, Session};
use super::request::{Request, Verdict};

/// Attempts before a write is given up; with the pauses below about half a second of racing.
const ATTEMPTS: u32 = 15;

/// How one attempt ended.
enum Ending {
    /// The request's own outcome is its answer.
    Settled,
    /// Nothing was committed, and another attempt may succeed.
    Again,
    /// The transaction itself failed.
    Failed(StoreError),
}

/// Runs the request until it is committed, refused or failed, and answers it.
pub(super) fn settle(link: &mut Link, begin: &str, mut request: Box<dyn Request>) {
    for attempt in 0..ATTEMPTS {
        match attempt_once(link, begin, &mut *request) {
            Ending::Settled => return request.answer(None),
            Ending::Failed(e) => return request.answer(Some(e)),
            Ending::Again => std::thread::sleep(pause(attempt)),
        }
    }
    tracing::warn!(attempts = ATTEMPTS, "gave up a contended transaction");
    request.answer(Some(StoreError::Contended(ATTEMPTS)));
}

fn attempt_once(link: &mut Link, begin: &str, request: &mut dyn Request) -> Ending {
    let session = match link.session() {
        Ok(session) => session,
        Err(e) => return Ending::Failed(e),
    };
    let ending = transaction(session, begin, request);
    let lost = session.witness.fault() == Some(Fault::Lost);
    if lost || session.is_broken() || matches!(ending, Ending::Failed(_)) {
        link.discard();
    }
    ending
}

fn transaction(session: &mut Session, begin: &str, request: &mut dyn Request) -> Ending {
    session.witness.clear();
    if let Err(e) = session.begin(begin) {
        return match session.witness.fault() {
            Some(Fault::Lost) => Ending::Again,
            _ => Ending::Failed(e.into()),
        };
    }
    match request.run(session) {
        Verdict::Done => commit(session),
        Verdict::Refused => {
            roll_back(session);
            Ending::Settled
        }
        Verdict::Failed => {
            let fault = session.witness.fault();
            roll_back(session);
            match fault {
                Some(Fault::Conflict | Fault::Lost) => Ending::Again,
                Some(Fault::Other) | None => Ending::Settled,
            }
        }
        // The transaction stays open, which makes the connection broken: it is replaced.
        Verdict::Panicked => Ending::Settled,
    }
}

/// A conflict at commit means that nothing was written. A connection lost at commit leaves that
/// open, so it is never tried again.
fn commit(session: &mut Session) -> Ending {
    match session.commit() {
        Ok(()) => Ending::Settled,
        Err(_) if session.witness.fault() == Some(Fault::Conflict) => Ending::Again,
        Err(e) => Ending::Failed(e.into()),
    }
}

/// Where it fails, the transaction manager counts as broken and the connection is replaced.
fn roll_back(session: &mut Session) {
    if let Err(e) = session.rollback() {
        tracing::debug!(error = %e, "a rollback failed; the connection is replaced");
    }
}

/// Full jitter below 1, 2, 4 … 64 ms: the losers of one race should not meet again.
fn pause(attempt: u32) -> Duration {
    let ceiling = 1000_u64 << attempt.min(6);
    Duration::from_micros(RandomState::new().hash_one(attempt) % ceiling)
}
