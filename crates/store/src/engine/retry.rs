//! Runs one write in a transaction of its own, and retries it where PostgreSQL reports a conflict
//! with a concurrent transaction.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use super::error::StoreError;
use super::request::{RunOutcome, WriteRequest};
use super::session::{ErrorClass, Isolation, Session, SessionSlot};

/// Attempts before a write fails; with the pauses below about half a second of contention.
const MAX_ATTEMPTS: u32 = 15;

/// How one attempt ended.
enum AttemptOutcome {
    /// The request's own outcome is its answer.
    Final,
    /// Nothing was committed, and another attempt may succeed.
    Retry,
    /// The transaction itself failed.
    Failed(StoreError),
}

/// Runs the request until it is committed, refused or failed, and answers it.
pub(super) fn run_with_retry(
    slot: &mut SessionSlot,
    isolation: Isolation,
    mut request: Box<dyn WriteRequest>,
) {
    for attempt in 0..MAX_ATTEMPTS {
        match run_once(slot, isolation, &mut *request) {
            AttemptOutcome::Final => return request.answer(None),
            AttemptOutcome::Failed(e) => return request.answer(Some(e)),
            AttemptOutcome::Retry => std::thread::sleep(retry_delay(attempt)),
        }
    }
    tracing::warn!(
        attempts = MAX_ATTEMPTS,
        "transaction failed after serialization conflicts"
    );
    request.answer(Some(StoreError::Contended(MAX_ATTEMPTS)));
}

fn run_once(
    slot: &mut SessionSlot,
    isolation: Isolation,
    request: &mut dyn WriteRequest,
) -> AttemptOutcome {
    let session = match slot.session() {
        Ok(session) => session,
        Err(e) => return AttemptOutcome::Failed(e),
    };
    let outcome = transaction(session, isolation, request);
    let lost = session.errors.error() == Some(ErrorClass::ConnectionLost);
    if lost || session.is_broken() || matches!(outcome, AttemptOutcome::Failed(_)) {
        slot.discard();
    }
    outcome
}

fn transaction(
    session: &mut Session,
    isolation: Isolation,
    request: &mut dyn WriteRequest,
) -> AttemptOutcome {
    session.errors.clear();
    if let Err(e) = session.begin(isolation) {
        return match session.errors.error() {
            Some(ErrorClass::ConnectionLost) => AttemptOutcome::Retry,
            _ => AttemptOutcome::Failed(e.into()),
        };
    }
    match request.run(session) {
        RunOutcome::Completed => commit(session),
        RunOutcome::Refused => {
            roll_back(session);
            AttemptOutcome::Final
        }
        RunOutcome::Failed => {
            let error = session.errors.error();
            roll_back(session);
            match error {
                Some(ErrorClass::Conflict | ErrorClass::ConnectionLost) => AttemptOutcome::Retry,
                Some(ErrorClass::Other) | None => AttemptOutcome::Final,
            }
        }
        // The transaction stays open, which makes the connection broken: it is replaced.
        RunOutcome::Panicked => AttemptOutcome::Final,
    }
}

/// Commits. A conflict at commit means that nothing was written. After a connection lost at commit
/// it is unknown whether it was, so that is never retried.
fn commit(session: &mut Session) -> AttemptOutcome {
    match session.commit() {
        Ok(()) => AttemptOutcome::Final,
        Err(_) if session.errors.error() == Some(ErrorClass::Conflict) => AttemptOutcome::Retry,
        Err(e) => AttemptOutcome::Failed(e.into()),
    }
}

/// Rolls back. Where that fails, the transaction manager counts as broken and the connection is
/// replaced.
fn roll_back(session: &mut Session) {
    if let Err(e) = session.rollback() {
        tracing::debug!(error = %e, "rollback failed, replacing the connection");
    }
}

/// Full jitter below 1, 2, 4 … 64 ms, so that two transactions do not conflict again.
pub(super) fn retry_delay(attempt: u32) -> Duration {
    let ceiling = 1000_u64 << attempt.min(6);
    Duration::from_micros(RandomState::new().hash_one(attempt) % ceiling)
}
