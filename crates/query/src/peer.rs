//! Other servers and the rules about them: for admins, and the published list for everybody.

use crate::row::{Peer, PeerRule};
use domain::{Error, Outcome};
use model::PeerId;
use model::peer::policy::Severity;
use std::collections::HashMap;
use store::Db;
pub use store::peer::last_failure::LastFailure;

/// Domains shown of each severity on the public list.
const PUBLISHED_MAX: i64 = 1_000;

/// A peer with its deliveries that wait, that failed, and that were discarded.
#[derive(Debug, Clone)]
pub struct PeerView {
    pub peer: Peer,
    pub waiting: i64,
    pub failed: i64,
    pub discarded: i64,
    /// The last activity that could not be delivered to it.
    pub last_failure: Option<LastFailure>,
}

/// Peers, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn list(db: &mut Db, before: PeerId, limit: i64) -> Outcome<Vec<PeerView>> {
    let rows = store::peer::list(db, before, limit)?;
    let ids: Vec<PeerId> = rows.iter().map(|(peer, _, _)| peer.id).collect();
    let discarded = store::peer::discarded::of(db, &ids)?;
    let mut last_failures = store::peer::last_failure::of(db, &ids)?;
    let view = |(peer, waiting, failed): (Peer, i64, i64)| PeerView {
        discarded: discarded.get(&peer.id).copied().unwrap_or(0),
        last_failure: last_failures.remove(&peer.id),
        peer,
        waiting,
        failed,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Rules, by domain, after the cursor; of one severity, or all.
///
/// # Errors
/// Faults.
pub fn rules(
    db: &mut Db,
    severity: Option<Severity>,
    after: &str,
    limit: i64,
) -> Outcome<Vec<PeerRule>> {
    Ok(store::peer::rule::list(db, severity, after, limit)?)
}

/// How many rules there are of each severity.
///
/// # Errors
/// Faults.
pub fn rule_counts(db: &mut Db) -> Outcome<HashMap<Severity, i64>> {
    Ok(store::peer::rule::counts(db)?.into_iter().collect())
}

/// The rule about a domain.
///
/// # Errors
/// `NotFound`.
pub fn rule(db: &mut Db, domain: &str) -> Outcome<PeerRule> {
    find_rule(db, domain)?.ok_or(Error::not_found("rule"))
}

/// The rule about a domain, where there is one.
///
/// # Errors
/// Faults.
pub fn find_rule(db: &mut Db, domain: &str) -> Outcome<Option<PeerRule>> {
    Ok(store::peer::rule::by_domain(db, domain)?)
}

/// The domains that are limited, for the public list.
///
/// # Errors
/// Faults.
pub fn published(db: &mut Db) -> Outcome<Vec<PeerRule>> {
    let mut rows = rules(db, Some(Severity::Block), "", PUBLISHED_MAX)?;
    rows.extend(rules(db, Some(Severity::Silence), "", PUBLISHED_MAX)?);
    Ok(rows)
}

/// What a block of a domain would end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WouldEnd {
    /// Follows by local actors.
    pub ours: i64,
    /// Follows of theirs.
    pub theirs: i64,
}

/// What a block of a domain would end; `None` where no server below it is known.
///
/// # Errors
/// Faults.
pub fn would_end(db: &mut Db, domain: &str) -> Outcome<Option<WouldEnd>> {
    let peers = store::peer::rule::under(db, domain)?;
    if peers.is_empty() {
        return Ok(None);
    }
    let ids: Vec<PeerId> = peers.iter().map(|peer| peer.id).collect();
    let (ours, theirs) = store::peer::blocked_follow::would_end(db, &ids)?;
    Ok(Some(WouldEnd { ours, theirs }))
}
