//! What is written down between two rounds: how rows ended, who took what, whose lane is given
//! back or kept; and what is read for it: what is due. One write for all lanes.

use super::answered;
use super::verdict::{self, Report, Verdict};
use crate::context::Federation;
use domain::Outcome;
use model::{DeliveryId, PeerId, Time};
use std::collections::HashSet;
use store::queue::delivery::{self, Busy, Health};
use store::{Db, row};

/// A peer that takes nothing.
#[derive(Debug, Clone)]
pub(super) struct Strike {
    pub peer: PeerId,
    pub why: String,
    /// Seconds it asks us to wait; at most a day is believed.
    pub asks: Option<i64>,
    /// A failure of its own; else only what it asks for counts.
    pub counts: bool,
}

/// What is to be kept of what has ended. Where it cannot be written, it is kept for the next time.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended {
    pub reports: Vec<Report>,
    pub strikes: Vec<Strike>,
    /// They answered for the first time since they failed.
    pub revived: Vec<PeerId>,
    /// They took something, and that is to be noted.
    pub took: Vec<PeerId>,
}

impl Ended {
    /// There is nothing to write.
    pub(super) fn is_nothing(&self) -> bool {
        self.reports.is_empty() && self.strikes.is_empty()
    }
}

/// What is asked of the tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// Lanes that may hold more: what they leave out, and whether they are given back where
    /// nothing is due.
    pub looks: Vec<(PeerId, Busy, bool)>,
    /// Lanes that are given back.
    pub leave: Vec<PeerId>,
    /// Lanes whose lease is renewed.
    pub renew: Vec<PeerId>,
    /// Lanes to open: of which health, after which peer, how many at most.
    pub open: Vec<(Health, PeerId, usize)>,
    /// Lanes that are open already.
    pub known: HashSet<PeerId>,
}

impl Asked {
    /// Nothing is asked.
    pub(super) fn is_nothing(&self) -> bool {
        let Self {
            looks,
            leave,
            renew,
            open,
            known: _,
        } = self;
        looks.is_empty() && leave.is_empty() && renew.is_empty() && open.is_empty()
    }
}

/// What is due in one lane, and whether more may be.
pub(super) type Due = (Vec<row::Delivery>, bool);

/// What the tables say.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of the lanes looked at.
    pub due: Vec<(PeerId, Due)>,
    /// Lanes that were given back because nothing is due.
    pub left: Vec<PeerId>,
    /// Lanes that somebody else holds now.
    pub lost: Vec<PeerId>,
    /// New lanes.
    pub opened: Vec<(row::Peer, Due)>,
    /// Where each search ended: the last peer seen; `None` at the end of them all.
    pub cursors: Vec<(Health, Option<PeerId>)>,
}

/// Who holds the lanes, and until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hold {
    pub holder: i64,
    pub now: Time,
    pub until: Time,
}

/// The one write.
pub(super) fn exchange(
    fed: &Federation,
    db: &mut Db,
    hold: Hold,
    ended: &Ended,
    asked: &Asked,
) -> Outcome<Found> {
    record(fed, db, ended, hold.now)?;
    let mut found = Found::default();
    if !asked.renew.is_empty() {
        let held = delivery::lease_lanes(db, &asked.renew, hold.holder, hold.now, hold.until)?;
        let lost = asked.renew.iter().filter(|peer| !held.contains(peer));
        found.lost.extend(lost);
    }
    let mut leave = asked.leave.clone();
    for (peer, busy, idle) in &asked.looks {
        let due = delivery::due(db, *peer, hold.now, busy)?;
        if due.0.is_empty() && *idle {
            leave.push(*peer);
            found.left.push(*peer);
        } else {
            found.due.push((*peer, due));
        }
    }
    delivery::release_lanes(db, &leave, hold.holder)?;
    for (health, after, most) in &asked.open {
        open(db, hold, asked, (*health, *after, *most), &mut found)?;
    }
    Ok(found)
}

