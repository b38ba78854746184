//! The durable queues, for admins.

use crate::row::{Delivery, Inbound, JobRow};
use domain::Outcome;
use model::job::Payload;
use model::mail::SendMail;
use model::peer::{DeliveryState, InboundState};
use model::{DeliveryId, InboundId, JobId};
use store::Db;

/// How many wait, and how many were set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    pub deliveries_waiting: i64,
    pub deliveries_failed: i64,
    pub jobs_failed: i64,
}

/// How many wait, and how many were set aside.
///
/// # Errors
/// Faults.
pub fn counts(db: &mut Db) -> Outcome<QueueCounts> {
    Ok(QueueCounts {
        deliveries_waiting: store::queue::delivery::count(db, DeliveryState::Waiting)?,
        deliveries_failed: store::queue::delivery::count(db, DeliveryState::Failed)?,
        jobs_failed: store::queue::jobs::count_dead(db)?,
    })
}

/// Deliveries in a state with their host and the activity's kind, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn deliveries(
    db: &mut Db,
    state: DeliveryState,
    before: DeliveryId,
    limit: i64,
) -> Outcome<Vec<(Delivery, String, String)>> {
    Ok(store::queue::delivery::list(db, state, before, limit)?)
}

/// A job that waits or was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    pub row: JobRow,
    /// Where it sends a mail.
    pub mail: Option<QueuedMail>,
}

/// What administrators see of a mail: neither its address nor its links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// The name of the kind of mail.
    pub kind: &'static str,
    /// The handle of the account whose owner receives it.
    pub handle: String,
}

/// Jobs: those set aside first, then the oldest.
///
/// # Errors
/// Faults.
pub fn jobs(db: &mut Db, limit: i64) -> Outcome<Vec<QueuedJob>> {
    let rows = store::queue::jobs::list(db, limit)?;
    rows.into_iter().map(|row| describe(db, row)).collect()
}

/// The jobs that send mails, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn mails(db: &mut Db, before: JobId, limit: i64) -> Outcome<Vec<QueuedJob>> {
    let rows = store::queue::jobs::page_of_kind(db, SendMail::KIND, before, limit)?;
    rows.into_iter().map(|row| describe(db, row)).collect()
}

fn describe(db: &mut Db, row: JobRow) -> Outcome<QueuedJob> {
    let sends_mail = row.kind == SendMail::KIND;
    let job: Option<SendMail> = sends_mail
        .then(|| serde_json::from_str(&row.payload).ok())
        .flatten();
    let mail = match job {
        Some(job) => store::account::by_id(db, job.account)?.map(|(_, person)| QueuedMail {
            kind: job.mail.name(),
            handle: person.handle,
        }),
        None => None,
    };
    Ok(QueuedJob { row, mail })
}

/// Received activities in a state, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn inbound(
    db: &mut Db,
    state: InboundState,
    before: InboundId,
    limit: i64,
) -> Outcome<Vec<Inbound>> {
    Ok(store::queue::inbound::list(db, state, before, limit)?)
}
