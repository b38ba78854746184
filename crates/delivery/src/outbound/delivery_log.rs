//! Records results and reads due rows, in one write for all lanes: how deliveries ended, the health of
//! their peers, and which lanes are released, renewed or opened.

use super::DeliveryHooks;
use super::failure_policy::{self, DeliveryOutcome, DeliveryResult};
use model::{DeliveryId, PeerId, Time};
use std::collections::{HashMap, HashSet};
use store::peer::refused_form;
use store::queue::delivery::{self, Busy, Health};
use store::{Db, StoreError, row};

/// A failure of a peer, or its request to wait.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub peer: PeerId,
    pub why: String,
    /// The requested wait in seconds, at most a day.
    pub retry_after: Option<i64>,
    /// Whether this is a new failure; otherwise only the requested wait is recorded.
    pub is_new: bool,
}

/// The results to record. Where the write fails, they are kept for the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct Unwritten {
    pub results: Vec<DeliveryResult>,
    pub failures: Vec<Failure>,
    /// The peers that have answered for the first time since they failed.
    pub revived: Vec<PeerId>,
    /// The peers whose last accepted delivery is to be recorded.
    pub accepted: Vec<PeerId>,
}

impl Unwritten {
    /// Whether there is nothing to record.
    pub(super) fn is_empty(&self) -> bool {
        self.results.is_empty() && self.failures.is_empty()
    }
}

/// What is to be read and changed.
#[derive(Debug, Clone, Default)]
pub(super) struct LaneRequest {
    /// Lanes to read again: what the read leaves out, and whether the lane is released where nothing
    /// is due.
    pub refill: Vec<(PeerId, Busy, bool)>,
    /// Lanes to release.
    pub release: Vec<PeerId>,
    /// Lanes whose lease is to be renewed.
    pub renew: Vec<PeerId>,
    /// Lanes to open: of which health, after which peer, and how many at most.
    pub open: Vec<(Health, PeerId, usize)>,
    /// Lanes that are open already.
    pub known: HashSet<PeerId>,
}

impl LaneRequest {
    /// Whether nothing is requested.
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            refill,
            release,
            renew,
            open,
            known: _,
        } = self;
        refill.is_empty() && release.is_empty() && renew.is_empty() && open.is_empty()
    }
}

/// The due rows of a lane, and whether more may be due.
pub(super) type Due = (Vec<row::Delivery>, bool);

/// What was read and changed.
#[derive(Debug, Default)]
pub(super) struct LaneUpdate {
    /// The due rows of the lanes read.
    pub due: Vec<(PeerId, Due)>,
    /// Lanes that were released because nothing is due.
    pub released: Vec<PeerId>,
    /// Lanes that another process holds now.
    pub lost: Vec<PeerId>,
    /// New lanes.
    pub opened: Vec<(row::Peer, Due)>,
    /// Where each search ended: the last peer seen; `None` after the last of all.
    pub cursors: Vec<(Health, Option<PeerId>)>,
}

/// The lease of lanes by this process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    pub holder: i64,
    pub now: Time,
    pub until: Time,
}

/// Records results, then reads and changes lanes.
pub(super) fn exchange(
    db: &mut Db,
    hooks: &dyn DeliveryHooks,
    lease: Lease,
    unwritten: &Unwritten,
    request: &LaneRequest,
) -> Result<LaneUpdate, StoreError> {
    record(db, hooks, unwritten, lease.now)?;
    let mut update = LaneUpdate::default();
    if !request.renew.is_empty() {
        let held = delivery::lease_lanes(db, &request.renew, lease.holder, lease.now, lease.until)?;
        let lost = request.renew.iter().filter(|peer| !held.contains(peer));
        update.lost.extend(lost);
    }
    let mut release = request.release.clone();
    for (peer, busy, is_idle) in &request.refill {
        let due = delivery::due(db, *peer, lease.now, busy)?;
        if due.0.is_empty() && *is_idle {
            release.push(*peer);
            update.released.push(*peer);
        } else {
            update.due.push((*peer, due));
        }
    }
    delivery::release_lanes(db, &release, lease.holder)?;
    for (health, after, most) in &request.open {
        open(db, lease, request, (*health, *after, *most), &mut update)?;
    }
    Ok(update)
}

/// Opens free lanes with due rows.
fn open(
    db: &mut Db,
    lease: Lease,
    request: &LaneRequest,
    (health, after, most): (Health, PeerId, usize),
    update: &mut LaneUpdate,
) -> Result<(), StoreError> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let free = delivery::free_lanes(db, health, after, lease.now, limit)?;
    let last = free.last().map(|peer| peer.id);
    update
        .cursors
        .push((health, last.filter(|_| free.len() >= most)));
    let others = free.into_iter();
    let others = others.filter(|peer| !request.known.contains(&peer.id));
    update.opened.extend(acquire(db, lease, others.collect())?);
    Ok(())
}