/// Takes free lanes in which something is due.
fn open(
    db: &mut Db,
    hold: Hold,
    asked: &Asked,
    (health, after, most): (Health, PeerId, usize),
    found: &mut Found,
) -> Outcome<()> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let free = delivery::free_lanes(db, health, after, hold.now, limit)?;
    let last = free.last().map(|peer| peer.id);
    found
        .cursors
        .push((health, last.filter(|_| free.len() >= most)));
    let others = free.into_iter();
    let others = others.filter(|peer| !asked.known.contains(&peer.id));
    found.opened.extend(take(db, hold, others.collect())?);
    Ok(())
}

/// Takes lanes that were free, as far as nobody else has taken them meanwhile, and only then reads
/// what is due: who held one meanwhile has sent of it what was due before.
pub(super) fn take(
    db: &mut Db,
    hold: Hold,
    free: Vec<row::Peer>,
) -> Outcome<Vec<(row::Peer, Due)>> {
    let ids: Vec<PeerId> = free.iter().map(|peer| peer.id).collect();
    let held = delivery::lease_lanes(db, &ids, hold.holder, hold.now, hold.until)?;
    let (mut opened, mut idle) = (Vec::new(), Vec::new());
    for peer in free.into_iter().filter(|peer| held.contains(&peer.id)) {
        let due = delivery::due(db, peer.id, hold.now, &Busy::default())?;
        if due.0.is_empty() {
            idle.push(peer.id);
        } else {
            opened.push((peer, due));
        }
    }
    delivery::release_lanes(db, &idle, hold.holder)?;
    Ok(opened)
}

/// Writes down how each row ended, and what that tells of its peer.
fn record(fed: &Federation, db: &mut Db, ended: &Ended, now: Time) -> Outcome<()> {
    let arrived = ended
        .reports
        .iter()
        .filter(|report| report.verdict == Verdict::Arrived);
    let arrived: Vec<DeliveryId> = arrived.map(|report| report.row.id).collect();
    delivery::delete_delivered(db, &arrived)?;
    for Report { row, verdict } in &ended.reports {
        match verdict {
            Verdict::Arrived | Verdict::Gone | Verdict::Kept => {}
            Verdict::Again { why, seconds } => {
                let at = Some(now.plus_seconds(*seconds));
                delivery::record_refusal(db, row.id, why, at, now)?;
            }
            Verdict::SetAside(why) => delivery::record_refusal(db, row.id, why, None, now)?,
            Verdict::PeerFailed(why) | Verdict::Busy { why, .. } | Verdict::Shut { why, .. } => {
                let pause = verdict::pause_seconds(row.attempts);
                delivery::postpone(db, row.id, why, now.plus_seconds(pause))?;
            }
        }
    }
    // A lane that is struck is not revived any more: what it was before comes first.
    for peer in &ended.revived {
        answered(fed, db, *peer, now)?;
    }
    for strike in &ended.strikes {
        leave_alone(db, strike, now)?;
    }
    Ok(store::peer::took(db, &ended.took, now)?)
}

/// Backs the whole lane off, and parks a peer that has been silent for a week.
fn leave_alone(db: &mut Db, strike: &Strike, now: Time) -> Outcome<()> {
    let Some(peer) = store::peer::by_id(db, strike.peer)? else {
        return Ok(());
    };
    let mut retry_at = peer.retry_at;
    if strike.counts {
        let failures = peer.failures + 1;
        let seconds = model::peer::backoff_seconds(failures, verdict::jitter());
        let park = model::peer::should_park(failures, peer.last_seen, now);
        let why = &strike.why;
        tracing::info!(host = %peer.host, why, seconds, park, "a peer does not take what we send");
        retry_at = now.plus_seconds(seconds);
        store::peer::failed(db, peer.id, why, retry_at, park, now)?;
    }
    if let Some(asks) = strike.asks {
        let until = now.plus_seconds(asks);
        store::peer::asks_to_wait(db, peer.id, until, retry_at.max(until))?;
    }
    Ok(())
}
