//! Delivery: one lane a peer, order kept within a conversation. A server in trouble is left alone
//! with its whole lane; an activity it does not like is tried three times and set aside, and the
//! conversation goes on. Rows leave the table only when they arrived.

mod verdict;

use crate::client::PostError;
use crate::seam::Federation;
use bytes::Bytes;
use domain::{Error, Outcome};
use futures::future::join_all;
use model::{PeerId, Time};
use std::sync::Arc;
use store::{Db, row};
use url::Url;
use verdict::{Report, Verdict};

/// Seconds a lane stays its holder's without a sign of life; one window takes at most a
/// request's timeout.
const LEASE_SECONDS: i64 = 60;
/// Conversations in flight to one peer.
const WINDOW: i64 = 8;
/// A peer that answers is noted as seen at most once in so many seconds.
const SEEN_EVERY_SECONDS: i64 = 60;

/// What waits in a lane: a row, and the activity it carries.
type Waiting = (row::Delivery, row::Activity);

/// Sends what a peer's lane holds until it is empty or the peer fails. `holder` is any number
/// that no other run has. Answers how many requests were made: none where somebody else holds
/// the lane or all that waits must wait longer.
///
/// # Errors
/// Faults of the database; the lane is free again after its lease.
pub async fn run_lane(fed: &Federation, peer: PeerId, holder: i64) -> Outcome<usize> {
    let mut made = 0;
    let mut next = step(fed, peer, holder, Vec::new()).await?;
    while !next.is_empty() {
        made += next.len();
        let sent = join_all(next.into_iter().map(|waiting| send(fed, waiting))).await;
        let reports = sent.into_iter().collect::<Outcome<Vec<Report>>>()?;
        let reports = end_gone(fed, reports).await?;
        next = step(fed, peer, holder, reports).await?;
    }
    Ok(made)
}

/// Signs and posts one activity.
async fn send(fed: &Federation, (delivery, activity): Waiting) -> Outcome<Report> {
    let verdict = match fed.signing_key(activity.actor_id).await {
        Ok(key) => match Url::parse(&delivery.inbox) {
            Ok(inbox) => {
                let posted = fed
                    .client()
                    .post(&inbox, Bytes::from(activity.json), &key)
                    .await;
                Verdict::of(posted.map(|_| ()), delivery.attempts)
            }
            Err(error) => Verdict::SetAside(format!("the inbox is no URL: {error}")),
        },
        Err(Error::Refused(refusal)) => {
            Verdict::SetAside(format!("it cannot be signed: {refusal}"))
        }
        Err(fault @ Error::Fault(_)) => return Err(fault),
    };
    tracing::debug!(inbox = %delivery.inbox, kind = %activity.kind, ?verdict, "delivery");
    Ok(Report {
        id: delivery.id,
        inbox: delivery.inbox,
        verdict,
    })
}

/// Ends the followers whose own inbox is gone; where an inbox is shared, only the row is set
/// aside, since one 410 does not speak for everybody behind it.
async fn end_gone(fed: &Federation, reports: Vec<Report>) -> Outcome<Vec<Report>> {
    let mut settled = Vec::with_capacity(reports.len());
    for mut report in reports {
        if report.verdict == Verdict::Gone {
            let inbox = report.inbox.clone();
            let ended = fed
                .ops()
                .write(move |tx| domain::follow::inbox_gone(tx, &inbox))
                .await?;
            report.verdict = if ended {
                Verdict::Arrived
            } else {
                Verdict::SetAside(PostError::Gone.to_string())
            };
        }
        settled.push(report);
    }
    Ok(settled)
}

/// One write: keeps how the last window ended, and takes the next one with the lane's lease
/// renewed, or gives the lane back.
async fn step(
    fed: &Federation,
    peer: PeerId,
    holder: i64,
    reports: Vec<Report>,
) -> Outcome<Vec<Waiting>> {
    let now = fed.ops().now();
    let reports = Arc::new(reports);
    fed.store()
        .write_relaxed(move |db| -> Outcome<Vec<Waiting>> {
            let alive = record(db, peer, &reports, now)?;
            let next = if alive {
                take(db, peer, holder, now)?
            } else {
                Vec::new()
            };
            if next.is_empty() {
                store::queue::delivery::leave_lane(db, peer, holder)?;
            }
            Ok(next)
        })
        .await
}

/// Writes down how each row ended. Answers whether the peer may be sent more.
fn record(db: &mut Db, id: PeerId, reports: &[Report], now: Time) -> Outcome<bool> {
    let mut answered = false;
    let mut trouble: Option<(&str, Option<i64>)> = None;
    for report in reports {
        match &report.verdict {
            Verdict::Arrived => {
                store::queue::delivery::arrived(db, report.id)?;
                answered = true;
            }
            Verdict::Again { why, seconds } => {
                let at = Some(now.plus_seconds(*seconds));
                store::queue::delivery::refused(db, report.id, why, at, now)?;
                answered = true;
            }
            Verdict::SetAside(why) => {
                store::queue::delivery::refused(db, report.id, why, None, now)?;
                answered = true;
            }
            Verdict::PeerFailed { why, retry_after } => trouble = Some((why, *retry_after)),
            Verdict::Gone => {}
        }
    }
    let Some(peer) = store::peer::by_id(db, id)? else {
        return Ok(false);
    };
    if let Some((why, retry_after)) = trouble {
        leave_alone(db, &peer, why, retry_after, now)?;
        return Ok(false);
    }
    if answered && (peer.failures > 0 || peer.last_seen.plus_seconds(SEEN_EVERY_SECONDS) < now) {
        store::peer::seen(db, id, now)?;
    }
    Ok(true)
}

/// Backs the whole lane off, and parks a peer that has been silent for a week.
fn leave_alone(
    db: &mut Db,
    peer: &row::Peer,
    why: &str,
    retry_after: Option<i64>,
    now: Time,
) -> Outcome<()> {
    let seconds = model::peer::backoff_seconds(peer.failures + 1, verdict::jitter(), retry_after);
    let park = model::peer::should_park(peer.failures + 1, peer.last_seen, now);
    tracing::info!(host = %peer.host, why, seconds, park, "a peer does not take what we send");
    store::peer::failed(db, peer.id, why, now.plus_seconds(seconds), park)?;
    Ok(())
}

/// Takes or keeps the lane and reads the next window: one row as a probe while the peer has
/// not answered since it last failed.
fn take(db: &mut Db, id: PeerId, holder: i64, now: Time) -> Outcome<Vec<Waiting>> {
    let until = now.plus_seconds(LEASE_SECONDS);
    if !store::queue::delivery::hold_lane(db, id, holder, now, until)? {
        return Ok(Vec::new());
    }
    let Some(peer) = store::peer::by_id(db, id)? else {
        return Ok(Vec::new());
    };
    if peer.retry_at > now {
        return Ok(Vec::new());
    }
    let window = if peer.failures > 0 { 1 } else { WINDOW };
    Ok(store::queue::delivery::lane(db, id, now, window)?)
}