/// Leases lanes that were free, unless another process has leased them meanwhile, and only then reads
/// their due rows: another holder may have sent those that were due before.
pub(super) fn acquire(
    db: &mut Db,
    lease: Lease,
    free: Vec<row::Peer>,
) -> Result<Vec<(row::Peer, Due)>, StoreError> {
    let ids: Vec<PeerId> = free.iter().map(|peer| peer.id).collect();
    let held = delivery::lease_lanes(db, &ids, lease.holder, lease.now, lease.until)?;
    let (mut opened, mut idle) = (Vec::new(), Vec::new());
    for peer in free.into_iter().filter(|peer| held.contains(&peer.id)) {
        let due = delivery::due(db, peer.id, lease.now, &Busy::default())?;
        if due.0.is_empty() {
            idle.push(peer.id);
        } else {
            opened.push((peer, due));
        }
    }
    delivery::release_lanes(db, &idle, lease.holder)?;
    Ok(opened)
}

/// Records how each delivery ended and what that means for its peer.
fn record(
    db: &mut Db,
    hooks: &dyn DeliveryHooks,
    unwritten: &Unwritten,
    now: Time,
) -> Result<(), StoreError> {
    let delivered = unwritten
        .results
        .iter()
        .filter(|result| result.outcome == DeliveryOutcome::Delivered);
    let delivered: Vec<DeliveryId> = delivered.map(|result| result.row.id).collect();
    delivery::delete_delivered(db, &delivered)?;
    record_forms(db, &unwritten.results, now)?;
    record_last_failures(db, &unwritten.results, now)?;
    for DeliveryResult { row, outcome } in &unwritten.results {
        match outcome {
            DeliveryOutcome::Delivered
            | DeliveryOutcome::InboxGone
            | DeliveryOutcome::NotAttempted => {}
            DeliveryOutcome::Retry { why, seconds } => {
                let at = Some(now.plus_seconds(*seconds));
                delivery::record_refusal(db, row.id, why, at, now)?;
            }
            DeliveryOutcome::SetAside(why) => {
                delivery::record_refusal(db, row.id, why, None, now)?;
                hooks.refused(db, row.activity_id, row.peer_id, now)?;
            }
            DeliveryOutcome::PeerFailed(why)
            | DeliveryOutcome::Busy { why, .. }
            | DeliveryOutcome::InboxClosed { why, .. } => {
                let pause = failure_policy::pause_seconds(row.attempts);
                delivery::postpone(db, row.id, why, now.plus_seconds(pause))?;
            }
        }
    }
    // Before the failures: a peer that fails is not revived any more.
    for peer in &unwritten.revived {
        if store::peer::record_answer(db, *peer, now)? {
            hooks.peer_revived(db, *peer, now)?;
        }
    }
    for failure in &unwritten.failures {
        back_off(db, failure, now)?;
    }
    Ok(store::peer::record_accepted(db, &unwritten.accepted, now)?)
}

/// Records the last failure of each peer.
fn record_last_failures(
    db: &mut Db,
    results: &[DeliveryResult],
    now: Time,
) -> Result<(), StoreError> {
    let mut last = HashMap::new();
    for DeliveryResult { row, outcome } in results {
        match outcome {
            DeliveryOutcome::Retry { why, .. }
            | DeliveryOutcome::SetAside(why)
            | DeliveryOutcome::PeerFailed(why)
            | DeliveryOutcome::Busy { why, .. }
            | DeliveryOutcome::InboxClosed { why, .. } => {
                last.insert(row.peer_id, (row.activity_id, why));
            }
            DeliveryOutcome::Delivered
            | DeliveryOutcome::InboxGone
            | DeliveryOutcome::NotAttempted => {}
        }
    }
    for (peer, (activity, why)) in last {
        store::peer::last_failure::record(db, peer, activity, why, now)?;
    }
    Ok(())
}

/// Records which forms of Announce were accepted, and which were set aside.
fn record_forms(db: &mut Db, results: &[DeliveryResult], now: Time) -> Result<(), StoreError> {
    for DeliveryResult { row, outcome } in results {
        match (row.form, outcome) {
            (Some(form), DeliveryOutcome::Delivered) => {
                refused_form::forget(db, row.peer_id, form)?;
            }
            (Some(form), DeliveryOutcome::SetAside(_)) => {
                refused_form::record(db, row.peer_id, form, now)?;
            }
            (_, _) => {}
        }
    }
    Ok(())
}

/// Backs the whole lane off, and parks a peer that has been silent for a week.
fn back_off(db: &mut Db, failure: &Failure, now: Time) -> Result<(), StoreError> {
    let Some(peer) = store::peer::by_id(db, failure.peer)? else {
        return Ok(());
    };
    let mut retry_at = peer.retry_at;
    if failure.is_new {
        let failures = peer.failures + 1;
        let seconds = model::peer::backoff_seconds(failures, failure_policy::jitter());
        let park = model::peer::should_park(failures, peer.last_seen, now);
        let why = &failure.why;
        tracing::info!(peer = %peer.host, why, failures, next_retry = seconds, park, "delivery failed");
        retry_at = now.plus_seconds(seconds);
        store::peer::record_failure(db, peer.id, why, retry_at, park, now)?;
    }
    if let Some(seconds) = failure.retry_after {
        let until = now.plus_seconds(seconds);
        store::peer::set_wait(db, peer.id, until, retry_at.max(until))?;
    }
    Ok(())
}
